use std::str::FromStr as _;

use super::fixture::{FILE, Fixture};
use crate::similarity::{Fingerprint, SCORE_MAX};
use crate::{BaseSpec, HeadSpec, RangeSpec};

/// Numbers that look random and are the same in every run (xorshift64*).
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % end
    }

    pub(super) fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.below(from.len())]
    }
}

/// Text of the characters that revisions are made of.
fn revision_text(numbers: &mut Numbers) -> String {
    let pieces = [
        "HEAD",
        "main",
        "..",
        "...",
        ".",
        "~",
        "^",
        "@",
        "{",
        "}",
        ":",
        "/",
        "0",
        "9",
        "-1",
        "worktree",
        "\u{e9}",
        " ",
        "\0",
        "\n",
        "-",
        "*",
        "[",
        "\\",
        "refs/",
        "deadbeef",
        "upstream",
        "push",
        "^{/",
        "^{commit}",
        "!",
        ",",
        "99999999",
    ];
    (0..numbers.below(8)).map(|_| *numbers.pick(&pieces)).collect()
}

#[test]
fn no_text_makes_the_range_parser_panic() {
    let mut numbers = Numbers::new(1);
    for _ in 0..200_000 {
        let text = revision_text(&mut numbers);
        if let Ok(range) = RangeSpec::from_str(&text) {
            let again = RangeSpec::from_str(&range.to_string());
            assert_eq!(again.as_ref(), Ok(&range), "{text:?} is printed as {:?}", range.to_string());
        }
    }
}

#[test]
fn no_text_makes_the_lookup_panic() {
    let fixture = Fixture::new();
    let first = fixture.commit(fixture.tree(&[(FILE, b"a", b"a")]), &[], 1, "first");
    let second = fixture.commit(fixture.tree(&[(FILE, b"a", b"b")]), &[first], 2, "second");
    fixture.reference("refs/heads/main", &second.to_string());
    fixture.write(".git/logs/HEAD", format!("{first} {second} a <a@b> 1 +0000\tcommit\n"));
    let repository = fixture.open();
    let mut numbers = Numbers::new(2);
    let mut resolved = 0;
    for _ in 0..20_000 {
        let text = revision_text(&mut numbers);
        let Ok(range) = RangeSpec::from_str(&text) else { continue };
        match repository.resolve(&range) {
            Ok(range) => resolved += usize::from(range.head.commit().is_some()),
            Err(error) => assert!(!error.to_string().contains('\n'), "{text:?}: {error}"),
        }
    }
    assert!(resolved > 100, "{resolved} of the texts were revisions");
}

#[test]
fn a_range_keeps_the_names_it_is_given() {
    let spec = RangeSpec::from_str(" feature/a..v1.0^{/x..y} ").unwrap();
    assert_eq!(spec.base, BaseSpec::Exactly("feature/a".into()));
    assert_eq!(spec.head, HeadSpec::Revision("v1.0^{/x..y}".into()));
}

#[test]
fn similarity_is_whole_for_equal_and_the_same_both_ways() {
    let mut numbers = Numbers::new(3);
    for _ in 0..500 {
        let mut text =
            || -> Vec<u8> { (0..numbers.below(400)).map(|_| *numbers.pick(b"ab\r\n\0")).collect() };
        let (one, other) = (text(), text());
        let (one_print, other_print) = (Fingerprint::of(&one), Fingerprint::of(&other));
        let score = one_print.score(&other_print, 0);
        assert_eq!(score, other_print.score(&one_print, 0), "{one:?} {other:?}");
        assert!(score <= SCORE_MAX);
        // Carriage returns before line feeds are not counted.
        if !one.is_empty() && !one.contains(&b'\r') {
            assert_eq!(one_print.score(&one_print, 0), SCORE_MAX, "{one:?}");
        }
    }
}
