//! `path=value` as Helm's `--set` and `--set-string` read it (helm v4, pkg/strvals/parser.go).

use std::cell::RefCell;
use std::iter::Peekable;
use std::rc::Rc;
use std::str::Chars;

use manifesto_yaml::Node;

use super::values::{List, Map, Value, Values};

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As `--set`: numbers, `true`, `false` and `null` are no texts.
    Typed,
    /// As `--set-string`.
    Text,
}

/// Helm's own limits.
const INDEX_MAX: usize = 65536;
const NESTED_NAMES_MAX: usize = 30;

/// Lists inside of each other. Helm has no limit but its stack.
const NESTED_LISTS_MAX: usize = 100;

/// The most items that are made or copied for one text. Helm has no limit but its memory.
const ITEMS_MAX: usize = 2_000_000;

/// Why a part is not read.
enum Stop {
    /// Nothing is left.
    End,
    Refused(String),
}

type Read<T> = Result<T, Stop>;

fn refused<T>(why: impl Into<String>) -> Read<T> {
    Err(Stop::Refused(why.into()))
}

/// Sets values: `a.b[0]=1,c={x,y}`.
pub(crate) fn set_value(values: &Values, text: &str, reading: Reading) -> Result<(), String> {
    let mut parser = Parser { rest: text.chars().peekable(), reading, items: 0 };
    loop {
        match parser.key(&values.0, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Refused(why)) => return Err(why),
        }
    }
}

struct Parser<'p> {
    rest: Peekable<Chars<'p>>,
    reading: Reading,
    /// The items that were made or copied so far.
    items: usize,
}

