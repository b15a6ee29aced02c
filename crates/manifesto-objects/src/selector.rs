//! Label selectors.

use std::fmt;

use manifesto_yaml::Node;

/// A label selector: `matchLabels` and `matchExpressions`, all of which must hold. The empty selector matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

/// What a selector asks of one label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// What is asked of it.
    pub operator: Operator,
    /// The values of `In` and `NotIn`.
    pub values: Vec<String>,
}

/// What a selector can ask of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// It has one of the values.
    In,
    /// It has none of the values, or is absent.
    NotIn,
    /// It is there.
    Exists,
    /// It is absent.
    DoesNotExist,
}

/// Why a selector cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorError(String);

impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SelectorError {}

impl LabelSelector {
    /// Reads a `LabelSelector` (`matchLabels`, `matchExpressions`).
    pub fn parse(node: &Node) -> Result<Self, SelectorError> {
        let mut selector = node.get("matchLabels").map(Self::from_labels).unwrap_or_default();
        for expression in node.get("matchExpressions").and_then(Node::as_sequence).unwrap_or_default() {
            selector.requirements.push(Requirement::parse(expression)?);
        }
        Ok(selector)
    }

    /// Reads a plain mapping of labels, as a Service's `selector`.
    pub fn from_labels(labels: &Node) -> Self {
        let requirements = labels
            .entries()
            .iter()
            .filter_map(|entry| {
                let (key, value) = (entry.key.text()?, entry.value.text()?);
                Some(Requirement {
                    key: key.to_owned(),
                    operator: Operator::In,
                    values: vec![value.to_owned()],
                })
            })
            .collect();
        Self { requirements }
    }

    /// What it asks, each of which must hold.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Asks more.
    pub fn require(&mut self, requirement: Requirement) {
        self.requirements.push(requirement);
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether these labels satisfy it. An absent key satisfies `NotIn` and `DoesNotExist`.
    pub fn matches<'l>(&self, label: impl Fn(&str) -> Option<&'l str>) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = label(&requirement.key);
            let listed = || value.is_some_and(|value| requirement.values.iter().any(|v| v == value));
            match requirement.operator {
                Operator::In => listed(),
                Operator::NotIn => !listed(),
                Operator::Exists => value.is_some(),
                Operator::DoesNotExist => value.is_none(),
            }
        })
    }
}

impl Requirement {
    fn parse(node: &Node) -> Result<Self, SelectorError> {
        let text = |key| node.get(key).and_then(Node::as_str).map(str::to_owned);
        let key = text("key").ok_or_else(|| SelectorError("a match expression has no key".to_owned()))?;
        let operator = match text("operator").as_deref() {
            Some("In") => Operator::In,
            Some("NotIn") => Operator::NotIn,
            Some("Exists") => Operator::Exists,
            Some("DoesNotExist") => Operator::DoesNotExist,
            other => {
                return Err(SelectorError(format!("unknown operator {:?} for {key}", other.unwrap_or(""))));
            }
        };
        let values = node.get("values").and_then(Node::as_sequence).unwrap_or_default();
        let values = values.iter().filter_map(|value| value.text().map(str::to_owned)).collect();
        Ok(Self { key, operator, values })
    }
}
