//! The record of a check: an in-toto Statement about a commit and a text. It is not signed; whoever keeps it may sign it.

use std::fmt::Write as _;

use manifesto_document::{Checked, SlotState};
use manifesto_evidence::Finding;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What a record speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'r> {
    /// The commit that the change leads to; none for files on disk.
    pub head: Option<&'r str>,
    /// The commit that it starts from.
    pub base: Option<&'r str>,
    /// The author's text.
    pub text: &'r str,
    /// The template that it was held against.
    pub template: &'r str,
    /// The configuration at base; empty where there is none.
    pub configuration: &'r str,
    /// What came of the check.
    pub checked: &'r Checked,
}

/// The type of the predicate: its version is that of the fields below.
const PREDICATE_TYPE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/check/v1");

/// The Statement, with a line break at the end.
pub fn text(recorded: &Recorded<'_>) -> String {
    let commit = recorded.head.map(|head| json!({ "name": "head", "digest": { "gitCommit": head } }));
    let body = json!({ "name": "description", "digest": { "sha256": sha256(recorded.text) } });
    let checked = recorded.checked;
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": commit.into_iter().chain([body]).collect::<Vec<Value>>(),
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "tool": { "name": "manifesto", "version": env!("CARGO_PKG_VERSION") },
            "base": recorded.base,
            "template": { "sha256": sha256(recorded.template) },
            "configuration": { "sha256": sha256(recorded.configuration) },
            "slots": checked.slots.iter().map(|slot| json!({ "id": slot.id, "state": state(slot.state) })).collect::<Vec<Value>>(),
            "boxes": checked.boxes.iter().map(|own| json!({
                "label": own.label, "ticked": own.ticked, "verdict": own.verdict.name(),
                "predicate": own.predicate.map(|predicate| predicate.id),
            })).collect::<Vec<Value>>(),
            "claims": checked.claims.iter().map(|claim| json!({
                "rule": claim.rule.id, "claim": claim.claim, "verdict": claim.verdict.name(),
            })).collect::<Vec<Value>>(),
            "findings": checked.findings.iter().map(finding).collect::<Vec<Value>>(),
            "waivers": checked.waived.iter().map(|waived| {
                json!({ "finding": finding(&waived.finding), "reason": waived.reason })
            }).collect::<Vec<Value>>(),
        },
    });
    format!("{statement:#}\n")
}

fn finding(finding: &Finding) -> Value {
    json!({ "rule": finding.rule.id, "level": finding.level.name(), "message": finding.message })
}

fn state(state: SlotState) -> &'static str {
    match state {
        SlotState::Answered => "answered",
        SlotState::Drafted => "drafted",
        SlotState::Unanswered => "unanswered",
        SlotState::Missing => "missing",
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use manifesto_document::Checked;
    use serde_json::Value;

    use super::{Recorded, text};

    #[test]
    fn a_record_names_what_it_speaks_of() {
        let recorded = |head, text| {
            let checked = Checked::default();
            let recorded =
                Recorded { head, base: None, text, template: "", configuration: "", checked: &checked };
            serde_json::from_str::<Value>(&super::text(&recorded)).unwrap()
        };
        let statement = recorded(Some("a1b2c3"), "words");
        assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
        assert_eq!(statement["subject"][0]["digest"]["gitCommit"], "a1b2c3");
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(statement["predicate"]["template"]["sha256"], empty);
        assert_ne!(statement["subject"][1]["digest"]["sha256"], empty);
        // Files on disk have no commit.
        assert_eq!(recorded(None, "")["subject"].as_array().unwrap().len(), 1);
        assert!(
            text(&Recorded {
                head: None,
                base: None,
                text: "",
                template: "",
                configuration: "",
                checked: &Checked::default()
            })
            .ends_with('\n')
        );
    }
}