impl Parser<'_> {
    /// The text up to one of these characters, which is taken too; none when the text ends before. A backslash takes
    /// the meaning of what follows.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(char) = self.rest.next() {
            if stops.contains(&char) {
                return (text, Some(char));
            }
            if char != '\\' {
                text.push(char);
            } else if let Some(escaped) = self.rest.next() {
                text.push(escaped);
            }
        }
        (text, None)
    }

    fn key(&mut self, map: &Map, nested: usize) -> Read<()> {
        match self.until(&['=', '[', ',', '.']) {
            (key, None) if key.is_empty() => Err(Stop::End),
            (key, None) => refused(format!("key {key:?} has no value")),
            (key, Some('[')) => self.indexed(map, &key, nested),
            (key, Some('=')) => {
                let (value, is_end) = self.value()?;
                set(map, &key, value);
                if is_end { Err(Stop::End) } else { Ok(()) }
            }
            (key, Some(',')) => {
                set(map, &key, text(""));
                refused(format!("key {key:?} has no value (cannot end with ,)"))
            }
            (key, Some(_)) => self.nested(map, &key, nested + 1),
        }
    }

    fn nested(&mut self, map: &Map, key: &str, nested: usize) -> Read<()> {
        if nested > NESTED_NAMES_MAX {
            return refused(format!("more than {NESTED_NAMES_MAX} names inside of each other"));
        }
        let known = map.borrow().get(key).cloned();
        let inner = match known {
            None => Map::default(),
            Some(Value::Map(inner)) => inner,
            Some(_) => return refused(format!("unable to parse key: {key:?} is no map")),
        };
        let read = self.key(&inner, nested);
        let is_empty = inner.borrow().is_empty();
        if read.is_ok() && is_empty {
            return refused(format!("key map {key:?} has no value"));
        }
        if !is_empty {
            set(map, key, Value::Map(inner));
        }
        read
    }

    fn indexed(&mut self, map: &Map, key: &str, nested: usize) -> Read<()> {
        let index = self.index()?;
        let known = map.borrow().get(key).cloned();
        let list = match known {
            None => List::default(),
            Some(Value::List(list)) => list,
            Some(_) => return refused(format!("unable to parse key: {key:?} is no list")),
        };
        let list = self.item(&list, index, nested, 0)?;
        set(map, key, Value::List(list));
        Ok(())
    }

    fn index(&mut self) -> Read<usize> {
        match self.until(&[']']) {
            (index, Some(_)) => index
                .parse()
                .map_err(|_| Stop::Refused(format!("error parsing index: {index:?} is no index"))),
            (_, None) => refused("error parsing index: EOF"),
        }
    }

    /// The list with an item set; `depth` lists are around it.
    fn item(&mut self, list: &List, index: usize, nested: usize, depth: usize) -> Read<List> {
        if depth > NESTED_LISTS_MAX {
            return refused(format!("more than {NESTED_LISTS_MAX} lists inside of each other"));
        }
        let known = || list.borrow().get(index).cloned();
        match self.until(&['[', '.', '=']) {
            (name, _) if !name.is_empty() => {
                refused(format!("unexpected data at end of array index: {name:?}"))
            }
            (_, None) => Err(Stop::End),
            (_, Some('=')) => {
                let (value, _) = self.value()?;
                self.set_item(list, index, value)
            }
            (_, Some('[')) => {
                let next = self.index()?;
                let inner = match known() {
                    None => List::default(),
                    Some(Value::List(inner)) => inner,
                    Some(Value::Scalar(node)) if node.is_null() => List::default(),
                    Some(_) => return refused("unable to parse key: an item is no list"),
                };
                let inner = self.item(&inner, next, nested, depth + 1)?;
                self.set_item(list, index, Value::List(inner))
            }
            (_, Some(_)) => {
                let inner = match known() {
                    Some(Value::Map(inner)) => inner,
                    _ => Map::default(),
                };
                self.key(&inner, nested)?;
                self.set_item(list, index, Value::Map(inner))
            }
        }
    }

    /// What follows `=`, and whether the text ends there without a value.
    fn value(&mut self) -> Read<(Value, bool)> {
        match self.rest.peek() {
            None => Ok((text(""), true)),
            Some('{') => {
                self.rest.next();
                self.list().map(|list| (list, false))
            }
            Some(_) => {
                let (value, _) = self.until(&[',']);
                Ok((self.scalar(value), false))
            }
        }
    }

    fn list(&mut self) -> Read<Value> {
        let mut items = Vec::new();
        loop {
            let (item, end) = self.until(&[',', '}']);
            let Some(end) = end else { return refused("list must terminate with '}'") };
            items.push(self.scalar(item));
            if end == '}' {
                self.rest.next_if_eq(&',');
                return Ok(Value::List(Rc::new(RefCell::new(items))));
            }
        }
    }

    fn scalar(&self, value: String) -> Value {
        let lower = value.to_ascii_lowercase();
        let number = || value.parse::<i64>().ok().filter(|_| value == "0" || !value.starts_with('0'));
        match (self.reading, lower.as_str()) {
            (Reading::Text, _) => text(value),
            (_, "true") => Value::Scalar(Node::bool(true)),
            (_, "false") => Value::Scalar(Node::bool(false)),
            (_, "null") => Value::null(),
            _ => number().map_or_else(|| text(value.clone()), |number| Value::Scalar(Node::int(number))),
        }
    }

    /// Sets an item; a list that is too short is copied first, as Go does.
    fn set_item(&mut self, list: &List, index: usize, value: Value) -> Read<List> {
        if index > INDEX_MAX {
            return refused(format!(
                "index of {index} is greater than maximum supported index of {INDEX_MAX}"
            ));
        }
        if let Some(slot) = list.borrow_mut().get_mut(index) {
            *slot = value;
            return Ok(Rc::clone(list));
        }
        self.items += index;
        if self.items > ITEMS_MAX {
            return refused(format!("the lists of one text would cost more than {ITEMS_MAX} items"));
        }
        let mut items = list.borrow().clone();
        items.resize_with(index, Value::null);
        items.push(value);
        Ok(Rc::new(RefCell::new(items)))
    }
}

fn text(text: impl Into<manifesto_yaml::SmolStr>) -> Value {
    Value::Scalar(Node::string(text))
}

fn set(map: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        map.borrow_mut().insert(key.to_owned(), value);
    }
}
