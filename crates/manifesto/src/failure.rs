//! Why a run ends early, and what to do about it.

use std::fmt;

use manifesto_git::{ListingError, OpenError, RangeError};

use crate::exit_code;

/// What went wrong: it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The arguments are wrong.
    Usage,
    /// What was to be read is not there.
    Input,
    /// What is to be rendered is broken.
    Render,
    /// The result could not be written.
    Output,
}

/// Why a run ends early.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) error: anyhow::Error,
    /// What to do, an order each.
    pub(crate) hints: Vec<String>,
}

impl Failure {
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Usage, error: anyhow::anyhow!("{message}"), hints: Vec::new() }
    }

    pub(crate) fn input(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Input, error: anyhow::anyhow!("{message}"), hints: Vec::new() }
    }

    pub(crate) fn render(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Render, error: anyhow::anyhow!("{message}"), hints: Vec::new() }
    }

    pub(crate) fn output(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Output, error: anyhow::anyhow!("{message}"), hints: Vec::new() }
    }

    /// Says what to do.
    #[must_use = "the failure is returned"]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(crate) fn code(&self) -> u8 {
        match self.kind {
            Kind::Usage => exit_code::USAGE,
            Kind::Input => exit_code::INPUT,
            Kind::Render => exit_code::FINDINGS,
            Kind::Output => exit_code::OUTPUT,
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let hint = error.hint();
        hint.into_iter().fold(Self::input(error), Self::hint)
    }
}

impl From<RangeError> for Failure {
    fn from(error: RangeError) -> Self {
        let usage = matches!(error, RangeError::Syntax { .. } | RangeError::BaseTwice { .. });
        let hint = error.hint();
        let failure = if usage { Self::usage(error) } else { Self::input(error) };
        hint.into_iter().fold(failure, Self::hint)
    }
}

impl From<ListingError> for Failure {
    fn from(error: ListingError) -> Self {
        let hint = error.hint();
        hint.into_iter().fold(Self::input(error), Self::hint)
    }
}

/// What is said when Manifesto itself fails: where, and what to do.
#[allow(clippy::print_stderr, reason = "a panic hook has nothing else to write to")]
pub(crate) fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place =
        panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or("no message");
    eprintln!("error: Manifesto failed{place}: {message}");
    eprintln!(
        "  help: this is a fault of Manifesto, not of the change; please report it with the command you ran"
    );
}
