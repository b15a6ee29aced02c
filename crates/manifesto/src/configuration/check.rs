//! The part of `manifesto.toml` about checks: how bad each rule is to a team, and what it accepts.

use std::collections::BTreeMap;

use manifesto_document::{Policy, Profile, Waiver};
use manifesto_evidence::Level;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// What a repository says about checks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// How strict a check is: `advise` fails nothing, `strict` makes errors of warnings.
    #[serde(default)]
    pub(crate) profile: ProfileName,
    /// The level of rules that have another than their own: `"claim/port" = "warning"`.
    #[serde(default)]
    pub(crate) rules: BTreeMap<String, Setting>,
    /// Findings that are accepted.
    #[serde(default)]
    #[schemars(with = "Vec<WaiverEntry>")]
    pub(crate) waivers: Vec<Spanned<WaiverEntry>>,
}

/// How strict a check is as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProfileName {
    /// Findings are told and fail nothing
    Advise,
    /// Each rule at its own level
    #[default]
    Default,
    /// Warnings are errors
    Strict,
}

/// What becomes of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Setting {
    /// It is not looked at.
    Allow,
    /// Worth knowing.
    Note,
    /// Probably wrong.
    Warning,
    /// Wrong.
    Error,
}

/// A finding that is accepted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaiverEntry {
    /// The rule: `claim/port`.
    pub(crate) rule: String,
    /// What the message contains; without it, every finding of the rule is accepted.
    #[serde(default)]
    pub(crate) contains: String,
    /// Why it is accepted.
    pub(crate) reason: String,
    /// The last day on which it is: `2026-12-31`.
    #[serde(default)]
    pub(crate) until: Option<String>,
}

impl Check {
    /// What the file says, with the place of each waiver; `text` is the whole file.
    pub(super) fn policy(&self, place: &str, text: &str) -> Policy {
        let waiver = |entry: &Spanned<WaiverEntry>| {
            let line = text.get(..entry.span().start).unwrap_or_default().matches('\n').count() + 1;
            let WaiverEntry { rule, contains, reason, until } = entry.get_ref().clone();
            Waiver { rule, contains, reason, until, place: format!("{place}:{line}") }
        };
        Policy {
            profile: self.profile.into(),
            levels: self.rules.iter().map(|(rule, setting)| (rule.clone(), setting.level())).collect(),
            waivers: self.waivers.iter().map(waiver).collect(),
            today: String::new(),
        }
    }
}

impl Setting {
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Allow => None,
            Self::Note => Some(Level::Note),
            Self::Warning => Some(Level::Warning),
            Self::Error => Some(Level::Error),
        }
    }
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Advise => Self::Advise,
            ProfileName::Default => Self::Default,
            ProfileName::Strict => Self::Strict,
        }
    }
}
