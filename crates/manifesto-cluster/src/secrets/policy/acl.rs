//! What several policies permit together (openbao 2.7, `vault/acl.go`).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Capabilities, Capability, PathRule};

/// The rules of a token's policies, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct Acl {
    exact: BTreeMap<String, Capabilities>,
    /// Patterns that end in `*` and have no `+`, without the `*`.
    prefixes: BTreeMap<String, Capabilities>,
    /// Patterns with a segment that starts with `+`, as written.
    segments: BTreeMap<String, Capabilities>,
}

impl Acl {
    /// Takes the rules of all policies together. Where two have the same pattern, what they permit adds up, and a `deny`
    /// of one is a `deny` of all.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r PathRule>) -> Self {
        let mut acl = Self::default();
        for rule in rules {
            let path = rule.path.as_str();
            let has_segments = path == "+" || path.contains("/+") || path.starts_with("+/");
            let (map, key) = match path.strip_suffix('*') {
                _ if has_segments => (&mut acl.segments, path),
                Some(prefix) => (&mut acl.prefixes, prefix),
                None => (&mut acl.exact, path),
            };
            let known = map.entry(key.to_owned()).or_default();
            *known = known.and(rule.capabilities);
        }
        acl
    }

    /// What may be done with a path. For `list` and `scan` ask [`Acl::listing`].
    pub fn capabilities(&self, path: &str) -> Capabilities {
        let path = path.trim_start_matches('/');
        self.exact.get(path).copied().or_else(|| self.by_pattern(path)).unwrap_or_default()
    }

    /// What may be done with a path when what is below is listed: where nothing matches, a rule without the last slash
    /// counts too. (Vault, and OpenBao before 2.7, try patterns without the slash first.)
    pub fn listing(&self, path: &str) -> Capabilities {
        let path = path.trim_start_matches('/');
        let bare = path.strip_suffix('/');
        let exact = self.exact.get(path).or_else(|| self.exact.get(bare?)).copied();
        exact.or_else(|| self.by_pattern(path)).or_else(|| self.by_pattern(bare?)).unwrap_or_default()
    }

    /// Whether an operation is permitted.
    pub fn permits(&self, path: &str, operation: Capability) -> bool {
        let capabilities = match operation {
            Capability::List | Capability::Scan => self.listing(path),
            _ => self.capabilities(path),
        };
        !capabilities.is_denied() && capabilities.has(operation)
    }

    /// The one pattern that counts, of those that match: the more specific wins, also when it permits less.
    fn by_pattern(&self, path: &str) -> Option<Capabilities> {
        let prefix = self.longest_prefix(path).map(|(prefix, capabilities)| {
            (
                Rank {
                    first_wildcard: prefix.len(),
                    exact_end: false,
                    fewer_wildcards: Reverse(0),
                    path: prefix,
                },
                capabilities,
            )
        });
        let parts: Vec<&str> = path.split('/').collect();
        let segments = self
            .segments
            .iter()
            .filter_map(|(pattern, capabilities)| Some((Rank::of_match(pattern, &parts)?, *capabilities)));
        prefix
            .into_iter()
            .chain(segments)
            .max_by(|a, b| a.0.key().cmp(&b.0.key()))
            .map(|(_, capabilities)| capabilities)
    }

    fn longest_prefix(&self, path: &str) -> Option<(&str, Capabilities)> {
        let ends = (0..=path.len()).rev().filter(|end| path.is_char_boundary(*end));
        ends.filter_map(|end| path.get(..end)).find_map(|prefix| {
            let (key, capabilities) = self.prefixes.get_key_value(prefix)?;
            Some((key.as_str(), *capabilities))
        })
    }
}

/// How specific a pattern is: the later its first wildcard, the better; then without a `*` at the end; then with fewer
/// `+`; then the longer; then the later in the alphabet.
struct Rank<'p> {
    first_wildcard: usize,
    exact_end: bool,
    fewer_wildcards: Reverse<usize>,
    path: &'p str,
}

impl<'p> Rank<'p> {
    fn key(&self) -> (usize, bool, Reverse<usize>, usize, &'p str) {
        (self.first_wildcard, self.exact_end, self.fewer_wildcards, self.path.len(), self.path)
    }

    /// The rank of a pattern with `+`, when it matches; `+` alone is any one segment, and a literal with more around it.
    fn of_match(pattern: &'p str, parts: &[&str]) -> Option<Self> {
        let (path, is_prefix) = pattern.strip_suffix('*').map_or((pattern, false), |path| (path, true));
        let wanted: Vec<&str> = path.split('/').collect();
        let fits = if is_prefix { parts.len() >= wanted.len() } else { parts.len() == wanted.len() };
        let last = wanted.len().saturating_sub(1);
        let matches = fits
            && wanted.iter().zip(parts).enumerate().all(|(index, (wanted, part))| {
                *wanted == "+" || wanted == part || (is_prefix && index == last && part.starts_with(wanted))
            });
        matches.then(|| Self {
            first_wildcard: pattern.find('+').unwrap_or_default(),
            exact_end: !is_prefix,
            fewer_wildcards: Reverse(wanted.iter().filter(|segment| **segment == "+").count()),
            path,
        })
    }
}
