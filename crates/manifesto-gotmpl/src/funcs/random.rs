//! What is random, of the clock or of the environment: placeholders of the right shape.

use super::encoding::{BASE64, encode};
use super::{Answer, Args, fixed, object, text};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::HostObject;
use crate::host::Param::{Any, Int, List, Named, Str as S};
use crate::library::Function;
use crate::placeholder::{Stream, Taint, TaintId, TaintKind};
use crate::text::Str;
use crate::unicode;
use crate::value::{Kind, Value};

const CERTIFICATE: crate::host::Param = Named("sprig.certificate");

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("randAlphaNum", &[Int], |executor, args| {
            characters(executor, "randAlphaNum", args, ALPHANUMERIC)
        }),
        fixed("randAlpha", &[Int], |executor, args| characters(executor, "randAlpha", args, LETTERS)),
        fixed("randNumeric", &[Int], |executor, args| characters(executor, "randNumeric", args, DIGITS)),
        fixed("randAscii", &[Int], |executor, args| characters(executor, "randAscii", args, PRINTABLE)),
        fixed("randBytes", &[Int], rand_bytes),
        fixed("randInt", &[Int, Int], rand_int),
        fixed("shuffle", &[S], shuffle),
        fixed("uuidv4", &[], uuid),
        fixed("bcrypt", &[S], |executor, args| bcrypt(executor, "bcrypt", b"", args.str(0))),
        fixed("htpasswd", &[S, S], htpasswd),
        fixed("encryptAES", &[S, S], encrypt_aes),
        fixed("genPrivateKey", &[S], private_key),
        fixed("genCA", &[S, Int], |executor, _| certificate(executor, "genCA", None)),
        fixed("genCAWithKey", &[S, Int, S], |executor, args| with_key(executor, "genCAWithKey", args, 2)),
        fixed("genSelfSignedCert", &[S, List, List, Int], |executor, args| {
            check_names(executor, args)?;
            certificate(executor, "genSelfSignedCert", None)
        }),
        fixed("genSelfSignedCertWithKey", &[S, List, List, Int, S], |executor, args| {
            super::crypto::check_private_key(args.str(4))
                .map_err(|why| Failure::text(format!("parsing private key: {why}")))?;
            check_names(executor, args)?;
            certificate(executor, "genSelfSignedCertWithKey", Some(args.text(4)))
        }),
        fixed("genSignedCert", &[S, List, List, Int, CERTIFICATE], |executor, args| {
            check_authority(args)?;
            check_names(executor, args)?;
            certificate(executor, "genSignedCert", None)
        }),
        fixed("genSignedCertWithKey", &[S, List, List, Int, CERTIFICATE, S], |executor, args| {
            super::crypto::check_private_key(args.str(5))
                .map_err(|why| Failure::text(format!("parsing private key: {why}")))?;
            check_authority(args)?;
            check_names(executor, args)?;
            certificate(executor, "genSignedCertWithKey", Some(args.text(5)))
        }),
        fixed("buildCustomCert", &[S, S], super::crypto::build_custom_cert),
        fixed("getHostByName", &[S], |executor, _| {
            // Helm answers so unless it is told to use the network.
            executor.add_taint("getHostByName", TaintKind::Value);
            text("")
        }),
        fixed("ago", &[Any], super::dates::ago),
        fixed("now", &[], super::dates::now),
    ]
}

const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const PRINTABLE: &[u8] =
    b" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

impl Executor<'_> {
    /// Notes that the result of the running call cannot be known; the seed of what stands for it.
    pub fn add_taint(&mut self, function: &'static str, kind: TaintKind) -> (TaintId, Stream) {
        let (template, expression) = self.calling();
        let occurrence = if self.placeholders.is_full() {
            0
        } else {
            self.placeholders.occurrence(&template, &expression)
        };
        let count = (occurrence as u64).to_le_bytes();
        let stream = Stream::new(&[function.as_bytes(), template.as_bytes(), expression.as_bytes(), &count]);
        if self.placeholders.is_full() {
            return (TaintId::default(), stream);
        }
        (self.placeholders.add(Taint { function, template, expression, kind }), stream)
    }

    /// A text in the place of an unknown one.
    pub(super) fn placeholder(
        &mut self,
        function: &'static str,
        make: impl FnOnce(&mut Stream) -> Vec<u8>,
    ) -> Str {
        let (id, mut stream) = self.add_taint(function, TaintKind::Value);
        let text = Str::tainted(make(&mut stream), Some(id));
        self.placeholders.note(&text, id);
        text
    }
}

