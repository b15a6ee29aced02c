//! The schema that kustomize bundles, Kubernetes v1.21.2, as far as merging needs it.
//!
//! `builtin.txt` is written by `builtin.py` from the OpenAPI document. `scopes.txt` lists the kinds without a namespace
//! (kyaml/openapi/openapi.go, precomputedIsNamespaceScoped).

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use manifesto_yaml::SmolStr;

use super::ListMerge;
use crate::object::Gvk;

/// The bundled schema.
#[derive(Debug)]
pub(super) struct Builtin {
    types: Vec<HashMap<&'static str, Field>>,
    names: HashMap<&'static str, TypeId>,
    kinds: HashMap<(&'static str, &'static str), TypeId>,
    cluster_scoped: HashSet<(&'static str, &'static str)>,
}

/// A type of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TypeId(usize);

/// A field of a type, or a value of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// The keys by which the list merges, joined by commas; `=` when its items are the keys.
    merge: Option<&'static str>,
    /// The type of the value, or of its items.
    target: Option<TypeId>,
}

impl Builtin {
    /// The schema, read once.
    pub(super) fn get() -> &'static Self {
        static BUILTIN: OnceLock<Builtin> = OnceLock::new();
        BUILTIN.get_or_init(|| read(include_str!("builtin.txt"), include_str!("scopes.txt")))
    }

    pub(super) fn of_kind(&self, api_version: &str, kind: &str) -> Option<TypeId> {
        self.kinds.get(&(api_version, kind)).copied()
    }

    pub(super) fn is_cluster_scoped(&self, gvk: &Gvk) -> bool {
        self.cluster_scoped.contains(&(gvk.api_version().as_str(), gvk.kind.as_str()))
    }
}

impl TypeId {
    pub(super) fn field(self, name: &str) -> Option<Field> {
        Builtin::get().types.get(self.0)?.get(name).copied()
    }
}

impl Field {
    /// A value of a type.
    pub(super) fn of(id: TypeId) -> Self {
        Self { merge: None, target: Some(id) }
    }

    /// A value of the type that a definition of the OpenAPI document describes.
    pub(super) fn of_definition(name: &str) -> Option<Self> {
        let short = name.strip_prefix("io.k8s.")?.replace("apimachinery.pkg.apis.", "");
        Builtin::get().names.get(short.as_str()).copied().map(Self::of)
    }

    pub(super) fn target(self) -> Option<TypeId> {
        self.target
    }

    pub(super) fn list_merge(self) -> Option<ListMerge> {
        Some(match self.merge? {
            "=" => ListMerge::Set,
            keys => ListMerge::Keys(keys.split(',').map(SmolStr::new_static).collect()),
        })
    }
}

/// Reads the tables. Lines are `type NAME`, `  FIELD KEYS TYPE` and `kind APIVERSION KIND`, with `-` for none.
fn read(schema: &'static str, scopes: &'static str) -> Builtin {
    let type_lines = schema.lines().filter_map(|line| line.strip_prefix("type "));
    let ids: HashMap<&str, TypeId> = type_lines.enumerate().map(|(id, name)| (name, TypeId(id))).collect();
    let mut builtin = Builtin {
        types: vec![HashMap::new(); ids.len()],
        names: ids.clone(),
        kinds: HashMap::new(),
        cluster_scoped: scopes.lines().filter_map(|line| line.split_once(' ')).collect(),
    };
    let mut current = TypeId(0);
    for line in schema.lines() {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["type", name] => current = ids.get(name).copied().unwrap_or(current),
            ["kind", api_version, kind] => {
                builtin.kinds.insert((api_version, kind), current);
            }
            [field, keys, target] => {
                let merge = Some(*keys).filter(|keys| *keys != "-");
                if let Some(fields) = builtin.types.get_mut(current.0) {
                    fields.insert(field, Field { merge, target: ids.get(target).copied() });
                }
            }
            _ => {}
        }
    }
    builtin
}
