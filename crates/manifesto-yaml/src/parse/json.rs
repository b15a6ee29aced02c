//! JSON as Go's encoding/json reads it.
//!
//! JSON is almost YAML, but not to go-yaml, which refuses `\/` and pairs of surrogates.

use std::sync::Arc;

use super::anchors::Budget;
use super::cursor::{Cursor, Place};
use super::keys::UniqueKeys;
use crate::{Limits, Mark, Node, Scalar, ScalarKind, ScalarStyle, SmolStr, Value, YamlError};

/// Reads one value of JSON. The last one of equal keys counts; bytes that are not UTF-8, and halves of surrogate
/// pairs, become U+FFFD; a number beyond the range of a float is an error.
pub fn parse_json(text: &[u8], limits: &Limits) -> Result<Node, YamlError> {
    if text.len() > limits.input_bytes_max {
        let problem = format!(
            "the text has {} bytes, more than the {} that are read",
            text.len(),
            limits.input_bytes_max
        );
        return Err(YamlError::new(Mark::default(), problem));
    }
    let text = crate::resolve::lossy(text);
    let mut reader = Reader { cursor: Cursor::new(&text), budget: Budget::new(limits) };
    let node = reader.value(1)?;
    reader.skip_blanks();
    if !reader.cursor.at_end() {
        return Err(reader.error("something stands behind the value"));
    }
    Ok(node)
}

