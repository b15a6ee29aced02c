//! `${variables}` in the text of an object, as kustomize-controller replaces them after the build.
//!
//! Upstream: fluxcd/pkg at envsubst (a fork of drone/envsubst): parse/parse.go and parse/scan.go say what an expression
//! is, template.go and funcs.go what becomes of it. It looks like a shell and is none: `${a-b}` is an error, `${a:+b}`
//! is the same as `${a:-b}`, patterns end at the first brace, and lengths count bytes.

mod functions;
mod glob;
mod parse;
mod scan;

use std::collections::BTreeSet;
use std::fmt;

use functions::{Function, is_default};
use parse::{Expression, Piece};

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variable<'v> {
    /// This text.
    Set(&'v str),
    /// Nothing: nobody sets it.
    Unset,
    /// Something that the repository does not tell.
    Unknown,
}

/// Why a text cannot be evaluated. Upstream then applies nothing of the whole Kustomization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text whose variables are replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Evaluated {
    /// The text; a mark stands for what is not known.
    pub(crate) text: String,
    /// The variables that are not known and that the text depends on.
    pub(crate) unknown: BTreeSet<String>,
}

/// How a text is evaluated.
pub(crate) struct Evaluation<'e> {
    /// What each variable holds.
    pub(crate) variable: &'e dyn Fn(&str) -> Variable<'e>,
    /// The text that stands for an expression with a variable that is not known.
    pub(crate) mark: &'e dyn Fn(&str) -> String,
    /// Whether a variable that nobody sets is an error (`StrictPostBuildSubstitutions`).
    pub(crate) is_strict: bool,
}

impl fmt::Debug for Evaluation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluation").field("is_strict", &self.is_strict).finish_non_exhaustive()
    }
}

/// The most that comes of one text.
const OUTPUT_BYTES_MAX: usize = 16 << 20;

fn grown(bytes: usize) -> Result<(), Refusal> {
    if bytes > OUTPUT_BYTES_MAX {
        return Err(Refusal(format!("the text would grow beyond {OUTPUT_BYTES_MAX} bytes")));
    }
    Ok(())
}

/// What an expression comes to.
enum Outcome {
    Text(Vec<u8>),
    /// It depends on this variable.
    Unknown(String),
}

impl Evaluation<'_> {
    /// Evaluates a text.
    pub(crate) fn run(&self, text: &str) -> Result<Evaluated, Refusal> {
        let mut output = Vec::with_capacity(text.len());
        let mut unknown = BTreeSet::new();
        for piece in parse::parse(text)? {
            match self.piece(&piece, &mut unknown)? {
                Outcome::Text(text) => output.extend_from_slice(&text),
                Outcome::Unknown(name) => output.extend_from_slice((self.mark)(&name).as_bytes()),
            }
            grown(output.len())?;
        }
        // Substrings count bytes and may cut a character; YAML then refuses the text.
        let text = String::from_utf8(output)
            .map_err(|_| Refusal("a substring ends inside of a character".into()))?;
        Ok(Evaluated { text, unknown })
    }

    fn piece(&self, piece: &Piece, unknown: &mut BTreeSet<String>) -> Result<Outcome, Refusal> {
        match piece {
            Piece::Text(text) => Ok(Outcome::Text(text.clone().into_bytes())),
            Piece::Expression(expression) => self.expression(expression, unknown),
        }
    }

    fn expression(
        &self,
        expression: &Expression,
        unknown: &mut BTreeSet<String>,
    ) -> Result<Outcome, Refusal> {
        let mut arguments = Vec::with_capacity(expression.arguments.len());
        let (mut hidden, mut bytes) = (None, 0);
        for argument in &expression.arguments {
            match self.piece(argument, unknown)? {
                Outcome::Text(text) => {
                    bytes += text.len();
                    arguments.push(text);
                }
                Outcome::Unknown(name) => hidden = hidden.or(Some(name)),
            }
            grown(bytes)?;
        }
        let value = match (self.variable)(&expression.variable) {
            Variable::Set(value) => value,
            Variable::Unset if self.is_strict && !is_default(&expression.function) => {
                return Err(Refusal(format!("variable not set (strict mode): \"{}\"", expression.variable)));
            }
            Variable::Unset => "",
            Variable::Unknown => {
                unknown.insert(expression.variable.clone());
                return Ok(Outcome::Unknown(expression.variable.clone()));
            }
        };
        let function = Function::of(&expression.function, arguments.len());
        match hidden {
            // A default that is not used does not matter.
            Some(_) if function == Function::Default && !value.is_empty() => {}
            Some(name) => return Ok(Outcome::Unknown(name)),
            None => {}
        }
        function.apply(value.as_bytes(), &arguments).map(Outcome::Text)
    }
}

/// How a text is read: texts in quotes, expressions in parentheses.
#[cfg(test)]
pub(crate) fn shown(text: &str) -> Result<String, Refusal> {
    fn show(piece: &Piece) -> String {
        match piece {
            Piece::Text(text) => format!("'{text}'"),
            Piece::Expression(Expression { variable, function, arguments }) => {
                let words = [variable.clone(), function.clone()].into_iter().filter(|word| !word.is_empty());
                let words: Vec<String> = words.chain(arguments.iter().map(show)).collect();
                format!("({})", words.join(" "))
            }
        }
    }
    let pieces: Vec<String> = parse::parse(text)?.iter().map(show).collect();
    Ok(pieces.join(" "))
}
