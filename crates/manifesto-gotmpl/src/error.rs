//! Errors with Go's texts, and budgets that ran out.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::meter::Budget;
use crate::strconv::quote;

/// Where in a template something is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplatePlace {
    /// The name under which the text was parsed, usually a path.
    pub template: String,
    /// The line, from 1.
    pub line: u32,
    /// The byte in the line, from 0; parse errors have none.
    pub column: Option<u32>,
}

impl fmt::Display for TemplatePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.template, self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}

/// What was being executed when an error came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executing {
    /// The name of the template.
    pub template: String,
    /// The expression, as Go prints it.
    pub expression: String,
}

/// A template could not be parsed or executed. `Display` gives Go's text.
#[derive(Debug, Clone)]
pub struct Error(Box<Problem>);

/// What an [`Error`] says.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Where; none when no template of the asked name exists.
    pub place: Option<TemplatePlace>,
    /// What was being executed; none for parse errors.
    pub executing: Option<Executing>,
    /// What is wrong, with the text of `source` at its end where there is one.
    pub message: String,
    /// The budget that ran out, if that is why.
    pub budget: Option<Budget>,
    /// The error inside of the called template, where this one only passes it on.
    pub source: Option<Error>,
}

impl Error {
    pub(crate) fn parse(template: &str, line: u32, message: impl Into<String>) -> Self {
        let mut error = Self::plain(message);
        error.place = Some(TemplatePlace { template: template.to_owned(), line, column: None });
        error
    }

    pub(crate) fn plain(message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Problem { place: None, executing: None, message, budget: None, source: None }))
    }

    pub(crate) fn with_budget(mut self, budget: Option<Budget>) -> Self {
        self.budget = budget;
        self
    }

    /// The innermost error: where and why it really happened.
    pub fn innermost(&self) -> &Self {
        let mut error = self;
        while let Some(source) = &error.source {
            error = source;
        }
        error
    }
}

impl Deref for Error {
    type Target = Problem;

    fn deref(&self) -> &Problem {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Problem {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("template: ")?;
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        if let Some(executing) = &self.executing {
            write!(f, "executing {} at <{}>: ", quote(executing.template.as_bytes()), executing.expression)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Why a function could not give a result. Go's panics inside of functions end here too, as in `safeCall`.
#[derive(Debug)]
pub struct Failure(Box<Cause>);

#[derive(Debug)]
enum Cause {
    /// What is wrong.
    Text(String),
    /// A template that the function called failed; the text goes before its own.
    Nested(String, Error),
    /// A budget ran out.
    Budget(Budget),
}

impl Failure {
    /// A plain error of the function.
    pub fn text(message: impl Into<String>) -> Self {
        Self(Box::new(Cause::Text(message.into())))
    }

    /// An error inside of a template that the function called, with the function's own words before it.
    pub fn nested(prefix: impl Into<String>, error: Error) -> Self {
        Self(Box::new(Cause::Nested(prefix.into(), error)))
    }

    /// The budget, when that is why.
    pub fn budget(&self) -> Option<Budget> {
        match self.0.as_ref() {
            Cause::Text(_) => None,
            Cause::Nested(_, error) => error.budget,
            Cause::Budget(budget) => Some(*budget),
        }
    }

    /// The message, the budget and the nested error.
    pub(crate) fn into_parts(self) -> (String, Option<Budget>, Option<Error>) {
        match *self.0 {
            Cause::Text(message) => (message, None, None),
            Cause::Nested(prefix, error) => {
                (shortened(format!("{prefix}{error}")), error.budget, Some(error))
            }
            Cause::Budget(budget) => (budget.to_string(), Some(budget), None),
        }
    }
}

/// A thousand templates inside each other would each repeat what the inner ones say.
fn shortened(mut message: String) -> String {
    const BYTES_MAX: usize = 16 << 10;
    if message.len() > BYTES_MAX {
        let end = (0..=BYTES_MAX).rev().find(|&end| message.is_char_boundary(end)).unwrap_or(0);
        message.truncate(end);
        message.push('…');
    }
    message
}

impl From<Budget> for Failure {
    fn from(budget: Budget) -> Self {
        Self(Box::new(Cause::Budget(budget)))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::nested("", error)
    }
}