struct Reader<'t> {
    cursor: Cursor<'t>,
    budget: Budget,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Node, YamlError> {
        self.skip_blanks();
        let mark = self.cursor.place().mark();
        self.budget.add_node(mark)?;
        let value = match self.cursor.byte(0) {
            b'{' => self.object(depth, mark)?,
            b'[' => self.array(depth, mark)?,
            b'"' => Value::Scalar(Scalar::new(self.string()?, ScalarKind::String, ScalarStyle::DoubleQuoted)),
            b'-' | b'0'..=b'9' => Value::Scalar(self.number()?),
            _ => Value::Scalar(self.word()?),
        };
        Ok(Node { value, mark })
    }

    fn object(&mut self, depth: usize, mark: Mark) -> Result<Value, YamlError> {
        self.budget.check_depth(depth, mark)?;
        self.cursor.skip_ascii(1);
        let mut keys = UniqueKeys::default();
        let mut first = true;
        while !self.closes(b'}', first)? {
            first = false;
            let mark = self.cursor.place().mark();
            if self.cursor.byte(0) != b'"' {
                return Err(self.error("a key in `\"` is missing here"));
            }
            let key = Scalar::new(self.string()?, ScalarKind::String, ScalarStyle::DoubleQuoted);
            self.skip_blanks();
            if self.cursor.byte(0) != b':' {
                return Err(self.error("a `:` is missing here"));
            }
            self.cursor.skip_ascii(1);
            let value = self.value(depth + 1)?;
            keys.set(Node { value: Value::Scalar(key), mark }, value);
        }
        Ok(Value::Mapping(Arc::new(keys.finish())))
    }

    fn array(&mut self, depth: usize, mark: Mark) -> Result<Value, YamlError> {
        self.budget.check_depth(depth, mark)?;
        self.cursor.skip_ascii(1);
        let mut items = Vec::new();
        while !self.closes(b']', items.is_empty())? {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::Sequence(Arc::new(items)))
    }

    /// Whether the collection ends here. If not, goes over the comma before the next item.
    fn closes(&mut self, bracket: u8, first: bool) -> Result<bool, YamlError> {
        self.skip_blanks();
        let byte = self.cursor.byte(0);
        if byte == bracket {
            self.cursor.skip_ascii(1);
            return Ok(true);
        }
        if !first {
            if byte != b',' {
                return Err(self.error("a `,` or the end of the collection is missing here"));
            }
            self.cursor.skip_ascii(1);
            self.skip_blanks();
        }
        Ok(false)
    }

    /// A string; the cursor is at its first quote.
    fn string(&mut self) -> Result<SmolStr, YamlError> {
        let start = self.cursor.place();
        self.cursor.skip_ascii(1);
        let mut text = String::new();
        loop {
            let offset = self.cursor.offset();
            let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
            let length = self.cursor.rest().iter().position(ends).unwrap_or(self.cursor.rest().len());
            self.cursor.skip_to(offset + length);
            let run = self.cursor.since(offset);
            match self.cursor.byte(0) {
                b'"' => {
                    self.cursor.skip_ascii(1);
                    return Ok(if text.is_empty() { SmolStr::from(run) } else { SmolStr::from(text + run) });
                }
                b'\\' => {
                    text.push_str(run);
                    self.cursor.skip_ascii(1);
                    text.push(self.escape(start)?);
                }
                _ => return Err(broken_string(start)),
            }
        }
    }

    fn escape(&mut self, start: Place) -> Result<char, YamlError> {
        let letter = self.cursor.byte(0);
        self.cursor.skip_character();
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode_escape(start)?,
            _ => return Err(broken_string(start)),
        })
    }

    /// The four digits behind `\u`, and the other half of a pair.
    fn unicode_escape(&mut self, start: Place) -> Result<char, YamlError> {
        let first = self.hexadecimal(0).ok_or_else(|| broken_string(start))?;
        self.cursor.skip_ascii(4);
        let second = (self.cursor.byte(0) == b'\\' && self.cursor.byte(1) == b'u')
            .then(|| self.hexadecimal(2))
            .flatten();
        if let Some(second) = second
            && let Some(Ok(character)) = char::decode_utf16([first, second]).next()
            && character.len_utf16() == 2
        {
            self.cursor.skip_ascii(6);
            return Ok(character);
        }
        Ok(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hexadecimal(&self, ahead: usize) -> Option<u16> {
        let digits = self.cursor.rest().get(ahead..ahead + 4)?;
        digits.iter().try_fold(0, |value, digit| {
            let digit = char::from(*digit).to_digit(16)?;
            Some(value << 4 | u16::try_from(digit).ok()?)
        })
    }

    fn number(&mut self) -> Result<Scalar, YamlError> {
        let start = self.cursor.offset();
        self.skip_one_of(b"-");
        let zero = self.skip_one_of(b"0");
        let whole = zero || self.skip_digits();
        let mut float = false;
        let mut complete = whole;
        if self.skip_one_of(b".") {
            float = true;
            complete &= self.skip_digits();
        }
        if self.skip_one_of(b"eE") {
            float = true;
            self.skip_one_of(b"+-");
            complete &= self.skip_digits();
        }
        let text = self.cursor.since(start);
        // A whole number beyond 64 bits is a float, and so is -0, to keep its sign.
        let is_int = !float && text != "-0" && crate::number::resolve_int(text).is_some();
        let kind = if is_int { ScalarKind::Int } else { ScalarKind::Float };
        let scalar = Scalar::new(SmolStr::from(text), kind, ScalarStyle::Plain);
        if !complete || scalar.as_number().is_none() {
            return Err(self.error("the number is broken or too large"));
        }
        Ok(scalar)
    }

    fn skip_one_of(&mut self, bytes: &[u8]) -> bool {
        let found = bytes.contains(&self.cursor.byte(0)) && !self.cursor.at_end();
        if found {
            self.cursor.skip_ascii(1);
        }
        found
    }

    fn skip_digits(&mut self) -> bool {
        let count = self.cursor.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.cursor.skip_ascii(count);
        count > 0
    }

    fn word(&mut self) -> Result<Scalar, YamlError> {
        let scalar = match self.cursor.rest() {
            [b't', b'r', b'u', b'e', ..] => Scalar::bool(true),
            [b'f', b'a', b'l', b's', b'e', ..] => Scalar::bool(false),
            [b'n', b'u', b'l', b'l', ..] => Scalar::null(),
            _ => return Err(self.error("a value is missing here")),
        };
        self.cursor.skip_ascii(scalar.text().len());
        Ok(scalar)
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.cursor.byte(0) {
                b' ' | b'\t' => self.cursor.skip_ascii(1),
                b'\n' | b'\r' => {
                    self.cursor.take_break();
                }
                _ => return,
            }
        }
    }

    fn error(&self, problem: &str) -> YamlError {
        YamlError::new(self.cursor.place().mark(), problem)
    }
}

fn broken_string(start: Place) -> YamlError {
    YamlError::new(start.mark(), "the string is broken or not closed")
}
