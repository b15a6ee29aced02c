//! Amounts of resources, by name.

use std::collections::BTreeMap;

use manifesto_objects::Quantity;
use manifesto_yaml::{Mark, Node};

/// Amounts by the name of the resource: `cpu`, `memory`, `nvidia.com/gpu`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amounts(pub BTreeMap<String, Quantity>);

/// An amount that cannot be read, such as a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The name of the resource.
    pub resource: String,
    /// Where the amount stands.
    pub mark: Mark,
}

impl Amounts {
    /// Reads a mapping of names to quantities. What is no quantity is left out, and added to `unread`.
    pub fn read(node: Option<&Node>, unread: &mut Vec<Unread>) -> Self {
        let mut amounts = Self::default();
        for entry in node.map(Node::entries).unwrap_or_default() {
            let Some(name) = entry.key.text() else { continue };
            match quantity(&entry.value) {
                Some(amount) => {
                    amounts.0.insert(name.to_owned(), amount);
                }
                None if entry.value.is_null() => {}
                None => unread.push(Unread { resource: name.to_owned(), mark: entry.value.mark }),
            }
        }
        amounts
    }

    /// The amount of a resource; none where nothing is said of it.
    pub fn get(&self, name: &str) -> Option<Quantity> {
        self.0.get(name).copied()
    }

    /// Adds other amounts.
    pub fn add(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            let sum = self.get(name).unwrap_or_default() + *amount;
            self.0.insert(name.clone(), sum);
        }
    }

    /// Raises each amount to the other's, where that is more.
    pub fn raise_to(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            if self.get(name).is_none_or(|own| own < *amount) {
                self.0.insert(name.clone(), *amount);
            }
        }
    }

    /// Takes the other's amount of each resource that nothing is said of here.
    pub fn complete_with(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            self.0.entry(name.clone()).or_insert(*amount);
        }
    }

    /// These amounts a number of times.
    #[must_use = "the product is returned"]
    pub fn times(&self, count: i64) -> Self {
        Self(self.0.iter().map(|(name, amount)| (name.clone(), amount.times(count))).collect())
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The quantity that a scalar holds; people write both `1` and `"1"`.
pub(super) fn quantity(node: &Node) -> Option<Quantity> {
    Quantity::parse(node.text()?).ok()
}
