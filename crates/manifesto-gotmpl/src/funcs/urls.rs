//! URLs: sprig's `url.go` over Go's `net/url`.

use super::{Answer, Args, fixed, text};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{Dict, Str as S};
use crate::library::Function;
use crate::strconv::quote;
use crate::text::Str;
use crate::value::{Map, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![fixed("urlParse", &[S], url_parse), fixed("urlJoin", &[Dict], url_join)]
}

/// Which part of a URL a text is: each leaves other characters as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    User,
    Host,
    Zone,
    Query,
    Fragment,
}

fn is_escaped(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    if matches!(part, Part::Host | Part::Zone) && b"!$&'()*+,;=:[]<>\"".contains(&byte) {
        return false;
    }
    if b"$&+,/:;=?@".contains(&byte) {
        return match part {
            Part::Path => byte == b'?',
            Part::User => b"@/?:".contains(&byte),
            Part::Query | Part::Host | Part::Zone => true,
            Part::Fragment => false,
        };
    }
    !(part == Part::Fragment && b"!()*".contains(&byte))
}

fn escape(bytes: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        if part == Part::Query && byte == b' ' {
            out.push(b'+');
        } else if is_escaped(byte, part) {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            out.push(byte);
        }
    }
    out
}

/// `QueryEscape`.
pub(crate) fn query_escape(bytes: &[u8]) -> Vec<u8> {
    escape(bytes, Part::Query)
}

fn hex(rest: &[u8]) -> Option<u8> {
    match rest {
        [b'%', high, low, ..] => {
            let digit = |byte: &u8| char::from(*byte).to_digit(16);
            u8::try_from(digit(high)? * 16 + digit(low)?).ok()
        }
        _ => None,
    }
}

fn unescape(bytes: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let bad = |rest: &[u8]| {
        format!("invalid URL escape {}", quote(rest.get(..rest.len().min(3)).unwrap_or_default()))
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&byte) = rest.first() {
        let mut taken = 1;
        if byte == b'%' {
            let code = hex(rest).ok_or_else(|| bad(rest))?;
            let percent = rest.starts_with(b"%25");
            // Hosts may escape what is not ASCII, and zones what is no host's.
            if part == Part::Host && code < 0x80 && !percent
                || part == Part::Zone && !percent && code != b' ' && is_escaped(code, Part::Host)
            {
                return Err(bad(rest));
            }
            out.push(code);
            taken = 3;
        } else if matches!(part, Part::Host | Part::Zone) && byte < 0x80 && is_escaped(byte, part) {
            return Err(format!("invalid character {} in host name", quote(&[byte])));
        } else {
            out.push(byte);
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    Ok(out)
}

/// The parts of a URL, unescaped.
#[derive(Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    user: Option<User>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
}

struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl User {
    fn print(&self) -> Vec<u8> {
        let mut out = escape(&self.name, Part::User);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend(escape(password, Part::User));
        }
        out
    }
}

fn cut(bytes: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    let mut parts = bytes.splitn(2, |&byte| byte == at);
    (parts.next().unwrap_or_default(), parts.next())
}

fn parse(raw: &[u8]) -> Result<Url, String> {
    let (body, fragment) = cut(raw, b'#');
    let named = |url: &[u8]| {
        let url = quote(url);
        move |why: String| format!("parse {url}: {why}")
    };
    let mut url = parse_body(body).map_err(named(body))?;
    url.fragment = unescape(fragment.unwrap_or_default(), Part::Fragment).map_err(named(raw))?;
    Ok(url)
}

fn parse_body(body: &[u8]) -> Result<Url, String> {
    if body.iter().any(|&byte| byte < b' ' || byte == 0x7F) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let mut url = Url::default();
    if body == b"*" {
        url.path = b"*".to_vec();
        return Ok(url);
    }
    let (scheme, rest) = scheme(body)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (mut rest, query) = cut(rest, b'?');
    url.query = query.unwrap_or_default().to_vec();
    if !rest.starts_with(b"/") {
        if !scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if cut(rest, b'/').0.contains(&b':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    if let Some(authority) =
        rest.strip_prefix(b"//").filter(|_| !scheme.is_empty() || !rest.starts_with(b"///"))
    {
        let end = authority.iter().position(|&byte| byte == b'/').unwrap_or(authority.len());
        let (authority, path) = authority.split_at_checked(end).unwrap_or_default();
        rest = path;
        parse_authority(&mut url, authority)?;
    }
    url.path = unescape(rest, Part::Path)?;
    Ok(url)
}

fn scheme(body: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let end = body.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"+-.".contains(byte));
    match end {
        Some(0) if body.first() == Some(&b':') => Err("missing protocol scheme".to_owned()),
        Some(end) if body.get(end) == Some(&b':') && body.first().is_some_and(u8::is_ascii_alphabetic) => {
            Ok((body.get(..end).unwrap_or_default(), body.get(end + 1..).unwrap_or_default()))
        }
        _ => Ok((b"", body)),
    }
}

fn parse_authority(url: &mut Url, authority: &[u8]) -> Result<(), String> {
    let Some(at) = authority.iter().rposition(|&byte| byte == b'@') else {
        url.host = parse_host(authority)?;
        return Ok(());
    };
    url.host = parse_host(authority.get(at + 1..).unwrap_or_default())?;
    let info = authority.get(..at).unwrap_or_default();
    if !info.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte)) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = cut(info, b':');
    url.user = Some(User {
        name: unescape(name, Part::User)?,
        password: password.map(|password| unescape(password, Part::User)).transpose()?,
    });
    Ok(())
}

