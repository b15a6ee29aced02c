//! What tells one finding from another across runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use manifesto_evidence::Finding;
use sha2::{Digest as _, Sha256};

/// Gives each finding a name that stays when lines move: of its rule, its message and its path. Findings that have all
/// of these in common are counted.
#[derive(Debug, Default)]
pub(super) struct Fingerprints(BTreeMap<String, usize>);

impl Fingerprints {
    pub(super) fn of(&mut self, finding: &Finding, path: &str) -> String {
        let mut hash = Sha256::new();
        for part in [finding.rule.id, &finding.message, path] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let mut name = hex(&hash.finalize()[..16]);
        let count = self.0.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let _ = write!(name, "-{count}");
        }
        name
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
