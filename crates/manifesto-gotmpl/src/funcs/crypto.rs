//! Hashes, derived passwords and keys: sprig's `crypto.go`, but for what is random.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt as _, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::encoding::{BASE64, decode};
use super::random::{Certificate, is_placeholder_pem};
use super::{Answer, Args, fixed, object, text};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{Str as S, Uint32};
use crate::library::Function;
use crate::text::Str;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("sha1sum", &[S], hashed::<Sha1>),
        fixed("sha256sum", &[S], hashed::<Sha256>),
        fixed("sha512sum", &[S], hashed::<Sha512>),
        fixed("adler32sum", &[S], |_, args| text(adler32(args.str(0)).to_string())),
        fixed("derivePassword", &[Uint32, S, S, S, S], derive_password),
        fixed("decryptAES", &[S, S], decrypt_aes),
    ]
}

fn hashed<D: Digest>(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    executor.step(args.str(0).len() as u64 >> 5)?;
    let digest = D::digest(args.str(0));
    text(hex(&digest))
}

/// Two digits of base 16 for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        out.push_str(&format!("{byte:02x}"));
        out
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    // So many bytes can be summed before the sums must be reduced.
    const RUN: usize = 5552;
    let (mut low, mut high) = (1_u32, 0_u32);
    for run in bytes.chunks(RUN) {
        for &byte in run {
            low += u32::from(byte);
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    high << 16 | low
}

/// The shapes of passwords: each letter of a template stands for a class of characters.
fn templates(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

fn class(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// The Master Password algorithm: deliberately slow, so that only a few are computed per render.
fn derive_password(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    const SEED: &[u8] = b"com.lyndir.masterpassword";
    let (kind, password, user, site) = (args.str(1), args.str(2), args.str(3), args.str(4));
    let Some(templates) = templates(kind) else {
        return text([b"cannot find password template ", kind].concat());
    };
    executor.meter.crypto_run()?;
    let sized = |text: &[u8]| crate::ast::index(text.len()).to_be_bytes();
    let salt = [SEED, &sized(user), user].concat();
    let failed = |why: &dyn std::fmt::Display| Failure::text(format!("failed to derive password: {why}"));
    let cost = scrypt::Params::new(15, 8, 2).map_err(|why| failed(&why))?;
    let mut key = [0; 64];
    scrypt::scrypt(password, &salt, &cost, &mut key).map_err(|why| failed(&why))?;
    let counter = if let Value::Uint32(counter) = args.get(0) { *counter } else { 0 };
    let mut seed = Hmac::<Sha256>::new_from_slice(&key).map_err(|why| failed(&why))?;
    for part in [SEED, &sized(site), site, &counter.to_be_bytes()] {
        seed.update(part);
    }
    let seed = seed.finalize().into_bytes();
    let mut seed = seed.iter().map(|&byte| usize::from(byte));
    let pick = |options: usize, byte: Option<usize>| byte.unwrap_or(0) % options.max(1);
    let template = templates.get(pick(templates.len(), seed.next())).copied().unwrap_or("");
    let letters = template.bytes().map(|letter| {
        let class = class(letter);
        class.get(pick(class.len(), seed.next())).copied().unwrap_or(b'x')
    });
    text(letters.collect::<Vec<u8>>())
}

fn decrypt_aes(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    if args.str(1).is_empty() {
        return text("");
    }
    let mut key = [0; 32];
    for (slot, byte) in key.iter_mut().zip(args.str(0)) {
        *slot = *byte;
    }
    let encrypted = decode(args.str(1), &BASE64)
        .map_err(|position| Failure::text(format!("illegal base64 data at input byte {position}")))?;
    let Some((vector, body)) = encrypted.split_at_checked(16) else {
        return Err(Failure::text(format!(
            "runtime error: slice bounds out of range [:16] with capacity {}",
            encrypted.len()
        )));
    };
    if body.len() % 16 != 0 {
        return Err(Failure::text("crypto/cipher: input not full blocks"));
    }
    let cipher = Aes256::new(&key.into());
    let mut before = vector.to_vec();
    let mut plain = Vec::with_capacity(body.len());
    for chunk in body.chunks_exact(16) {
        let mut block = [0; 16];
        block.copy_from_slice(chunk);
        let mut block = block.into();
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(&before).map(|(byte, mask)| byte ^ mask));
        before = chunk.to_vec();
    }
    let Some(&padding) = plain.last() else {
        return Err(Failure::text("runtime error: index out of range [-1]"));
    };
    match plain.len().checked_sub(usize::from(padding)) {
        Some(len) => {
            plain.truncate(len);
            text(plain)
        }
        None => Err(Failure::text(format!(
            "runtime error: slice bounds out of range [:{}]",
            i64::try_from(plain.len()).unwrap_or(0) - i64::from(padding)
        ))),
    }
}

/// The label and the bytes of the first PEM block of a text.
fn pem_block(text: &[u8]) -> Option<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(text);
    let start = text.find("-----BEGIN ")?;
    let (label, rest) = text.get(start + 11..)?.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    // Headers end at an empty line.
    let body =
        body.split_once("\n\n").filter(|(headers, _)| headers.contains(':')).map_or(body, |(_, body)| body);
    let body: String = body.chars().filter(|rune| !rune.is_whitespace()).collect();
    Some((label.to_owned(), decode(body.as_bytes(), &BASE64).ok()?))
}

/// Whether bytes are one DER sequence, to its end. What stands in it is not looked at.
fn is_sequence(der: &[u8]) -> bool {
    match der {
        [0x30, len @ ..=0x7F, rest @ ..] | [0x30, 0x81, len, rest @ ..] => rest.len() == usize::from(*len),
        [0x30, 0x82, high, low, rest @ ..] => rest.len() == usize::from(u16::from_be_bytes([*high, *low])),
        _ => false,
    }
}

/// Why a text is no private key, as far as can be told without cryptography.
pub(super) fn check_private_key(key: &[u8]) -> Result<(), String> {
    let Some((label, body)) = pem_block(key) else { return Err("no PEM data in input".to_owned()) };
    let kind = match label.strip_suffix("PRIVATE KEY").map(str::trim_end) {
        Some("") => "decoding PEM as PKCS#8",
        Some("RSA") => "parsing RSA private key from PEM",
        Some("EC") => "parsing EC private key from PEM",
        Some("DSA") => "parsing DSA private key from PEM",
        Some(other) => return Err(format!("invalid private key type {other}")),
        None => return Err(format!("no private key data in PEM block of type {label}")),
    };
    if is_placeholder_pem(&body) || is_sequence(&body) {
        return Ok(());
    }
    Err(format!("{kind}: asn1: structure error"))
}

/// Fails for a text that is no certificate, as far as can be told without cryptography.
pub(super) fn check_certificate(cert: &[u8], what: &str) -> Result<(), Failure> {
    let Some((_, body)) = pem_block(cert) else { return Err(Failure::text("unable to decode certificate")) };
    if is_placeholder_pem(&body) || is_sequence(&body) {
        return Ok(());
    }
    Err(Failure::text(format!("error parsing certificate: {what}.Bytes: x509: malformed certificate")))
}

pub(super) fn build_custom_cert(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let decoded = |index: usize, what: &str| {
        decode(args.str(index), &BASE64).map_err(|_| Failure::text(format!("unable to decode base64 {what}")))
    };
    let cert = decoded(0, "certificate")?;
    let key = decoded(1, "private key")?;
    check_certificate(&cert, "decodedCert")?;
    check_private_key(&key).map_err(|why| Failure::text(format!("error parsing private key: {why}")))?;
    let taint = |index: usize| args.text(index).taint();
    Ok(object(Certificate { cert: Str::tainted(cert, taint(0)), key: Str::tainted(key, taint(1)) }))
}
