//! What the exit code says. Documented in `docs/reference/exit-codes.md`, which a test compares with this file.

/// Nothing is wrong.
pub(crate) const OK: u8 = 0;
/// The text is wrong: `check` has a finding of at least the wanted level.
pub(crate) const FINDINGS: u8 = 1;
/// The arguments are wrong.
pub(crate) const USAGE: u8 = 2;
/// What was to be read is not there: no repository, revision, template or text.
pub(crate) const INPUT: u8 = 3;
/// Nothing is wrong as far as anybody can tell, but not all could be told and `--require-complete` was given.
pub(crate) const INCOMPLETE: u8 = 4;
/// A fault of Manifesto itself.
pub(crate) const FAULT: u8 = 70;
/// The result could not be written.
pub(crate) const OUTPUT: u8 = 74;

/// Every code with its meaning, for the help and the reference.
pub(crate) const ALL: &[(u8, &str)] = &[
    (OK, "nothing is wrong"),
    (FINDINGS, "`check` found something wrong with the text"),
    (USAGE, "the arguments are wrong"),
    (INPUT, "no repository, revision, template or text where one is needed"),
    (INCOMPLETE, "something could not be known, and `--require-complete` was given"),
    (FAULT, "a fault of Manifesto itself"),
    (OUTPUT, "the result could not be written"),
];
