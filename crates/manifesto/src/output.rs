//! The only place that writes to the terminal.

use std::io::{IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::failure::Failure;
use crate::options::When;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = AnsiColor::Green.on_default().bold();

/// Where results and remarks go, and how.
#[derive(Debug)]
pub(crate) struct Output {
    color: ColorChoice,
    quiet: bool,
    verbose: bool,
}

impl Output {
    pub(crate) fn new(when: When, quiet: bool, verbose: bool) -> Self {
        let color = match when {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        Self { color, quiet, verbose }
    }

    /// Whether the result goes to a person's terminal.
    pub(crate) fn is_terminal() -> bool {
        std::io::stdout().is_terminal()
    }

    /// Prints styled text; the styles are dropped where nobody wants them.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut stream = AutoStream::new(std::io::stdout().lock(), self.color);
        finish(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()))
    }

    /// Prints exactly these bytes: the author's text, JSON.
    #[allow(clippy::unused_self, reason = "results are printed through the output, whatever they are")]
    pub(crate) fn print_exactly(&self, text: &str) -> Result<(), Failure> {
        let mut stream = std::io::stdout().lock();
        finish(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()))
    }

    /// Remarks on what was done; nothing with `--quiet`.
    pub(crate) fn note(&self, note: &str) {
        if !self.quiet {
            self.remark(NOTE, "note", note);
        }
    }

    /// Remarks on what is missing in the result.
    pub(crate) fn warning(&self, note: &str) {
        self.remark(WARNING, "warning", note);
    }

    /// Remarks that only `--verbose` asks for.
    pub(crate) fn detail(&self, note: &str) {
        if self.verbose {
            self.remark(NOTE, "note", note);
        }
    }

    /// Whether progress may be shown.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// Says why the run ends early and what to do, and returns its exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> u8 {
        self.remark(ERROR, "error", &format!("{:#}", failure.error));
        for hint in &failure.hints {
            self.remark(HELP, "  help", hint);
        }
        failure.code()
    }

    fn remark(&self, style: Style, word: &str, text: &str) {
        let mut stream = AutoStream::new(std::io::stderr().lock(), self.color);
        // Nobody is left to tell when standard error is gone.
        let _ = writeln!(stream, "{style}{word}{style:#}: {text}");
    }
}

/// A reader that has had enough (`| head`) is no failure.
fn finish(written: std::io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::output(format!("the result cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}
