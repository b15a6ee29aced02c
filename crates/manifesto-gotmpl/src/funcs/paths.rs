//! Slash-separated paths: Go's `path`, which on the reference's system is `filepath` too.

use super::{fixed, text};
use crate::host::Param::Str as S;
use crate::library::Function;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let mut functions = Vec::new();
    for name in ["base", "osBase"] {
        functions.push(fixed(name, &[S], |_, args| text(base(args.str(0)))));
    }
    for name in ["dir", "osDir"] {
        functions.push(fixed(name, &[S], |_, args| text(dir(args.str(0)))));
    }
    for name in ["clean", "osClean"] {
        functions.push(fixed(name, &[S], |_, args| text(clean(args.str(0)))));
    }
    for name in ["ext", "osExt"] {
        functions.push(fixed(name, &[S], |_, args| text(ext(args.str(0)))));
    }
    for name in ["isAbs", "osIsAbs"] {
        functions.push(fixed(name, &[S], |_, args| Ok(Value::Bool(args.str(0).starts_with(b"/")))));
    }
    functions
}

fn base(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let end = path.iter().rposition(|&byte| byte != b'/').map_or(0, |last| last + 1);
    let path = path.get(..end).unwrap_or_default();
    match path.rsplit(|&byte| byte == b'/').next() {
        Some(name) if !name.is_empty() => name.to_vec(),
        _ => b"/".to_vec(),
    }
}

fn dir(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(|&byte| byte == b'/').map_or(0, |last| last + 1);
    clean(path.get(..end).unwrap_or_default())
}

fn ext(path: &[u8]) -> Vec<u8> {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    name.iter().rposition(|&byte| byte == b'.').and_then(|dot| name.get(dot..)).unwrap_or_default().to_vec()
}

fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut names: Vec<&[u8]> = Vec::new();
    for name in path.split(|&byte| byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." if names.last().is_some_and(|&last| last != b"..") => {
                names.pop();
            }
            b".." if rooted => {}
            name => names.push(name),
        }
    }
    let joined = names.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", joined.as_slice()].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
