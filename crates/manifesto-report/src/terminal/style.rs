//! The few colours of a report.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

pub(crate) const ADDED: Style = AnsiColor::Green.on_default();
pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
pub(crate) const CHANGED: Style = AnsiColor::Yellow.on_default();
pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// The text in this style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Data of a change, without anything that could act on a terminal; what nobody knows of it is spelled out.
pub(crate) fn inert(data: impl Display) -> String {
    manifesto_evidence::Prose::new().code(data).map_code(manifesto_gitops::spelled_out).to_string()
}
