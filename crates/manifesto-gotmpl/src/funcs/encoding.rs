//! Base64 and base32, as Go's `encoding` reads and writes them.

use super::{Answer, fixed, text};
use crate::host::Param::Str as S;
use crate::library::Function;

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("b64enc", &[S], |executor, args| {
            executor.reserve(args.str(0).len() as u64 * 2)?;
            text(encode(args.str(0), &BASE64))
        }),
        fixed("b64dec", &[S], |_, args| decoded(args.str(0), &BASE64, "base64")),
        fixed("b32enc", &[S], |executor, args| {
            executor.reserve(args.str(0).len() as u64 * 2)?;
            text(encode(args.str(0), &BASE32))
        }),
        fixed("b32dec", &[S], |_, args| decoded(args.str(0), &BASE32, "base32")),
    ]
}

/// An alphabet whose digits stand for `bits` bits each; `group` digits are a whole number of bytes.
pub(super) struct Base {
    digits: &'static [u8],
    bits: u32,
    group: usize,
    /// How many digits before the padding a group may have.
    ends: &'static [usize],
}

pub(super) const BASE64: Base = Base {
    digits: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    bits: 6,
    group: 4,
    ends: &[2, 3],
};

const BASE32: Base =
    Base { digits: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5, group: 8, ends: &[2, 4, 5, 7] };

pub(super) fn encode(bytes: &[u8], base: &Base) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    let (mut held, mut held_bits) = (0_u32, 0);
    let digit =
        |index: u32| base.digits.get(index as usize & (base.digits.len() - 1)).copied().unwrap_or(b'A');
    for &byte in bytes {
        held = held << 8 | u32::from(byte);
        held_bits += 8;
        while held_bits >= base.bits {
            held_bits -= base.bits;
            out.push(digit(held >> held_bits));
        }
        held &= (1 << held_bits) - 1;
    }
    if held_bits > 0 {
        out.push(digit(held << (base.bits - held_bits)));
    }
    while out.len() % base.group != 0 {
        out.push(b'=');
    }
    out
}

/// The bytes, or the position of the first byte that is wrong. Newlines are skipped.
pub(super) fn decode(encoded: &[u8], base: &Base) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(encoded.len());
    let mut at = 0;
    let mut next = || loop {
        match encoded.get(at) {
            Some(b'\n' | b'\r') => at += 1,
            Some(&byte) => {
                at += 1;
                return Some((at - 1, byte));
            }
            None => return None,
        }
    };
    loop {
        let (mut held, mut count) = (0_u64, 0);
        while count < base.group {
            let Some((position, byte)) = next() else {
                // A group that is not complete is an error as far before the end as it has digits.
                return if count == 0 { Ok(out) } else { Err(encoded.len() - count) };
            };
            if byte == b'=' {
                return finish(&mut next, base, held, count, position, encoded.len()).map(|tail| {
                    out.extend_from_slice(&tail);
                    out
                });
            }
            let digit = base.digits.iter().position(|&digit| digit == byte).ok_or(position)?;
            held = held << base.bits | digit as u64;
            count += 1;
        }
        let bytes = base.group * base.bits as usize / 8;
        out.extend(held.to_be_bytes().iter().skip(8 - bytes));
    }
}

/// The last group, whose padding starts at `position`.
fn finish(
    next: &mut impl FnMut() -> Option<(usize, u8)>,
    base: &Base,
    held: u64,
    count: usize,
    position: usize,
    len: usize,
) -> Result<Vec<u8>, usize> {
    if !base.ends.contains(&count) {
        return Err(position);
    }
    for _ in count + 1..base.group {
        match next() {
            Some((_, b'=')) => {}
            Some((position, _)) => return Err(position - 1),
            None => return Err(len),
        }
    }
    if let Some((position, _)) = next() {
        return Err(position);
    }
    let bits = u32::try_from(count).unwrap_or(0) * base.bits;
    let bytes = (bits / 8) as usize;
    let held = held >> (bits % 8);
    Ok(held.to_be_bytes().iter().skip(8 - bytes).copied().collect())
}

/// The decoded text; of what cannot be decoded, the error's.
fn decoded(encoded: &[u8], base: &Base, name: &str) -> Answer {
    match decode(encoded, base) {
        Ok(bytes) => text(bytes),
        Err(position) => text(format!("illegal {name} data at input byte {position}")),
    }
}
