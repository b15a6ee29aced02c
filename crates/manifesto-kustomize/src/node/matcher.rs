//! All nodes that a path of a replacement names (kyaml/yaml/match.go, PathMatcher).

use manifesto_yaml::{Entry, Node, Value};
use regex::Regex;

use super::lookup::{new_element, part_kind};
use super::{Kind, Trail, Why, at, at_mut, encoded, is_list_index, new_key, split_list_index};
use crate::select::go_regex;

/// A path whose conditions are compiled.
#[derive(Debug)]
pub(crate) struct PathMatcher {
    parts: Vec<Part>,
    create: Option<Kind>,
}

#[derive(Debug)]
struct Part {
    text: String,
    rule: Rule,
}

#[derive(Debug)]
enum Rule {
    Field,
    Index(usize),
    Any,
    /// The items whose field matches; with an empty field, the items themselves.
    Element {
        field: String,
        value: String,
        pattern: Regex,
    },
}

/// What a path names in one object.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The ways to the nodes.
    pub(crate) trails: Vec<Trail>,
    /// Whether something was made that hangs on a null, where the reference writes to nowhere.
    pub(crate) detached: bool,
}

impl PathMatcher {
    /// A matcher of these parts. With `create`, what is missing is made, the last part of that kind.
    pub(crate) fn new(path: &[String], create: Option<Kind>) -> Why<Self> {
        let part = |text: &String| Ok(Part { rule: rule(text)?, text: text.clone() });
        Ok(Self { parts: path.iter().map(part).collect::<Why<_>>()?, create })
    }

    /// The nodes that the path names.
    pub(crate) fn find(&self, root: &mut Node) -> Why<Found> {
        let mut found = Found::default();
        self.visit(root, &mut Trail::new(), 0, &mut found)?;
        Ok(found)
    }

    fn visit(&self, root: &mut Node, trail: &mut Trail, index: usize, found: &mut Found) -> Why<()> {
        let Some(part) = self.parts.get(index) else {
            found.trails.push(trail.clone());
            return Ok(());
        };
        let Some(node) = at(root, trail) else { return Ok(()) };
        match &part.rule {
            Rule::Field => self.visit_field(root, trail, index, found),
            Rule::Index(position) => self.visit_index(root, trail, index, *position, found),
            Rule::Any => {
                for position in 0..items(node, &part.text)?.len() {
                    self.descend(root, trail, position, index, found)?;
                }
                Ok(())
            }
            Rule::Element { .. } => self.visit_elements(root, trail, index, found),
        }
    }

    fn descend(
        &self,
        root: &mut Node,
        trail: &mut Trail,
        position: usize,
        index: usize,
        found: &mut Found,
    ) -> Why<()> {
        trail.push(position);
        self.visit(root, trail, index + 1, found)?;
        trail.pop();
        Ok(())
    }

    fn visit_field(&self, root: &mut Node, trail: &mut Trail, index: usize, found: &mut Found) -> Why<()> {
        let (Some(part), Some(node)) = (self.parts.get(index), at(root, trail)) else { return Ok(()) };
        let position = match &node.value {
            Value::Mapping(mapping) => mapping.position(&part.text),
            _ if node.is_null() => None,
            _ => return Err(format!("the field `{}` is looked for in what is no mapping", part.text)),
        };
        if let Some(position) = position {
            return self.descend(root, trail, position, index, found);
        }
        let Some(kind) = self.create else { return Ok(()) };
        let new = part_kind(self.text(index + 1), kind).empty();
        if let Some(mapping) = at_mut(root, trail).and_then(Node::as_mapping_mut) {
            mapping.entries_mut().push(Entry { key: new_key(&part.text), value: new });
            let position = mapping.len() - 1;
            self.descend(root, trail, position, index, found)
        } else {
            found.detached = true;
            Ok(())
        }
    }

    fn visit_index(
        &self,
        root: &mut Node,
        trail: &mut Trail,
        index: usize,
        position: usize,
        found: &mut Found,
    ) -> Why<()> {
        let (Some(part), Some(node)) = (self.parts.get(index), at(root, trail)) else { return Ok(()) };
        let length = items(node, &part.text)?.len();
        if let (Some(kind), true) = (self.create, length == position) {
            let new = part_kind(self.text(index + 1), kind).empty();
            if !push_item(root, trail, new) {
                found.detached = true;
                return Ok(());
            }
        } else if position >= length {
            return Err(format!("the index {position} is asked for and the list has {length} items"));
        }
        self.descend(root, trail, position, index, found)
    }

    fn visit_elements(&self, root: &mut Node, trail: &mut Trail, index: usize, found: &mut Found) -> Why<()> {
        let (Some(part), Some(node)) = (self.parts.get(index), at(root, trail)) else { return Ok(()) };
        let Rule::Element { field, value, pattern } = &part.rule else { return Ok(()) };
        let matches = |item: &Node| {
            let subject = if field.is_empty() { Some(item) } else { item.get(field) };
            subject.is_some_and(|subject| pattern.is_match(&encoded(subject)))
        };
        let positions: Vec<usize> = (0..)
            .zip(items(node, &part.text)?)
            .filter_map(|(position, item)| matches(item).then_some(position))
            .collect();
        let before = found.trails.len();
        for position in positions {
            self.visit_element(root, trail, position, index, field, found)?;
        }
        if self.create.is_none() || found.trails.len() > before || found.detached {
            return Ok(());
        }
        let new = new_element(field, value);
        if !matches(&new) {
            return Err(format!("the item that `{}` makes does not match it", part.text));
        }
        if !push_item(root, trail, new) {
            found.detached = true;
            return Ok(());
        }
        let last = at(root, trail).map_or(0, |list| list.items().len().saturating_sub(1));
        self.visit_element(root, trail, last, index, field, found)
    }

    /// The rest of the path counts for nothing behind an item that is a scalar.
    fn visit_element(
        &self,
        root: &mut Node,
        trail: &mut Trail,
        position: usize,
        index: usize,
        field: &str,
        found: &mut Found,
    ) -> Why<()> {
        if !field.is_empty() {
            return self.descend(root, trail, position, index, found);
        }
        trail.push(position);
        found.trails.push(trail.clone());
        trail.pop();
        Ok(())
    }

    fn text(&self, index: usize) -> Option<&str> {
        self.parts.get(index).map(|part| part.text.as_str())
    }
}

fn rule(text: &str) -> Why<Rule> {
    if let Ok(index) = text.parse::<usize>() {
        return Ok(Rule::Index(index));
    }
    if text == "*" {
        return Ok(Rule::Any);
    }
    if !is_list_index(text) {
        return Ok(Rule::Field);
    }
    let (field, value) = split_list_index(text)?;
    Ok(Rule::Element { field: field.to_owned(), value: value.to_owned(), pattern: go_regex(value)? })
}

fn items<'n>(node: &'n Node, part: &str) -> Why<&'n [Node]> {
    match &node.value {
        Value::Sequence(items) => Ok(items),
        _ if node.is_null() => Ok(&[]),
        _ => Err(format!("the item `{part}` is looked for in what is no list")),
    }
}

fn push_item(root: &mut Node, trail: &[usize], new: Node) -> bool {
    let list = at_mut(root, trail).and_then(Node::as_sequence_mut);
    list.map(|items| items.push(new)).is_some()
}
