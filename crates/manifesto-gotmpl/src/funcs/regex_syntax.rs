//! Go's regular expressions in the syntax of the `regex` crate. Both are RE2's children and match alike; their syntaxes
//! differ in classes, counts and escapes.

/// Go's own limit on counts, also for counts inside of counts.
const COUNT_MAX: u64 = 1000;
/// Go's limit on groups inside each other.
const DEPTH_MAX: u32 = 1000;

/// Translates a pattern; an error has the words of Go's `regexp/syntax`.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut translator =
        Translator { rest: pattern, out: String::with_capacity(pattern.len() * 2), groups: Vec::new() };
    translator.run()?;
    Ok(translator.out)
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
    /// For each open group, the largest product of counts inside of it.
    groups: Vec<u64>,
}

/// What stands before a place: only an expression can be repeated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// An expression with so many copies inside.
    Expression(u64),
    Repetition,
}

impl<'p> Translator<'p> {
    fn run(&mut self) -> Result<(), String> {
        let mut before = Before::Nothing;
        let mut largest = 1;
        while let Some(rune) = self.rest.chars().next() {
            let at = self.rest;
            self.rest = self.rest.get(rune.len_utf8()..).unwrap_or_default();
            before = match rune {
                '(' => {
                    self.group(at)?;
                    self.groups.push(std::mem::replace(&mut largest, 1));
                    if u32::try_from(self.groups.len()).unwrap_or(u32::MAX) > DEPTH_MAX {
                        return Err("expression nests too deeply: `".to_owned() + at + "`");
                    }
                    Before::Nothing
                }
                ')' => {
                    let Some(outer) = self.groups.pop() else {
                        return Err(format!("unexpected ): `{at}`"));
                    };
                    self.out.push(')');
                    let inner = std::mem::replace(&mut largest, outer);
                    largest = largest.max(inner);
                    Before::Expression(inner)
                }
                '|' => {
                    self.out.push('|');
                    Before::Nothing
                }
                '*' | '+' | '?' => self.repeat(before, rune, at)?,
                '{' => {
                    if let Some(counts) = self.counts() {
                        let product = self.counted(before, counts, at)?;
                        largest = largest.max(product);
                        Before::Repetition
                    } else {
                        self.out.push_str("\\{");
                        Before::Expression(1)
                    }
                }
                '[' => {
                    self.class(at)?;
                    Before::Expression(1)
                }
                '\\' => {
                    self.escape(at)?;
                    Before::Expression(1)
                }
                '.' | '^' | '$' => {
                    self.out.push(rune);
                    Before::Expression(1)
                }
                rune => {
                    push_literal(&mut self.out, rune);
                    Before::Expression(1)
                }
            };
        }
        if self.groups.is_empty() { Ok(()) } else { Err("missing closing ): `".to_owned() + &self.out + "`") }
    }

    /// `*`, `+` or `?`, with a `?` for the shortest behind it.
    fn repeat(&mut self, before: Before, sign: char, at: &str) -> Result<Before, String> {
        check_repeated(before, at)?;
        self.out.push(sign);
        self.lazy();
        Ok(Before::Repetition)
    }

    fn lazy(&mut self) {
        if let Some(rest) = self.rest.strip_prefix('?') {
            self.rest = rest;
            self.out.push('?');
        }
    }

    /// The numbers behind a brace, if it is a count at all; what is none is literal.
    fn counts(&self) -> Option<(&'p str, Option<&'p str>, &'p str)> {
        let (inside, rest) = self.rest.split_once('}')?;
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match inside.split_once(',') {
            None => number(inside).then_some((inside, Some(inside), rest)),
            Some((low, "")) => number(low).then_some((low, None, rest)),
            Some((low, high)) => (number(low) && number(high)).then_some((low, Some(high), rest)),
        }
    }

