//! Variables in the objects of a build: each object is written, its text evaluated, and read again
//! (fluxcd/pkg, kustomize/kustomize_varsub.go).

use std::collections::BTreeSet;

use manifesto_kustomize::Resource;
use manifesto_tree::{Gap, GapReason, Place, TreePath};
use manifesto_yaml::{Dialect, Limits, Mark, Node, Value, Writer, parse, to_yaml};

use super::envsubst::{Evaluation, Refusal};
use super::unknown::unknown;
use super::variables::Variables;

/// What turns the substitution off for an object, as a label or an annotation.
const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// Replaces variables in one object after the other.
#[derive(Debug)]
pub(super) struct Substitution<'s> {
    variables: &'s Variables,
    unknown: BTreeSet<String>,
}

impl<'s> Substitution<'s> {
    pub(super) fn new(variables: &'s Variables) -> Self {
        Self { variables, unknown: BTreeSet::new() }
    }

    /// The variables that some object depends on and that are not known.
    pub(super) fn unknown(&self) -> &BTreeSet<String> {
        &self.unknown
    }

    /// Replaces the variables of an object. What is left as it was keeps its place, and so does what replaces something.
    pub(super) fn replace(&mut self, resource: &mut Resource) -> Result<(), Gap> {
        if is_disabled(&resource.root) {
            return Ok(());
        }
        if let Some(name) = self.variables.malformed_name() {
            let why = format!("`{name}` is no name of a variable");
            return Err(refused(resource, resource.root.mark, &why));
        }
        let text = to_yaml(&resource.root, Writer::Sigs)
            .map_err(|error| refused(resource, error.mark, &error.problem))?;
        if !text.contains('$') {
            return Ok(());
        }
        let evaluated = self.evaluation(|evaluation| evaluation.run(&text)).map_err(|refusal| {
            let mark = self.culprit(&resource.root).unwrap_or(resource.root.mark);
            refused(resource, mark, &format!("variables cannot be replaced: {refusal}"))
        })?;
        let parsed = parse(evaluated.text.as_bytes(), Dialect::SigsV2, &Limits::default());
        let root = match (parsed.documents.into_iter().next(), parsed.error) {
            (_, Some(error)) => {
                let why = format!("with the variables replaced it is no YAML: {}", error.problem);
                return Err(refused(resource, resource.root.mark, &why));
            }
            (None, None) => Node::null(),
            (Some(document), None) => document.root,
        };
        resource.root = placed(root, &resource.root, resource.root.mark);
        self.unknown.extend(evaluated.unknown);
        Ok(())
    }

    fn evaluation<T>(&self, work: impl FnOnce(&Evaluation<'_>) -> T) -> T {
        work(&Evaluation {
            variable: &|name| self.variables.get(name),
            mark: &|name| unknown("variable", name),
            is_strict: false,
        })
    }

    /// The first value that cannot be evaluated by itself.
    fn culprit(&self, node: &Node) -> Option<Mark> {
        match &node.value {
            Value::Scalar(scalar) => {
                let is_refused = self.evaluation(|evaluation| evaluation.run(scalar.text()).is_err());
                is_refused.then_some(node.mark)
            }
            Value::Sequence(items) => items.iter().find_map(|item| self.culprit(item)),
            Value::Mapping(mapping) => mapping
                .entries()
                .iter()
                .find_map(|entry| self.culprit(&entry.key).or_else(|| self.culprit(&entry.value))),
        }
    }
}

impl From<Refusal> for String {
    fn from(refusal: Refusal) -> Self {
        refusal.0
    }
}

fn is_disabled(root: &Node) -> bool {
    ["labels", "annotations"]
        .iter()
        .any(|kind| root.path(&["metadata", kind, SUBSTITUTE]).and_then(Node::as_str) == Some("disabled"))
}

fn refused(resource: &Resource, mark: Mark, why: &str) -> Gap {
    let files = &resource.files;
    let path = files.get(usize::from(mark.file)).or_else(|| files.first()).cloned();
    let place =
        Place { path: path.unwrap_or_else(TreePath::root), line: mark.line, column: mark.column.into() };
    Gap::new(GapReason::BrokenFile, why).at(place)
}

/// The node with the places of what stood there before; `parent` for what is new.
pub(super) fn placed(node: Node, before: &Node, parent: Mark) -> Node {
    let mark = if before.mark.line > 0 { before.mark } else { parent };
    let value = match (node.value, &before.value) {
        (Value::Sequence(items), Value::Sequence(old)) => {
            let nothing = Node::null();
            let items = items.iter().enumerate();
            let items = items.map(|(at, item)| placed(item.clone(), old.get(at).unwrap_or(&nothing), mark));
            return Node::sequence(items).at(mark);
        }
        (Value::Mapping(mapping), old) => {
            let mut mapping = (*mapping).clone();
            for entry in mapping.entries_mut() {
                let key = entry.key.text().unwrap_or_default();
                let known = if let Value::Mapping(old) = old { old.entry(key) } else { None };
                let value = std::mem::replace(&mut entry.value, Node::null());
                entry.value = match known {
                    Some(known) => placed(value, &known.value, mark),
                    None => placed(value, &Node::null(), mark),
                };
                entry.key.mark = known.map_or(mark, |known| known.key.mark);
            }
            return Node::mapping(mapping).at(mark);
        }
        (Value::Sequence(items), _) => {
            let items = items.iter().map(|item| placed(item.clone(), &Node::null(), mark));
            return Node::sequence(items).at(mark);
        }
        (scalar, _) => scalar,
    };
    Node { value, mark }
}
