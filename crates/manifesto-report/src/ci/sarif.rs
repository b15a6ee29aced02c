//! SARIF 2.1.0, as GitHub's code scanning takes it.

use std::fmt::Write as _;

use manifesto_document::rules;
use manifesto_evidence::{Finding, Level, Rule, Side};
use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::{Findings, sentence};

/// GitHub shows so many results of a run.
const RESULTS_MAX: usize = 5_000;
/// The places that speak against the text which one result names.
const RELATED_MAX: usize = 10;

/// The log of one run, with a line break at the end.
pub fn text(findings: &Findings<'_>) -> String {
    let (shown, hidden) = findings.worst(RESULTS_MAX);
    let mut fingerprints = Fingerprints::default();
    let results: Vec<Value> =
        shown.iter().map(|finding| result(findings, finding, &mut fingerprints)).collect();
    let notification = json!({
        "level": "note",
        "message": { "text": format!("{hidden} more findings are left out") },
    });
    let notifications = if hidden > 0 { vec![notification] } else { Vec::new() };
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Manifesto",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules::RULES.iter().map(|rule| descriptor(rule)).collect::<Vec<Value>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications }],
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.summary, "markdown": rule.page },
        "defaultConfiguration": { "level": rule.level.name() },
        "properties": { "tags": [rule.id.split('/').next()] },
    })
}

fn result(findings: &Findings<'_>, finding: &Finding, fingerprints: &mut Fingerprints) -> Value {
    let spot = findings.spot(finding);
    let related = finding.witnesses.iter().filter(|witness| witness.origin.side == Side::Head);
    let related = related.take(RELATED_MAX).enumerate().map(|(index, witness)| {
        let place = &witness.origin.place;
        let mut location = location(place.path.as_str(), place.line.max(1));
        if let Some(fields) = location.as_object_mut() {
            fields.insert("id".to_owned(), json!(index));
            fields.insert("message".to_owned(), json!({ "text": plain(&witness.says) }));
        }
        location
    });
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rules::RULES.iter().position(|rule| rule.id == finding.rule.id),
        "level": level(finding.level),
        "message": { "text": escaped(&sentence(finding)) },
        "locations": [location(&spot.path, spot.line)],
        "relatedLocations": related.collect::<Vec<Value>>(),
        "partialFingerprints": { "manifesto/v1": fingerprints.of(finding, &spot.path) },
    })
}

fn location(path: &str, line: u32) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(path), "uriBaseId": "%SRCROOT%" },
        "region": { "startLine": line },
    } })
}

fn level(level: Level) -> &'static str {
    level.name()
}

fn plain(text: &str) -> String {
    escaped(&crate::terminal::inert(text))
}

/// A text in which nothing is a link (SARIF 2.1.0, 3.11.6: `[text](target)`).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// A path as a relative reference (RFC 3986): every byte that may not stand for itself is encoded.
fn uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}
