//! What must hold for any bytes, tried on some.

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::sample::select;

use crate::round_trip;

/// Pieces that decide what YAML is, so that random texts are more than noise.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    "- ",
    "? ",
    ": ",
    "\n",
    "\n  ",
    "\n- ",
    " ",
    "\t",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    "\"",
    "|\n",
    ">-\n ",
    "#c",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\\",
    "é",
    "yes",
    "0x1F",
    "1e3",
    "~",
    "<<: ",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{7f}",
    "2001-01-01",
    "\\u263a",
    "null",
    "-0.0",
    "1.5",
    "true",
    "word ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again_as_the_same(pieces in vec(select(PIECES), 0..24)) {
        round_trip::check(pieces.concat().as_bytes());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        round_trip::check(&bytes);
    }
}
