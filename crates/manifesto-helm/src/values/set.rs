//! `--set` and its kin (pkg/strvals).

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;
use std::sync::Arc;

use manifesto_gotmpl::{List, ListKind, Map, Str, Value};

use super::table::{as_table, empty_table};

/// The most that an index may be (`MaxIndex`).
const INDEX_MAX: usize = 65_536;
/// How many dots a key may have (`MaxNestedNameLevel`).
const DOTS_MAX: u32 = 30;
/// How many indexes may follow each other; Helm has no limit there.
const INDEXES_MAX: u32 = 100;

/// What a value stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reading<'f> {
    /// Numbers, true, false and null are what they look like.
    Typed,
    /// Text.
    Text,
    /// The name of a file; the value is what it holds.
    File(&'f BTreeMap<String, Arc<[u8]>>),
    /// Text to the end, with nothing special in it.
    Literal,
}

/// How a part ended, when not by an error.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// More may follow.
    More,
    /// The text is at its end.
    Text,
}

type Parsed<T> = Result<T, String>;

/// Reads `key=value,key=value` into a table.
pub(super) fn parse_into(text: &str, values: &Map, reading: Reading<'_>) -> Parsed<()> {
    let mut parser = Parser { chars: text.chars().peekable(), reading };
    while parser.key(values, 0)? == End::More {}
    Ok(())
}

struct Parser<'t, 'f> {
    chars: Peekable<Chars<'t>>,
    reading: Reading<'f>,
}

/// Sets a key, unless it is empty.
pub(super) fn set(values: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        values.set(Str::from(key), value);
    }
}

/// Sets an element; the list grows with nothing in between.
pub(super) fn set_index(mut list: Vec<Value>, index: usize, value: Value) -> Parsed<Vec<Value>> {
    if index > INDEX_MAX {
        return Err(format!("index of {index} is greater than maximum supported index of {INDEX_MAX}"));
    }
    if list.len() <= index {
        list.resize(index + 1, Value::Nil);
    }
    if let Some(slot) = list.get_mut(index) {
        *slot = value;
    }
    Ok(list)
}

fn list_value(list: Vec<Value>) -> Value {
    Value::List(List::new(ListKind::Any, list))
}

/// What Go panics with where a key holds something of another type.
pub(super) fn wrong_type(value: &Value, wanted: &str) -> String {
    let found = if value.is_nil() { "nil" } else { value.type_name() };
    format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}")
}

pub(super) fn parse_index(text: &str) -> Parsed<usize> {
    let number: i64 = text
        .parse()
        .map_err(|_| format!("error parsing index: strconv.Atoi: parsing {text:?}: invalid syntax"))?;
    usize::try_from(number).map_err(|_| format!("negative {number} index not allowed"))
}

impl Parser<'_, '_> {
    fn is_literal(&self) -> bool {
        matches!(self.reading, Reading::Literal)
    }