    fn counted(
        &mut self,
        before: Before,
        counts: (&str, Option<&str>, &'p str),
        at: &str,
    ) -> Result<u64, String> {
        check_repeated(before, at)?;
        let (low_text, high_text, rest) = counts;
        let invalid = || {
            let written = at.get(..at.len() - rest.len()).unwrap_or_default();
            format!("invalid repeat count: `{written}`")
        };
        let number =
            |text: &str| text.parse::<u64>().ok().filter(|&number| number <= COUNT_MAX).ok_or_else(invalid);
        let low = number(low_text)?;
        let high = high_text.map(number).transpose()?;
        if high.is_some_and(|high| high < low) {
            return Err(invalid());
        }
        let Before::Expression(inner) = before else { return Err(invalid()) };
        let product = inner.saturating_mul(high.unwrap_or(low).max(1));
        if product > COUNT_MAX {
            return Err(invalid());
        }
        self.out.push_str(&match (high, high_text == Some(low_text)) {
            (_, true) => format!("{{{low}}}"),
            (Some(high), false) => format!("{{{low},{high}}}"),
            (None, false) => format!("{{{low},}}"),
        });
        self.rest = rest;
        self.lazy();
        Ok(product)
    }

    /// What opens a group: flags, a name or nothing.
    fn group(&mut self, at: &str) -> Result<(), String> {
        let Some(rest) = self.rest.strip_prefix('?') else {
            self.out.push('(');
            return Ok(());
        };
        let named = rest.strip_prefix("P<").or_else(|| rest.strip_prefix('<'));
        if let Some(named) = named {
            let (name, rest) =
                named.split_once('>').ok_or_else(|| format!("invalid named capture: `{at}`"))?;
            if name.is_empty() || !name.chars().all(|rune| rune == '_' || rune.is_ascii_alphanumeric()) {
                return Err(format!("invalid named capture: `(?P<{name}>`"));
            }
            self.rest = rest;
            // The crate refuses names that start with a digit: only the place of a group matters to us.
            self.out.push_str(&format!("(?P<g{name}>"));
            return Ok(());
        }
        let end = rest.find([':', ')']);
        let flags = end.and_then(|end| rest.get(..end)).filter(|flags| {
            flags.chars().all(|flag| matches!(flag, 'i' | 'm' | 's' | 'U' | '-'))
                && flags.matches('-').count() < 2
                && !flags.ends_with('-')
        });
        let Some(flags) = flags else {
            return Err(format!("invalid or unsupported Perl syntax: `{}`", head(at, 3)));
        };
        self.rest = rest.get(flags.len()..).unwrap_or_default();
        self.out.push_str("(?");
        self.out.push_str(flags);
        if let Some(rest) = self.rest.strip_prefix(':') {
            self.rest = rest;
            self.out.push(':');
        }
        Ok(())
    }

    fn escape(&mut self, at: &'p str) -> Result<(), String> {
        let Some(rune) = self.rest.chars().next() else {
            return Err("trailing backslash at end of expression: ``".to_owned());
        };
        self.rest = self.rest.get(rune.len_utf8()..).unwrap_or_default();
        match rune {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => {
                self.out.push('[');
                self.out.push_str(perl_class(rune));
                self.out.push(']');
            }
            'b' | 'B' => self.out.push_str(&format!("(?-u:\\{rune})")),
            'A' | 'z' => self.out.extend(['\\', rune]),
            'C' => self.out.push_str("(?s-u:.)"),
            'Q' => {
                let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                literal.chars().for_each(|rune| push_literal(&mut self.out, rune));
            }
            'p' | 'P' => self.property(rune, at)?,
            rune => {
                let literal = self.literal_escape(rune, at)?;
                push_literal(&mut self.out, literal);
            }
        }
        Ok(())
    }

    /// `\pN` or `\p{Greek}`.
    fn property(&mut self, letter: char, at: &str) -> Result<(), String> {
        let invalid = || format!("invalid character class range: `{}`", head(at, 3));
        let name = if let Some(rest) = self.rest.strip_prefix('{') {
            let (name, rest) = rest.split_once('}').ok_or_else(invalid)?;
            self.rest = rest;
            name
        } else {
            let end = self.rest.chars().next().map_or(0, char::len_utf8);
            let (name, rest) = self.rest.split_at_checked(end).ok_or_else(invalid)?;
            self.rest = rest;
            name
        };
        let (name, negated) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        let letter = if negated == (letter == 'p') { 'P' } else { 'p' };
        if name == "Any" {
            self.out.push_str(if letter == 'p' { "[\\x00-\\x{10FFFF}]" } else { "[^\\x00-\\x{10FFFF}]" });
            return Ok(());
        }
        self.out.push_str(&format!("\\{letter}{{{name}}}"));
        Ok(())
    }

    /// The character that an escape stands for.
    fn literal_escape(&mut self, rune: char, at: &str) -> Result<char, String> {
        let invalid = || format!("invalid escape sequence: `{}`", head(at, 2));
        Ok(match rune {
            'a' => '\u{7}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{B}',
            'x' => self.hexadecimal().ok_or_else(invalid)?,
            // A digit that is not zero and stands alone would be a reference to a group.
            '1'..='7' if !self.rest.starts_with(|next| matches!(next, '0'..='7')) => return Err(invalid()),
            '0'..='7' => self.octal(rune),
            rune if rune.is_ascii() && !rune.is_ascii_alphanumeric() => rune,
            _ => return Err(invalid()),
        })
    }

    fn octal(&mut self, first: char) -> char {
        let mut code = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some(digit) = self.rest.chars().next().and_then(|rune| rune.to_digit(8)) else { break };
            code = code * 8 + digit;
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        char::from_u32(code).unwrap_or('\0')
    }

    fn hexadecimal(&mut self) -> Option<char> {
        let (digits, rest) = match self.rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}')?,
            None => self.rest.split_at_checked(2)?,
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.rest = rest;
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
    }

