//! `--set-json`: a JSON object, or `key=json,key=json` (pkg/strvals/parser.go with `isjsonval`).

use manifesto_gotmpl::{List, ListKind, Map, Value, value_of};
use manifesto_yaml::{Limits, Node, parse_json};

use super::merge_map_values;
use super::set::{parse_index, set, set_index};
use super::table::{as_table, empty_table};

/// How many keys and indexes may follow each other.
const DEPTH_MAX: u32 = 30;

/// Helm hides the reason, and so do we.
type Parsed<T> = Result<T, ()>;

/// Reads into a table; the result takes its place.
/// The error is how Helm calls the form of the text.
pub(super) fn parse_into(text: &str, values: Map, limits: &Limits) -> Result<Map, &'static str> {
    let trimmed = text.trim();
    if trimmed.starts_with('{') {
        let given = json(trimmed, limits).map(|node| value_of(&node));
        let Ok(Value::Map(given)) = given else { return Err("data JSON:") };
        return Ok(merge_map_values(&values, &given));
    }
    let mut parser = Parser { rest: text, limits };
    while parser.key(&values, 0).map_err(|()| "data")? {}
    Ok(values)
}

fn json(text: &str, limits: &Limits) -> Parsed<Node> {
    parse_json(text.as_bytes(), limits).map_err(|_| ())
}

struct Parser<'t> {
    rest: &'t str,
    limits: &'t Limits,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let char = chars.next();
        self.rest = chars.as_str();
        char
    }

    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(char) = self.next() {
            if stops.contains(&char) {
                return (text, Some(char));
            }
            match char {
                '\\' => match self.next() {
                    Some(escaped) => text.push(escaped),
                    None => break,
                },
                char => text.push(char),
            }
        }
        (text, None)
    }

    /// Reads one key with its value; false at the end of the text.
    fn key(&mut self, values: &Map, depth: u32) -> Parsed<bool> {
        let (key, stop) = self.until(&['=', '[', ',', '.']);
        match stop {
            None if key.is_empty() => Ok(false),
            Some('=') => {
                let value = self.value()?;
                set(values, &key, value);
                Ok(true)
            }
            Some('[') => {
                let list = match values.get(key.as_bytes()) {
                    None => Vec::new(),
                    Some(Value::List(list)) => list.to_vec(),
                    Some(_) => return Err(()),
                };
                let list = self.item(list, depth)?;
                set(values, &key, Value::List(List::new(ListKind::Any, list)));
                Ok(true)
            }
            Some('.') if depth < DEPTH_MAX => {
                let inner = match values.get(key.as_bytes()) {
                    None => empty_table(),
                    Some(value) => as_table(&value).ok_or(())?,
                };
                let more = self.key(&inner, depth + 1)?;
                if inner.is_empty() && more {
                    return Err(());
                }
                set(values, &key, Value::Map(inner));
                Ok(more)
            }
            _ => Err(()),
        }
    }

    fn item(&mut self, list: Vec<Value>, depth: u32) -> Parsed<Vec<Value>> {
        let (text, Some(_)) = self.until(&[']']) else { return Err(()) };
        let index = parse_index(&text).map_err(|_| ())?;
        let (key, stop) = self.until(&['[', '.', '=']);
        if !key.is_empty() || depth >= DEPTH_MAX {
            return Err(());
        }
        let known = list.get(index).cloned();
        let value = match stop {
            Some('=') => self.value()?,
            Some('[') => {
                let inner = match known {
                    None | Some(Value::Nil) => Vec::new(),
                    Some(Value::List(inner)) => inner.to_vec(),
                    Some(_) => return Err(()),
                };
                Value::List(List::new(ListKind::Any, self.item(inner, depth + 1)?))
            }
            Some(_) => {
                let inner = known.as_ref().and_then(as_table).unwrap_or_else(empty_table);
                self.key(&inner, depth + 1)?;
                Value::Map(inner)
            }
            None => return Ok(list),
        };
        set_index(list, index, value).map_err(|_| ())
    }

    /// One JSON value, or nothing where a comma or the end follows.
    fn value(&mut self) -> Parsed<Value> {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() || self.rest.starts_with(',') {
            self.next();
            return Ok(Value::Nil);
        }
        let end = value_length(self.rest);
        let (text, rest) = self.rest.split_at_checked(end).ok_or(())?;
        let value = value_of(&json(text, self.limits)?);
        self.rest = rest.trim_start();
        if self.rest.starts_with(',') {
            self.next();
        }
        Ok(value)
    }
}

/// How far a JSON value goes; whether it is one is seen when it is read.
fn value_length(text: &str) -> usize {
    let mut depth = 0usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    quoted = false;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}
