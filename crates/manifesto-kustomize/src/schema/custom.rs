//! A schema of the repository, named by `openapi` (kyaml/openapi/openapi.go).

use std::collections::{HashMap, HashSet};

use manifesto_yaml::{Dialect, Limits, Node, SmolStr, parse};

use super::builtin::Field;
use super::{ListMerge, SchemaNode};
use crate::node::{Why, value_text};
use crate::object::Gvk;

const STRATEGY: &str = "x-kubernetes-patch-strategy";
const MERGE_KEY: &str = "x-kubernetes-patch-merge-key";
const MERGE_KEYS: &str = "x-kubernetes-list-map-keys";
const KINDS: &str = "x-kubernetes-group-version-kind";
const DEFINITIONS: &str = "#/definitions/";
/// References that point at references; more than any schema has.
const REFERENCES_MAX: usize = 64;

/// An OpenAPI document, version 2.
#[derive(Debug)]
pub(crate) struct Custom {
    root: Node,
    /// The definition of each kind.
    kinds: HashMap<(SmolStr, SmolStr), SmolStr>,
    cluster_scoped: HashSet<(SmolStr, SmolStr)>,
    /// Whether definitions that it lacks are those of the bundled schema.
    pub(super) with_builtin: bool,
}

impl Custom {
    /// Reads a document, JSON or YAML.
    pub(super) fn new(text: &[u8], with_builtin: bool) -> Why<Self> {
        let parsed = parse(text, Dialect::SigsV2, &Limits::default());
        if let Some(error) = parsed.error {
            return Err(format!("the schema cannot be read: {error}"));
        }
        let root = parsed.documents.into_iter().next().map_or_else(Node::null, |document| document.root);
        if root.as_mapping().is_none() {
            return Err("the schema is no mapping".to_owned());
        }
        let definitions = root.get("definitions").map(Node::entries).unwrap_or_default();
        let kinds = definitions
            .iter()
            .flat_map(|entry| {
                kinds_of(&entry.value).map(|kind| (kind, SmolStr::from(value_text(&entry.key))))
            })
            .collect();
        let cluster_scoped = cluster_scoped(&root);
        Ok(Self { root, kinds, cluster_scoped, with_builtin })
    }

    pub(super) fn is_cluster_scoped(&self, gvk: &Gvk) -> bool {
        self.cluster_scoped.contains(&(gvk.api_version(), gvk.kind.clone()))
    }

    pub(super) fn of_kind(&self, api_version: &str, kind: &str) -> Option<&Node> {
        let definition = self.kinds.get(&(api_version.into(), kind.into()))?;
        self.root.path(&["definitions", definition])
    }

    pub(super) fn field<'n>(&'n self, schema: &'n Node, name: &str) -> Option<SchemaNode<'n>> {
        let property = schema.get("properties").and_then(|properties| properties.get(name));
        let any = schema.get("additionalProperties").filter(|schema| schema.as_mapping().is_some());
        self.resolved(property.or(any)?)
    }

    pub(super) fn items<'n>(&'n self, schema: &'n Node) -> Option<SchemaNode<'n>> {
        if schema.get("type").map(value_text) != Some("array") {
            return None;
        }
        self.resolved(schema.get("items")?)
    }

    fn resolved<'n>(&'n self, schema: &'n Node) -> Option<SchemaNode<'n>> {
        let mut schema = schema;
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = schema.get("$ref").and_then(Node::as_str) else {
                return Some(SchemaNode::Custom(self, schema));
            };
            let name = reference.strip_prefix(DEFINITIONS)?;
            match self.root.path(&["definitions", name]) {
                Some(definition) => schema = definition,
                None if self.with_builtin => return Field::of_definition(name).map(SchemaNode::Builtin),
                None => return None,
            }
        }
        None
    }
}

/// How a list with this schema merges; none when it is replaced.
pub(super) fn list_merge(schema: &Node) -> Option<ListMerge> {
    let strategy = schema.get(STRATEGY)?.as_str()?;
    strategy.split(',').find(|strategy| *strategy == "merge")?;
    let keys = schema.get(MERGE_KEYS).map(Node::items).unwrap_or_default();
    let keys: Vec<SmolStr> = match schema.get(MERGE_KEY).and_then(Node::as_str) {
        _ if schema.get(MERGE_KEYS).is_some() => keys.iter().map(|key| value_text(key).into()).collect(),
        Some(key) => vec![key.into()],
        None => Vec::new(),
    };
    Some(if keys.is_empty() { ListMerge::Set } else { ListMerge::Keys(keys) })
}

fn kinds_of(schema: &Node) -> impl Iterator<Item = (SmolStr, SmolStr)> {
    let kinds = schema.get(KINDS).map(Node::items).unwrap_or_default();
    kinds.iter().filter_map(type_of)
}

fn type_of(kind: &Node) -> Option<(SmolStr, SmolStr)> {
    let text = |field| kind.get(field).map(value_text).map(SmolStr::from);
    let gvk =
        Gvk { group: text("group").unwrap_or_default(), version: text("version")?, kind: text("kind")? };
    Some((gvk.api_version(), gvk.kind))
}

/// The kinds that have paths, and none below a namespace.
fn cluster_scoped(root: &Node) -> HashSet<(SmolStr, SmolStr)> {
    let paths = root.get("paths").map(Node::entries).unwrap_or_default();
    let mut scopes: HashMap<(SmolStr, SmolStr), bool> = HashMap::new();
    for entry in paths {
        let Some(kind) = entry.value.path(&["get", KINDS]).and_then(type_of) else { continue };
        let namespaced = value_text(&entry.key).contains("namespaces/{namespace}");
        *scopes.entry(kind).or_default() |= namespaced;
    }
    let mut cluster = HashSet::new();
    #[expect(clippy::iter_over_hash_type, reason = "a set is made, which has no order either")]
    for (kind, namespaced) in scopes {
        if !namespaced {
            cluster.insert(kind);
        }
    }
    cluster
}
