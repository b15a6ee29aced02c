//! Policies of the secret store that objects carry: Crossplane's and other operators' `Policy`, ConfigMaps, and texts
//! inside of a Composition's template.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node, ScalarStyle, Value};

use super::policy::{PathRule, parse_policy};

/// A policy that an object carries.
#[derive(Debug, Clone)]
pub struct PolicyText {
    /// The object.
    pub object: Arc<Object>,
    /// The name that the store has for it, as far as the object says it; the object's name otherwise.
    pub name: String,
    /// Its paths.
    pub rules: Vec<PathRule>,
    mark: Mark,
    is_block: bool,
}

impl PolicyText {
    /// Where a rule stands: the lines of a block start on the line after its key.
    pub fn mark(&self, rule: &PathRule) -> Mark {
        if !self.is_block {
            return self.mark;
        }
        Mark { line: self.mark.line.saturating_add(1).saturating_add(rule.line), ..self.mark }
    }
}

/// The policies in an object: every text in it that reads as one.
pub fn policies_in(object: &Arc<Object>) -> Vec<PolicyText> {
    let mut texts = Vec::new();
    if object.id.kind != "CustomResourceDefinition" {
        collect(object, &object.root, &object.root, &mut texts);
    }
    texts
}

fn collect(object: &Arc<Object>, parent: &Node, node: &Node, texts: &mut Vec<PolicyText>) {
    match &node.value {
        Value::Mapping(_) => {
            node.entries().iter().for_each(|entry| collect(object, node, &entry.value, texts));
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect(object, parent, item, texts)),
        Value::Scalar(scalar) => {
            let text = scalar.text().as_str();
            if !(text.contains("path") && (text.contains("capabilities") || text.contains("policy"))) {
                return;
            }
            let rules = parse_policy(text);
            if rules.is_empty() {
                return;
            }
            let name = parent.get("name").and_then(Node::text).unwrap_or(&object.id.name).to_owned();
            let is_block = matches!(scalar.style(), ScalarStyle::Literal | ScalarStyle::Folded);
            texts.push(PolicyText { object: Arc::clone(object), name, rules, mark: node.mark, is_block });
        }
    }
}
