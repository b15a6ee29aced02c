//! What is wrong with a text or a value, and where.

use std::fmt;

use crate::Mark;

/// Why a text cannot be read, or a value cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// Where the reason stands; line 0 when it stands nowhere.
    pub mark: Mark,
    /// The reason, as a clause.
    pub problem: String,
}

impl YamlError {
    /// An error at `mark`.
    pub fn new(mark: Mark, problem: impl Into<String>) -> Self {
        Self { mark, problem: problem.into() }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mark.line > 0 {
            write!(f, "line {}, column {}: ", self.mark.line, self.mark.column)?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for YamlError {}
