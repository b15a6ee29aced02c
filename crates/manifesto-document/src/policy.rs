//! What a team makes of findings: how bad each rule is to them, and which findings they accept, why and until when.

use std::collections::BTreeMap;

use manifesto_evidence::{Finding, Level};

use crate::check::Checked;
use crate::rules::{self, RULES};

/// How strict a check is as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Findings are told, and fail nothing.
    Advise,
    /// Each rule at its own level.
    #[default]
    Default,
    /// Warnings are errors.
    Strict,
}

/// A finding that somebody accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule: `claim/port`.
    pub rule: String,
    /// What the finding's message contains; empty for every finding of the rule.
    pub contains: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is: `2026-12-31`.
    pub until: Option<String>,
    /// Where it is written: `.github/manifesto.toml:12`.
    pub place: String,
}

/// A finding that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// The finding.
    pub finding: Finding,
    /// Why it is accepted.
    pub reason: String,
}

/// What a team makes of findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// How strict the check is.
    pub profile: Profile,
    /// The level of each rule that has another than its own; none where the rule is not looked at.
    pub levels: BTreeMap<String, Option<Level>>,
    /// What is accepted.
    pub waivers: Vec<Waiver>,
    /// Today, as `2026-01-31`: by it a waiver is over.
    pub today: String,
}

impl Policy {
    /// The names of rules that there are not, of levels and of waivers.
    pub fn unknown_rules(&self) -> Vec<&str> {
        let named = self.levels.keys().map(String::as_str);
        let named = named.chain(self.waivers.iter().map(|waiver| waiver.rule.as_str()));
        named.filter(|id| RULES.iter().all(|rule| rule.id != *id)).collect()
    }

    /// Sets the levels, takes out what is accepted, and reports waivers that accept nothing or are over.
    pub fn apply(&self, checked: &mut Checked) {
        let findings = std::mem::take(&mut checked.findings);
        let mut used = vec![false; self.waivers.len()];
        for finding in findings {
            let Some(finding) = self.levelled(finding) else { continue };
            let waiver = self.waivers.iter().zip(&mut used).find(|(waiver, _)| waiver.accepts(&finding));
            match waiver {
                Some((waiver, used)) if waiver.is_over(&self.today) => {
                    *used = true;
                    checked.findings.push(finding.note(format!("the waiver of {} is over", waiver.place)));
                }
                Some((waiver, used)) => {
                    *used = true;
                    checked.waived.push(Waived { finding, reason: waiver.reason.clone() });
                }
                None => checked.findings.push(finding),
            }
        }
        let idle = self.waivers.iter().zip(&used).filter(|(_, used)| !**used);
        let idle = idle.map(|(waiver, _)| {
            Finding::new(
                &rules::CONFIG_UNMATCHED,
                format!("the waiver of {} at {} accepts nothing", waiver.rule, waiver.place),
            )
            .help("delete it")
        });
        checked.findings.extend(idle.filter_map(|finding| self.levelled(finding)));
    }

    /// A finding at the level that it has here; none where its rule is not looked at.
    fn levelled(&self, finding: Finding) -> Option<Finding> {
        let level = match self.levels.get(finding.rule.id) {
            Some(level) => (*level)?,
            None if self.profile == Profile::Strict && finding.level == Level::Warning => Level::Error,
            None => finding.level,
        };
        Some(finding.level(level))
    }
}

impl Waiver {
    fn accepts(&self, finding: &Finding) -> bool {
        self.rule == finding.rule.id && finding.message.contains(&self.contains)
    }

    /// Dates of this form compare as text.
    fn is_over(&self, today: &str) -> bool {
        self.until.as_deref().is_some_and(|until| until < today)
    }
}
