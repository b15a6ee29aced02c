//! Encodings, and bytes that are no text.

use super::json;
use crate::{Dialect, Limits, parse};

/// The line of the error, and how many documents stand before it.
fn refused(bytes: &[u8]) -> (u32, usize, String) {
    let parsed = parse(bytes, Dialect::SigsV2, &Limits::default());
    let error = parsed.error.unwrap();
    (error.mark.line, parsed.documents.len(), error.problem)
}

#[test]
fn utf_16_is_read_by_its_mark() {
    let units = || "a: é😀\n".encode_utf16();
    let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(units().flat_map(u16::to_be_bytes)).collect();
    for bytes in [little.as_slice(), &big, "\u{feff}a: é😀\n".as_bytes()] {
        let parsed = parse(bytes, Dialect::GoV3, &Limits::default());
        assert_eq!(parsed.error, None);
        assert_eq!(parsed.documents[0].root.get("a").unwrap().as_str(), Some("é😀"));
    }
    let (_, _, problem) = refused(&little[..little.len() - 1]);
    assert_eq!(problem, "the bytes are not UTF-8 or UTF-16");
}

#[test]
fn what_is_no_text_is_refused_with_its_line() {
    assert_eq!(refused(b"a: b\nc: \0\n"), (2, 0, "the character \\u{0} is not allowed".to_owned()));
    assert_eq!(refused(b"a: b\n\nc: \xFF\n"), (3, 0, "the bytes are not UTF-8 or UTF-16".to_owned()));
    assert_eq!(refused(b"\x7FELF\x02\x01\x01\0"), (1, 0, "the character \\u{7f} is not allowed".to_owned()));
    assert_eq!(refused("a: \u{ffff}".as_bytes()).2, "the character \\u{ffff} is not allowed");
    assert_eq!(refused(b"a: \xC3").2, "the bytes are not UTF-8 or UTF-16");
    assert_eq!(refused(b"a: \xED\xA0\x80").2, "the bytes are not UTF-8 or UTF-16");
}

#[test]
fn documents_before_an_error_are_kept() {
    assert_eq!(refused(b"a: b\n---\nc: d\n---\ne: [").1, 2);
    assert_eq!(refused(b"a: b\n---\nc: \0").1, 1);
    assert_eq!(refused(b"a: b\n---\nc: d\n e: f").1, 1);
    // What stands behind a whole document does not undo it.
    assert_eq!(refused(b"a: b\n--- >\n c\nd: e").1, 2);
}

#[test]
fn nothing_is_no_document() {
    for text in ["", "\n", "# comment\n", "  \n\n# comment", "\u{feff}"] {
        assert_eq!(json(text, Dialect::SigsV2), "", "{text:?}");
        assert_eq!(json(text, Dialect::GoV3), "", "{text:?}");
    }
    assert_eq!(json("---\n---\na: b\n---\n# c\n", Dialect::SigsV2), "null\n{\"a\":\"b\"}\nnull");
    assert_eq!(json("---\n---\na: b\n---\n# c\n", Dialect::GoV3), "{\"a\":\"b\"}");
}
