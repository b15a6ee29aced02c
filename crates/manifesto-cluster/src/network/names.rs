//! Names of hosts in policies (`toFQDNs`).

use std::fmt;

/// The names that a policy allows: `matchName`, or `matchPattern` with wildcards.
///
/// Cilium (pkg/fqdn/matchpattern) compares without case and with the trailing dot implied; `*` stands for any characters
/// of one label, alone for every name; `**.` at the start for any number of labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamePattern(String);

impl NamePattern {
    /// Reads a name or a pattern.
    pub fn new(text: &str) -> Self {
        Self(text.trim().trim_end_matches('.').to_ascii_lowercase())
    }

    /// Whether it stands for every name.
    pub fn is_everything(&self) -> bool {
        self.0 == "*" || self.0 == "**"
    }

    /// Whether every name that the other stands for is one of its own. Of two patterns, it says so only where that is
    /// plain.
    pub fn covers(&self, other: &Self) -> bool {
        if self == other || self.is_everything() {
            return true;
        }
        if other.is_everything() {
            return false;
        }
        if let Some(suffix) = self.0.strip_prefix("**.") {
            return other.0.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
        }
        if other.0.contains("**") {
            return false;
        }
        let (own, theirs) = (self.0.split('.'), other.0.split('.'));
        own.clone().count() == theirs.clone().count()
            && own
                .zip(theirs)
                .all(|(own, their)| own == "*" || own == their || !their.contains('*') && fits(own, their))
    }
}

/// Whether a label fits a pattern with `*`.
fn fits(pattern: &str, label: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| label.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
