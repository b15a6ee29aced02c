//! JSON as Go's encoding/json writes it.

use std::fmt::Write as _;

use super::keys::{self, Level, Pair};
use crate::{Mark, Node, Number, Scalar, ScalarKind, Value, YamlError};

/// Whether `<`, `>` and `&` are written as escapes, as Go does unless it is told not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Html {
    /// As escapes.
    Escaped,
    /// As they are.
    Plain,
}

/// Writes a value as JSON without blanks; keys are sorted. An error names what JSON cannot hold.
pub fn to_json(node: &Node, html: Html) -> Result<String, YamlError> {
    let mut json = Json { text: String::new(), html, step: None, depth: 0 };
    json.node(node, Level::Root)?;
    Ok(json.text)
}

/// Writes a value as JSON with one line for each item, indented by `step`, as json.MarshalIndent does.
pub fn to_json_pretty(node: &Node, html: Html, step: &str) -> Result<String, YamlError> {
    let mut json = Json { text: String::new(), html, step: Some(step), depth: 0 };
    json.node(node, Level::Root)?;
    Ok(json.text)
}

struct Json<'s> {
    text: String,
    html: Html,
    step: Option<&'s str>,
    depth: usize,
}

impl Json<'_> {
    fn node(&mut self, node: &Node, level: Level) -> Result<(), YamlError> {
        match &node.value {
            Value::Scalar(scalar) => self.scalar(scalar, node.mark),
            Value::Sequence(items) => self.list('[', ']', items, |json, item| json.node(item, Level::Part)),
            Value::Mapping(mapping) => {
                let pairs = keys::sorted(mapping, level)?;
                self.list('{', '}', &pairs, |json, (key, value): &Pair<'_>| {
                    push_string(&mut json.text, key, json.html);
                    json.text.push_str(if json.step.is_some() { ": " } else { ":" });
                    json.node(value, Level::Part)
                })
            }
        }
    }

    fn list<T>(
        &mut self,
        open: char,
        close: char,
        items: &[T],
        mut write: impl FnMut(&mut Self, &T) -> Result<(), YamlError>,
    ) -> Result<(), YamlError> {
        self.text.push(open);
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.line_break();
            write(self, item)?;
        }
        self.depth -= 1;
        if !items.is_empty() {
            self.line_break();
        }
        self.text.push(close);
        Ok(())
    }

    fn line_break(&mut self) {
        if let Some(step) = self.step {
            self.text.push('\n');
            (0..self.depth).for_each(|_| self.text.push_str(step));
        }
    }

    fn scalar(&mut self, scalar: &Scalar, mark: Mark) -> Result<(), YamlError> {
        let refused = || YamlError::new(mark, format!("JSON has no `{}`", scalar.text()));
        match scalar.kind() {
            ScalarKind::Null if scalar.json_string().is_none() => self.text.push_str("null"),
            ScalarKind::Bool => {
                self.text.push_str(if scalar.as_bool() == Some(true) { "true" } else { "false" });
            }
            ScalarKind::Int | ScalarKind::Float => {
                let number = scalar.as_number().and_then(Number::json_text);
                self.text.push_str(&number.ok_or_else(refused)?);
            }
            ScalarKind::String | ScalarKind::Null | ScalarKind::Timestamp | ScalarKind::Binary => {
                push_string(&mut self.text, &scalar.json_string().ok_or_else(refused)?, self.html);
            }
        }
        Ok(())
    }
}

/// encoding/json appendString: U+2028 and U+2029 are escaped always.
fn push_string(text: &mut String, string: &str, html: Html) {
    text.push('"');
    let mut rest = string;
    while let Some((index, character)) = rest.char_indices().find(|(_, c)| needs_escape(*c, html)) {
        let (before, after) = rest.split_at_checked(index).unwrap_or((rest, ""));
        text.push_str(before);
        push_escape(text, character);
        rest = after.get(character.len_utf8()..).unwrap_or_default();
    }
    text.push_str(rest);
    text.push('"');
}

/// Whether JSON has an escape for it.
pub(super) fn needs_escape(character: char, html: Html) -> bool {
    match character {
        '\0'..='\u{1F}' | '"' | '\\' | '\u{2028}' | '\u{2029}' => true,
        '<' | '>' | '&' => html == Html::Escaped,
        _ => false,
    }
}

fn push_escape(text: &mut String, character: char) {
    match character {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        '\u{8}' => text.push_str("\\b"),
        '\u{C}' => text.push_str("\\f"),
        other => {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\u{:04x}", u32::from(other));
        }
    }
}