    /// The text up to one of `stops`, and which one; none at the end of the text.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(char) = self.chars.next() {
            if stops.contains(&char) {
                return (text, Some(char));
            }
            if char == '\\' && !self.is_literal() {
                match self.chars.next() {
                    Some(escaped) => text.push(escaped),
                    None => break,
                }
            } else {
                text.push(char);
            }
        }
        (text, None)
    }

    fn key(&mut self, values: &Map, dots: u32) -> Parsed<End> {
        let stops: &[char] = if self.is_literal() { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let (key, stop) = self.until(stops);
        match stop {
            None if key.is_empty() => Ok(End::Text),
            None => Err(format!("key {key:?} has no value")),
            Some('[') => {
                let list = match values.get(key.as_bytes()) {
                    None => Vec::new(),
                    Some(Value::List(list)) => list.to_vec(),
                    Some(other) => return Err(wrong_type(&other, "[]interface {}")),
                };
                let Some(index) = self.index()? else { return Ok(End::Text) };
                let (list, end) = self.item(list, index, dots, 0)?;
                set(values, &key, list_value(list));
                Ok(end)
            }
            Some('=') => {
                let (value, end) = self.value()?;
                set(values, &key, value);
                Ok(end)
            }
            Some(',') => {
                set(values, &key, Value::str(""));
                Err(format!("key {key:?} has no value (cannot end with ,)"))
            }
            Some(_) => {
                if dots >= DOTS_MAX {
                    return Err(format!(
                        "value name nested level is greater than maximum supported nested level of {DOTS_MAX}"
                    ));
                }
                let inner = match values.get(key.as_bytes()) {
                    None => empty_table(),
                    Some(value) => {
                        as_table(&value).ok_or_else(|| wrong_type(&value, "map[string]interface {}"))?
                    }
                };
                let end = self.key(&inner, dots + 1)?;
                if !inner.is_empty() {
                    set(values, &key, Value::Map(inner));
                } else if end == End::More {
                    return Err(format!("key map {key:?} has no value"));
                }
                Ok(end)
            }
        }
    }

    /// An index; none at the end of the text, where Helm stops reading without a word.
    fn index(&mut self) -> Parsed<Option<usize>> {
        match self.until(&[']']) {
            (text, Some(_)) => parse_index(&text).map(Some),
            (_, None) => Ok(None),
        }
    }

    fn item(
        &mut self,
        mut list: Vec<Value>,
        index: usize,
        dots: u32,
        depth: u32,
    ) -> Parsed<(Vec<Value>, End)> {
        if depth > INDEXES_MAX {
            return Err("more indexes than are read".to_owned());
        }
        let (key, stop) = self.until(&['[', '.', '=']);
        if !key.is_empty() {
            let runes: Vec<String> = key.chars().map(|char| format!("{char:?}")).collect();
            return Err(format!("unexpected data at end of array index: [{}]", runes.join(" ")));
        }
        let known = list.get(index).cloned();
        let (value, end) = match stop {
            None => return Ok((list, End::Text)),
            Some('=') => self.value()?,
            Some('[') => {
                let inner = match known {
                    None | Some(Value::Nil) => Vec::new(),
                    Some(Value::List(inner)) => inner.to_vec(),
                    Some(other) => return Err(wrong_type(&other, "[]interface {}")),
                };
                let Some(next) = self.index()? else { return Ok((list, End::Text)) };
                let (inner, end) = self.item(inner, next, dots, depth + 1)?;
                (list_value(inner), end)
            }
            Some(_) => {
                let inner = known.as_ref().and_then(as_table).unwrap_or_else(empty_table);
                let end = self.key(&inner, dots)?;
                if end == End::Text {
                    // Upstream's error for the end of the text goes before setting the element; what was in the list
                    // was changed in place.
                    if let Some(slot) = list.get_mut(index) {
                        *slot = Value::Map(inner);
                    }
                    return Ok((list, End::Text));
                }
                (Value::Map(inner), end)
            }
        };
        set_index(list, index, value).map(|list| (list, end))
    }

    /// What follows the `=`.
    fn value(&mut self) -> Parsed<(Value, End)> {
        if self.is_literal() {
            return Ok((Value::str(self.until(&[]).0), End::More));
        }
        match self.chars.peek() {
            None => Ok((Value::str(""), End::More)),
            Some('{') => {
                self.chars.next();
                self.list().map(|list| (list, End::More))
            }
            Some(_) => {
                let (text, _) = self.until(&[',']);
                self.read(&text).map(|value| (value, End::More))
            }
        }
    }

    fn list(&mut self) -> Parsed<Value> {
        let mut list = Vec::new();
        loop {
            let (text, stop) = self.until(&[',', '}']);
            match stop {
                None => return Err("list must terminate with '}'".to_owned()),
                Some('}') => {
                    self.chars.next_if_eq(&',');
                    list.push(self.read(&text)?);
                    return Ok(list_value(list));
                }
                Some(_) => list.push(self.read(&text)?),
            }
        }
    }

    fn read(&self, text: &str) -> Parsed<Value> {
        match self.reading {
            Reading::Typed => Ok(typed(text)),
            Reading::Text | Reading::Literal => Ok(Value::str(text)),
            Reading::File(contents) => match contents.get(text) {
                Some(content) => Ok(Value::str(content.as_ref())),
                None => Err(format!("open {text}: no such file or directory")),
            },
        }
    }
}

/// `typedVal`.
fn typed(text: &str) -> Value {
    if text.eq_ignore_ascii_case("true") {
        return Value::Bool(true);
    }
    if text.eq_ignore_ascii_case("false") {
        return Value::Bool(false);
    }
    if text.eq_ignore_ascii_case("null") {
        return Value::Nil;
    }
    if text == "0" {
        return Value::Int64(0);
    }
    match text.parse() {
        Ok(number) if !text.starts_with('0') => Value::Int64(number),
        _ => Value::str(text),
    }
}
