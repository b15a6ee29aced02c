//! How much two objects resemble each other.

use std::collections::BTreeMap;

use manifesto_yaml::{Node, Value};

use crate::Object;

/// What an object consists of: each leaf with its way, counted. Names are left out, so that a renamed object resembles itself.
#[derive(Debug)]
pub(crate) struct Leaves {
    counts: BTreeMap<String, usize>,
    total: usize,
}

impl Leaves {
    pub(crate) fn of(object: &Object) -> Self {
        let mut leaves = Self { counts: BTreeMap::new(), total: 0 };
        leaves.collect(&object.root, &mut String::new(), &object.id.name);
        leaves
    }

    fn collect(&mut self, node: &Node, path: &mut String, name: &str) {
        let length = path.len();
        match &node.value {
            Value::Mapping(_) => {
                for entry in node.entries() {
                    path.push('.');
                    path.push_str(entry.key.text().unwrap_or_default());
                    if path != ".metadata.name" {
                        self.collect(&entry.value, path, name);
                    }
                    path.truncate(length);
                }
            }
            Value::Sequence(items) => {
                path.push('#');
                items.iter().for_each(|item| self.collect(item, path, name));
                path.truncate(length);
            }
            Value::Scalar(_) => {
                // An object that names itself (labels, selectors) would differ in each of these places.
                let text = node.text().unwrap_or_default().replace(name, "\0");
                *self.counts.entry(format!("{path}={text}")).or_default() += 1;
                self.total += 1;
            }
        }
    }

    /// The share of what both have in common, from 0 to 100.
    pub(crate) fn resemblance(&self, other: &Self) -> usize {
        let total = self.total + other.total;
        if total == 0 {
            return 100;
        }
        let common: usize = self
            .counts
            .iter()
            .filter_map(|(leaf, count)| other.counts.get(leaf).map(|others| (*count).min(*others)))
            .sum();
        200 * common / total
    }
}
