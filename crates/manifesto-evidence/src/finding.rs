//! What is wrong with the author's text.

use std::fmt;

use crate::Origin;

/// How bad a finding is: SARIF's own levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Probably wrong or incomplete.
    Warning,
    /// Wrong.
    Error,
}

impl Level {
    /// `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is known of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Evidence says the same.
    Supported,
    /// Evidence says the opposite.
    Contradicted,
    /// Evidence is silent or incomplete.
    Unverifiable,
    /// The author has not answered.
    Unanswered,
}

impl Verdict {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Contradicted => "contradicted",
            Self::Unverifiable => "unverifiable",
            Self::Unanswered => "unanswered",
        }
    }
}

/// A rule that the text can break.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `family/name`: `box/false`.
    pub id: &'static str,
    /// How bad it is to break it, unless the finding says otherwise.
    pub level: Level,
    /// The rule, in one sentence.
    pub summary: &'static str,
    /// Its page, as Markdown.
    pub page: &'static str,
}

/// A stretch of the author's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TextSpan {
    /// The bytes of the text.
    pub bytes: std::ops::Range<usize>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// A place of the repository that speaks against the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Witness {
    /// The place.
    pub origin: Origin,
    /// What it says, as a clause.
    pub says: String,
}

/// Something wrong with the author's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, as a clause.
    pub message: String,
    /// Where the text says it; none when the text as a whole is wrong.
    pub text: Option<TextSpan>,
    /// What the text says there: the words under the caret.
    pub label: String,
    /// The places that say otherwise, the most telling first.
    pub witnesses: Vec<Witness>,
    /// What else to know.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Finding {
    /// A finding at the rule's own level.
    pub fn new(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            level: rule.level,
            message: message.into(),
            text: None,
            label: String::new(),
            witnesses: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says where the text is wrong, and what it says there.
    #[must_use = "the finding is returned"]
    pub fn at(mut self, text: TextSpan, label: impl Into<String>) -> Self {
        self.text = Some(text);
        self.label = label.into();
        self
    }

    /// Sets another level than the rule's.
    #[must_use = "the finding is returned"]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Adds a place that speaks against the text.
    #[must_use = "the finding is returned"]
    pub fn witness(mut self, origin: Origin, says: impl Into<String>) -> Self {
        self.witnesses.push(Witness { origin, says: says.into() });
        self
    }

    /// Adds something else to know.
    #[must_use = "the finding is returned"]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use = "the finding is returned"]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
