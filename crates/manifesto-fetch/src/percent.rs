//! Texts where only some letters may stand: the others are written as `%` and their number.

use std::fmt::Write as _;

/// Writes everything but letters, digits and what `is_plain` takes as numbers.
pub(crate) fn encode(text: &str, is_plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || is_plain(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// What was written so; none for anything else.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn what_is_encoded_is_decoded() {
        for text in ["", "1.2.3+b", "../..", "a/b:c%41", "é"] {
            let encoded = encode(text, |byte| byte == b'+');
            assert!(
                encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%+".contains(&byte)),
                "{encoded}"
            );
            assert_eq!(decode(&encoded).as_deref(), Some(text));
        }
        assert_eq!((decode("%4"), decode("%zz"), decode("%FF")), (None, None, None));
    }
}