fn count(executor: &mut Executor<'_>, args: Args<'_>) -> Result<usize, Failure> {
    let count = usize::try_from(args.int(0)).unwrap_or(0);
    executor.reserve(count as u64)?;
    executor.step(count as u64 / 8)?;
    Ok(count)
}

fn characters(
    executor: &mut Executor<'_>,
    function: &'static str,
    args: Args<'_>,
    alphabet: &[u8],
) -> Answer {
    // goutils fails for a negative count, and sprig drops the failure.
    let count = count(executor, args)?;
    if count == 0 {
        return text("");
    }
    Ok(Value::Str(
        executor.placeholder(function, |stream| (0..count).map(|_| stream.pick(alphabet)).collect()),
    ))
}

fn rand_bytes(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    if args.int(0) < 0 {
        return Err(Failure::text("runtime error: makeslice: len out of range"));
    }
    let count = count(executor, args)?;
    if count == 0 {
        return text("");
    }
    Ok(Value::Str(executor.placeholder("randBytes", |stream| encode(&stream.bytes(count), &BASE64))))
}

fn rand_int(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let (low, high) = (args.int(0), args.int(1));
    let width = high.wrapping_sub(low);
    let Some(width) = u64::try_from(width).ok().filter(|&width| width > 0) else {
        return Err(Failure::text("invalid argument to Intn"));
    };
    let (_, mut stream) = executor.add_taint("randInt", TaintKind::Value);
    Ok(Value::Int(low.wrapping_add_unsigned(stream.below(width))))
}

fn shuffle(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut runes: Vec<char> = unicode::runes(args.str(0)).map(|(_, rune)| rune).collect();
    executor.step(runes.len() as u64 / 4)?;
    if runes.len() < 2 {
        return Ok(Value::Str(args.text(0)));
    }
    Ok(Value::Str(executor.placeholder("shuffle", |stream| {
        for last in (1..runes.len()).rev() {
            let other = usize::try_from(stream.below(last as u64 + 1)).unwrap_or(0);
            runes.swap(last, other);
        }
        runes.iter().collect::<String>().into_bytes()
    })))
}