    /// A class in brackets.
    fn class(&mut self, at: &'p str) -> Result<(), String> {
        self.out.push('[');
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.rest = rest;
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let Some(rune) = self.rest.chars().next() else {
                return Err(format!("missing closing ]: `{at}`"));
            };
            if rune == ']' && !first {
                self.rest = self.rest.get(1..).unwrap_or_default();
                self.out.push(']');
                return Ok(());
            }
            // With Perl's syntax, which `regexp.Compile` reads, a dash that begins no range stands for itself.
            first = false;
            if self.class_of_name()? {
                continue;
            }
            self.range()?;
        }
    }

    /// `[:alpha:]`, `\d` or `\pN` inside of brackets.
    fn class_of_name(&mut self) -> Result<bool, String> {
        if self.rest.starts_with("[:")
            && let Some((name, rest)) = self.rest.get(2..).unwrap_or_default().split_once(":]")
        {
            let known = name.strip_prefix('^').unwrap_or(name);
            if !POSIX.contains(&known) {
                return Err(format!("invalid character class range: `[:{name}:]`"));
            }
            self.out.push_str(&format!("[:{name}:]"));
            self.rest = rest;
            return Ok(true);
        }
        let Some(escaped) = self.rest.strip_prefix('\\') else { return Ok(false) };
        match escaped.chars().next() {
            Some(letter @ ('d' | 'D' | 's' | 'S' | 'w' | 'W')) => {
                self.out.push('[');
                self.out.push_str(perl_class(letter));
                self.out.push(']');
                self.rest = escaped.get(1..).unwrap_or_default();
                Ok(true)
            }
            Some(letter @ ('p' | 'P')) => {
                let at = self.rest;
                self.rest = escaped.get(1..).unwrap_or_default();
                self.property(letter, at)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// One character, or two with a dash between.
    fn range(&mut self) -> Result<(), String> {
        let at = self.rest;
        let low = self.class_rune()?;
        push_literal(&mut self.out, low);
        if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
            self.rest = self.rest.get(1..).unwrap_or_default();
            let high = self.class_rune()?;
            if high < low {
                let written = at.get(..at.len() - self.rest.len()).unwrap_or_default();
                return Err(format!("invalid character class range: `{written}`"));
            }
            self.out.push('-');
            push_literal(&mut self.out, high);
        }
        Ok(())
    }

    fn class_rune(&mut self) -> Result<char, String> {
        let at = self.rest;
        let Some(rune) = self.rest.chars().next() else { return Err("missing closing ]: ``".to_owned()) };
        self.rest = self.rest.get(rune.len_utf8()..).unwrap_or_default();
        if rune != '\\' {
            return Ok(rune);
        }
        let Some(escaped) = self.rest.chars().next() else {
            return Err("trailing backslash at end of expression: ``".to_owned());
        };
        self.rest = self.rest.get(escaped.len_utf8()..).unwrap_or_default();
        self.literal_escape(escaped, at)
    }
}

/// Only an expression can be repeated, and only once.
fn check_repeated(before: Before, at: &str) -> Result<(), String> {
    let sign = at.get(..1).unwrap_or_default();
    match before {
        Before::Nothing => Err(format!("missing argument to repetition operator: `{sign}`")),
        Before::Repetition => Err(format!("invalid nested repetition operator: `{sign}`")),
        Before::Expression(_) => Ok(()),
    }
}

const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// Perl's classes are ASCII in Go.
fn perl_class(letter: char) -> &'static str {
    match letter {
        'd' => "0-9",
        'D' => "^0-9",
        's' => "\\t\\n\\x0C\\r ",
        'S' => "^\\t\\n\\x0C\\r ",
        'w' => "0-9A-Za-z_",
        _ => "^0-9A-Za-z_",
    }
}

/// A character that stands for itself, also inside of brackets.
fn push_literal(out: &mut String, rune: char) {
    if rune.is_ascii() && !rune.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{{{:X}}}", u32::from(rune)));
    } else {
        out.push(rune);
    }
}

fn head(text: &str, runes: usize) -> &str {
    let end = text.char_indices().nth(runes).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}