fn is_port(text: &[u8]) -> bool {
    text.is_empty() || text.strip_prefix(b":").is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
}

fn parse_host(host: &[u8]) -> Result<Vec<u8>, String> {
    let port = if host.starts_with(b"[") {
        let close = host.iter().rposition(|&byte| byte == b']').ok_or("missing ']' in host")?;
        host.get(close + 1..).unwrap_or_default()
    } else if let Some(colon) = host.iter().rposition(|&byte| byte == b':') {
        host.get(colon..).unwrap_or_default()
    } else {
        b""
    };
    if !is_port(port) {
        return Err(format!("invalid port {} after host", quote(port)));
    }
    if host.starts_with(b"[")
        && let Some(zone) = memchr::memmem::find(host, b"%25")
    {
        let end = host.len() - port.len();
        let mut out = unescape(host.get(..zone).unwrap_or_default(), Part::Host)?;
        out.extend(unescape(host.get(zone..end).unwrap_or_default(), Part::Zone)?);
        out.extend(unescape(port, Part::Host)?);
        return Ok(out);
    }
    unescape(host, Part::Host)
}

/// The host without its port and brackets.
fn hostname(host: &[u8]) -> &[u8] {
    let colon = host.iter().rposition(|&byte| byte == b':');
    let end = colon.filter(|&colon| is_port(host.get(colon..).unwrap_or_default())).unwrap_or(host.len());
    let name = host.get(..end).unwrap_or_default();
    name.strip_prefix(b"[").and_then(|name| name.strip_suffix(b"]")).unwrap_or(name)
}

fn url_parse(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let url = parse(args.str(0)).map_err(|why| Failure::text(format!("unable to parse url: {why}")))?;
    let user = url.user.as_ref().map(User::print).unwrap_or_default();
    let hostname = hostname(&url.host).to_vec();
    let parts = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", user),
    ];
    Ok(Value::map(parts.into_iter().map(|(name, part)| (Str::from(name), Value::str(part)))))
}

/// The text of a key; nothing when it is missing.
fn part_of(dict: &Map, key: &str) -> Result<Vec<u8>, Failure> {
    match dict.get(key.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value::Str(part)) => Ok(part.to_vec()),
        Some(Value::Nil) => Err(super::nil_dereference()),
        Some(other) => Err(Failure::text(format!(
            "unable to parse {key} key, must be of type string, but {} found",
            other.kind().name()
        ))),
    }
}

fn url_join(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let dict = args.dict(0);
    let mut url = Url {
        scheme: part_of(&dict, "scheme")?,
        host: part_of(&dict, "host")?,
        path: part_of(&dict, "path")?,
        query: part_of(&dict, "query")?,
        opaque: part_of(&dict, "opaque")?,
        fragment: part_of(&dict, "fragment")?,
        user: None,
    };
    let info = part_of(&dict, "userinfo")?;
    if !info.is_empty() {
        let parsed = parse(&[b"proto://", info.as_slice(), b"@host"].concat());
        url.user =
            parsed.map_err(|why| Failure::text(format!("unable to parse userinfo in dict: {why}")))?.user;
    }
    text(print(&url))
}

/// `URL.String`.
fn print(url: &Url) -> Vec<u8> {
    let mut out = Vec::new();
    if !url.scheme.is_empty() {
        out.extend_from_slice(&url.scheme);
        out.push(b':');
    }
    if url.opaque.is_empty() {
        print_hierarchy(&mut out, url);
    } else {
        out.extend_from_slice(&url.opaque);
    }
    if !url.query.is_empty() {
        out.push(b'?');
        out.extend_from_slice(&url.query);
    }
    if !url.fragment.is_empty() {
        out.push(b'#');
        out.extend(escape(&url.fragment, Part::Fragment));
    }
    out
}

fn print_hierarchy(out: &mut Vec<u8>, url: &Url) {
    let located = !url.scheme.is_empty() || !url.host.is_empty() || url.user.is_some();
    if located && (!url.host.is_empty() || !url.path.is_empty() || url.user.is_some()) {
        out.extend_from_slice(b"//");
        if let Some(user) = &url.user {
            out.extend(user.print());
            out.push(b'@');
        }
        out.extend(escape(&url.host, Part::Host));
    }
    let path = if url.path == b"*" { b"*".to_vec() } else { escape(&url.path, Part::Path) };
    if !path.is_empty() && !path.starts_with(b"/") && !url.host.is_empty() {
        out.push(b'/');
    }
    // A colon in the first segment would make it a scheme.
    if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
        out.extend_from_slice(b"./");
    }
    out.extend(path);
}