fn uuid(executor: &mut Executor<'_>, _: Args<'_>) -> Answer {
    Ok(Value::Str(executor.placeholder("uuidv4", |stream| {
        let hex = super::crypto::hex(&stream.bytes(16));
        let variant = char::from(stream.pick(b"89ab"));
        let part = |start: usize, end: usize| hex.get(start..end).unwrap_or_default();
        format!("{}-{}-4{}-{variant}{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
            .into_bytes()
    })))
}

/// bcrypt's own base 64.
const BCRYPT: &[u8] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn bcrypt(executor: &mut Executor<'_>, function: &'static str, before: &[u8], password: &[u8]) -> Answer {
    if password.len() > 72 {
        let message = "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
        return text([before, message.as_bytes()].concat());
    }
    Ok(Value::Str(executor.placeholder(function, |stream| {
        let mut out = [before, b"$2a$10$"].concat();
        out.extend((0..53).map(|_| stream.pick(BCRYPT)));
        out
    })))
}

fn htpasswd(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let user = args.str(0);
    if user.contains(&b':') {
        return text([b"invalid username: ", user].concat());
    }
    bcrypt(executor, "htpasswd", &[user, b":"].concat(), args.str(1))
}

fn encrypt_aes(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let plain = args.str(1).len();
    if plain == 0 {
        return text("");
    }
    executor.reserve(plain as u64 * 2 + 64)?;
    // A block for the vector and the padded text.
    let bytes = 16 + (plain / 16 + 1) * 16;
    Ok(Value::Str(executor.placeholder("encryptAES", |stream| encode(&stream.bytes(bytes), &BASE64))))
}

/// A block that looks like PEM, but says in its body what it stands for.
fn pem(stream: &mut Stream, label: &str, bytes: usize) -> Vec<u8> {
    let mut body = PEM_MARK.to_vec();
    body.extend(stream.bytes(bytes));
    let mut out = format!("-----BEGIN {label}-----\n").into_bytes();
    for line in encode(&body, &BASE64).chunks(64) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    out
}

/// What every placeholder for a key or a certificate starts with, inside of its base64.
const PEM_MARK: &[u8] = b"manifesto placeholder: ";

/// Whether a PEM block is one of ours.
pub(super) fn is_placeholder_pem(body: &[u8]) -> bool {
    body.starts_with(PEM_MARK)
}

fn private_key(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let (label, bytes) = match args.str(0) {
        b"" | b"rsa" => ("RSA PRIVATE KEY", 2349),
        b"dsa" => ("DSA PRIVATE KEY", 850),
        b"ecdsa" => ("EC PRIVATE KEY", 121),
        b"ed25519" => ("PRIVATE KEY", 48),
        other => return text([b"Unknown type ", other].concat()),
    };
    Ok(Value::Str(executor.placeholder("genPrivateKey", |stream| pem(stream, label, bytes))))
}

/// sprig's `certificate`.
#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) cert: Str,
    pub(super) key: Str,
}

impl HostObject for Certificate {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::Str(self.cert.clone())),
            "Key" => Some(Value::Str(self.key.clone())),
            _ => None,
        }
    }

    fn entries(&self) -> Vec<(Value, Value)> {
        vec![
            (Value::str("Cert"), Value::Str(self.cert.clone())),
            (Value::str("Key"), Value::Str(self.key.clone())),
        ]
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn certificate(executor: &mut Executor<'_>, function: &'static str, key: Option<Str>) -> Answer {
    let cert = executor.placeholder(function, |stream| pem(stream, "CERTIFICATE", 780));
    let key = match key {
        Some(key) => key,
        None => executor.placeholder(function, |stream| pem(stream, "RSA PRIVATE KEY", 1191)),
    };
    Ok(object(Certificate { cert, key }))
}

fn with_key(executor: &mut Executor<'_>, function: &'static str, args: Args<'_>, index: usize) -> Answer {
    super::crypto::check_private_key(args.str(index))
        .map_err(|why| Failure::text(format!("parsing private key: {why}")))?;
    certificate(executor, function, Some(args.text(index)))
}

/// The authority that signs must be a certificate and its key.
fn check_authority(args: Args<'_>) -> Result<(), Failure> {
    let Some(authority) = args.object::<Certificate>(4) else {
        return Err(Failure::text("unable to decode certificate"));
    };
    super::crypto::check_certificate(&authority.cert, "decodedSignerCert")?;
    super::crypto::check_private_key(&authority.key)
        .map_err(|why| Failure::text(format!("error parsing private key: {why}")))
}

/// The addresses and names that a certificate is asked for.
fn check_names(executor: &mut Executor<'_>, args: Args<'_>) -> Result<(), Failure> {
    for value in super::elements(args.get(1), "")? {
        let Value::Str(address) = &value else {
            let shown = executor.text_of(&value)?;
            return Err(Failure::text(format!("error parsing ip: {} is not a string", shown.to_text())));
        };
        let parsed = std::str::from_utf8(address).ok().and_then(|text| text.parse::<std::net::IpAddr>().ok());
        if parsed.is_none() {
            return Err(Failure::text(format!("error parsing ip: {}", address.to_text())));
        }
    }
    for value in super::elements(args.get(2), "")? {
        if value.kind() != Kind::Str {
            let shown = executor.text_of(&value)?;
            let shown = shown.to_text();
            return Err(Failure::text(format!(
                "error processing alternate dns name: {shown} is not a string"
            )));
        }
    }
    Ok(())
}
