//! Labels of pods and namespaces.

use std::collections::BTreeMap;

use manifesto_objects::LabelSelector;
use manifesto_yaml::Node;

/// Labels, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Labels(pub BTreeMap<String, String>);

impl Labels {
    /// Reads a mapping of labels; what is no text is not a label.
    pub fn read(node: Option<&Node>) -> Self {
        let entries = node.map(Node::entries).unwrap_or_default();
        entries.iter().filter_map(|entry| Some((entry.key.text()?, entry.value.text()?))).collect()
    }

    /// The value of a label.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Sets a label, in place of another value.
    pub fn set(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    /// Adds the labels of another set; these win.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(key, value)| (key.clone(), value.clone())));
    }

    /// Whether a selector matches them.
    pub fn satisfy(&self, selector: &LabelSelector) -> bool {
        selector.matches(|key| self.get(key))
    }
}

impl<'l> FromIterator<(&'l str, &'l str)> for Labels {
    fn from_iter<I: IntoIterator<Item = (&'l str, &'l str)>>(labels: I) -> Self {
        Self(labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }
}
