//! What the exit code says. Documented in `docs/reference/exit-codes.md`, which a test compares with this file.

/// Nothing is wrong.
pub(crate) const OK: u8 = 0;
/// The text is wrong: `check` has a finding of at least the wanted level; or what is to be rendered is broken.
pub(crate) const FINDINGS: u8 = 1;
/// The arguments are wrong.
pub(crate) const USAGE: u8 = 2;
/// What was to be read is not there: no repository, revision, template or text.
pub(crate) const INPUT: u8 = 3;
/// Nothing is wrong as far as anybody can tell, but not all could be told and `--require-complete` was given; or not
/// everything was rendered.
pub(crate) const INCOMPLETE: u8 = 4;
/// A fault of Manifesto itself.
pub(crate) const FAULT: u8 = 70;
/// The result could not be written.
pub(crate) const OUTPUT: u8 = 74;
