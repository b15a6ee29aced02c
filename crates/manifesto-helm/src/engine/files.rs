//! `.Files` (pkg/engine/files.go).

use std::any::Any;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::rc::Rc;

use manifesto_gotmpl::{
    Args, Executor, Failure, HostObject, Kind, List, ListKind, Map, MapKind, Param, Signature, Str, Value,
};

use super::glob::Glob;
use crate::chart::ChartFile;

/// Files of a chart, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    files: Rc<BTreeMap<Str, File>>,
    /// All of it as Go prints it, once that was asked for: charts print all that they know, over and over.
    printed: OnceCell<Str>,
}

#[derive(Debug, Clone, Default)]
struct File {
    data: Str,
    /// Go's nil: an empty file of an archive, but not one of a directory.
    is_nil: bool,
}

impl Files {
    pub(super) fn of(files: &[ChartFile]) -> Value {
        let file = |file: &ChartFile| {
            let packed = file.origin.as_ref().is_none_or(|origin| origin.packed);
            let data = file.data.clone();
            (Str::from(file.name.as_str()), File { is_nil: data.is_empty() && packed, data })
        };
        Self::map(files.iter().map(file).collect())
    }

    fn map(files: BTreeMap<Str, File>) -> Value {
        Value::Object(Rc::new(Self { files: Rc::new(files), printed: OnceCell::new() }))
    }

    /// `map[NAME:[1 2 3] …]`.
    fn print(&self) -> Str {
        let mut out = b"map[".to_vec();
        for (number, (name, file)) in self.files.iter().enumerate() {
            out.extend_from_slice(if number > 0 { b" " } else { b"" });
            out.extend_from_slice(name);
            out.extend_from_slice(b":[");
            for (number, byte) in file.data.iter().enumerate() {
                let space = if number > 0 { " " } else { "" };
                let _ = write!(out, "{space}{byte}");
            }
            out.push(b']');
        }
        out.push(b']');
        Str::from(out)
    }

    /// `AsConfig` and `AsSecrets`: names without directories; of two that are equal then, one is left.
    fn flat(&self, executor: &mut Executor<'_>, content: fn(&Str) -> Str) -> Result<Value, Failure> {
        let mut flat = BTreeMap::new();
        for (name, File { data, .. }) in self.files.iter() {
            executor.reserve(data.len() as u64)?;
            let base = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
            flat.insert(Str::from(base), Value::Str(content(data)));
        }
        executor.yaml_text(&Value::Map(Map::new(MapKind::Str, flat)))
    }
}

/// A `[]uint8`.
fn bytes(executor: &mut Executor<'_>, data: &[u8]) -> Result<Value, Failure> {
    executor.reserve(data.len() as u64 * 16)?;
    Ok(byte_list(data))
}

fn byte_list(data: &[u8]) -> Value {
    Value::List(List::new(ListKind::Byte, data.iter().map(|&byte| Value::Uint8(byte)).collect()))
}

fn lines(file: Option<&File>) -> Result<Value, Failure> {
    let Some(File { data, .. }) = file.filter(|file| !file.is_nil) else { return Ok(Value::strings([])) };
    if data.is_empty() {
        // Upstream looks at the last byte without asking whether there is one.
        return Err(Failure::text("runtime error: index out of range [-1]"));
    }
    let data = data.strip_suffix(b"\n").unwrap_or(data);
    Ok(Value::strings(data.split(|&byte| byte == b'\n').map(Str::from)))
}

impl HostObject for Files {
    fn type_name(&self) -> &'static str {
        "engine.files"
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.files.get(name.as_bytes()).map(|file| byte_list(&file.data))
    }

    fn plain_text(&self) -> Option<Str> {
        Some(self.printed.get_or_init(|| self.print()).clone())
    }

    fn entries(&self) -> Vec<(Value, Value)> {
        self.files.iter().map(|(name, file)| (Value::Str(name.clone()), byte_list(&file.data))).collect()
    }

    fn method(&self, name: &str) -> Option<Signature> {
        Some(match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => Signature::fixed(&[Param::Str]),
            "AsConfig" | "AsSecrets" => Signature::fixed(&[]),
            _ => return None,
        })
    }

    fn call(&self, name: &str, executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
        let named = || self.files.get(args.str(0)).map(|file| file.data.clone()).unwrap_or_default();
        match name {
            "Get" => Ok(Value::Str(named())),
            "GetBytes" => bytes(executor, &named()),
            "Lines" => lines(self.files.get(args.str(0))),
            "Glob" => {
                let glob = Glob::parse(&String::from_utf8_lossy(args.str(0)));
                let mut found = BTreeMap::new();
                for (name, file) in self.files.iter() {
                    executor.step(1 + (name.len() as u64 >> 6))?;
                    if glob.matches(name) {
                        found.insert(name.clone(), file.clone());
                    }
                }
                Ok(Self::map(found))
            }
            "AsConfig" => self.flat(executor, Str::clone),
            "AsSecrets" => self.flat(executor, |data| Str::from(base64(data))),
            _ => Err(Failure::text(format!("method {name} cannot be called"))),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Base64 with padding (RFC 4648).
fn base64(data: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(data.len().div_ceil(3) * 4);
    for chunk in data.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = ALPHABET.get((group >> (18 - 6 * place) & 63) as usize).copied().unwrap_or(b'=');
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}
