//! The text of scalars behind `|` and `>` (libyaml's yaml_parser_scan_block_scalar, as go-yaml's scannerc.go has
//! it).

use std::borrow::Cow;

use super::cursor::Place;
use super::scanner::Scanner;
use super::token::Token;
use crate::{ScalarStyle, YamlError};

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// None stays: `|-`.
    Strip,
    /// The first one stays: `|`.
    Clip,
    /// All stay: `|+`.
    Keep,
}

impl<'t> Scanner<'t> {
    /// Text behind `|` or `>`.
    pub(super) fn scan_block_scalar(&mut self) -> Result<Token<'t>, YamlError> {
        let place = self.cursor.place();
        let literal = self.cursor.byte(0) == b'|';
        self.cursor.skip_ascii(1);
        let (chomping, increment) = self.scan_block_header(place)?;
        // 0 stands for: as the first line is indented.
        let mut indent = match increment {
            0 => 0,
            _ => usize::try_from(self.indent.max(0)).unwrap_or(0) + increment,
        };
        let mut text = String::new();
        let mut first_break = "";
        let mut breaks = String::new();
        let mut line_before_starts_blank = false;
        self.scan_block_breaks(&mut indent, &mut breaks, place)?;
        while self.cursor.column() == indent && !self.cursor.at_end() {
            let starts_blank = self.cursor.is_blank(0);
            let folds = !literal && first_break == "\n" && !line_before_starts_blank && !starts_blank;
            match folds {
                true if breaks.is_empty() => text.push(' '),
                true => {}
                false => text.push_str(first_break),
            }
            text.push_str(&breaks);
            breaks.clear();
            line_before_starts_blank = starts_blank;
            let start = self.cursor.offset();
            self.cursor.skip_rest_of_line();
            text.push_str(self.cursor.since(start));
            first_break = self.cursor.take_break();
            self.scan_block_breaks(&mut indent, &mut breaks, place)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(first_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&breaks);
        }
        let style = if literal { ScalarStyle::Literal } else { ScalarStyle::Folded };
        Ok(Token::Scalar(Cow::Owned(text), style))
    }

    /// The hints behind the indicator, in any order, and the rest of the line.
    fn scan_block_header(&mut self, place: Place) -> Result<(Chomping, usize), YamlError> {
        let mut chomping = self.scan_chomping();
        let increment = usize::from(self.cursor.byte(0).wrapping_sub(b'0'));
        let increment = if self.cursor.byte(0).is_ascii_digit() {
            self.cursor.skip_ascii(1);
            Some(increment)
        } else {
            None
        };
        if increment == Some(0) {
            return Err(YamlError::new(place.mark(), "the text has an indentation of 0"));
        }
        if chomping.is_none() && increment.is_some() {
            chomping = self.scan_chomping();
        }
        self.cursor.skip_blanks();
        if self.cursor.byte(0) == b'#' {
            self.cursor.skip_rest_of_line();
        }
        if !self.cursor.is_break_or_end() {
            return Err(YamlError::new(
                place.mark(),
                "the line of `|` or `>` has more than a comment behind it",
            ));
        }
        self.cursor.take_break();
        Ok((chomping.unwrap_or(Chomping::Clip), increment.unwrap_or(0)))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.cursor.byte(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.cursor.skip_ascii(1);
        Some(chomping)
    }

    /// Goes over empty lines and the indentation of the next one. Finds the indentation when it is 0.
    fn scan_block_breaks(
        &mut self,
        indent: &mut usize,
        breaks: &mut String,
        place: Place,
    ) -> Result<(), YamlError> {
        let mut widest = 0;
        loop {
            while (*indent == 0 || self.cursor.column() < *indent) && self.cursor.byte(0) == b' ' {
                self.cursor.skip_ascii(1);
            }
            widest = widest.max(self.cursor.column());
            if (*indent == 0 || self.cursor.column() < *indent) && self.cursor.byte(0) == b'\t' {
                return Err(YamlError::new(place.mark(), "a tab stands where the text must be indented"));
            }
            match self.cursor.take_break() {
                "" => break,
                meaning => breaks.push_str(meaning),
            }
        }
        if *indent == 0 {
            let least = usize::try_from(self.indent.saturating_add(1)).unwrap_or(0).max(1);
            *indent = widest.max(least);
        }
        Ok(())
    }
}
