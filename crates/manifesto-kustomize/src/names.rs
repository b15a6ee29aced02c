//! Fields that hold the name of another object, after that object was renamed (api/filters/nameref/nameref.go).

use std::collections::HashMap;
use std::sync::Arc;

use manifesto_yaml::{Node, SmolStr, Value};

use crate::config::{FieldSpec, NameReference};
use crate::meter::Meter;
use crate::node::{Tag, Trail, Why, at, at_mut, raw_text, scalar_over, sites};
use crate::object::{Gvk, Identity, Objects, metadata};
use crate::schema::Schema;

/// Writes the current names of renamed objects into the fields that refer to them.
pub(crate) fn fix_references(
    objects: &mut Objects,
    references: &[NameReference],
    schema: &Schema,
    meter: &Meter,
) -> Result<(), NameError> {
    let index = Index::new(objects, schema);
    let mut known: HashMap<Gvk, Vec<(&Gvk, &FieldSpec)>> = HashMap::new();
    for (position, object) in objects.iter_mut().enumerate() {
        let Some(identity) = index.identities.get(position) else { continue };
        let original = &identity.original().gvk;
        let specs = known.entry(original.clone()).or_insert_with(|| fields_of(references, original));
        if specs.is_empty() {
            continue;
        }
        let error = |why: String| NameError { position, why };
        let referrer = Referrer::new(object.root(), identity).map_err(error)?;
        for (target, spec) in specs.iter() {
            meter.charge(4).map_err(error)?;
            let sites = sites(object.root(), &spec.path, None).map_err(error)?;
            let trails: Vec<Trail> =
                sites.iter().filter_map(|site| site.trail().map(<[usize]>::to_vec)).collect();
            for trail in trails {
                let Some(node) = at(object.root(), &trail) else { continue };
                let search = Search { index: &index, referrer: &referrer, target, path: spec.path.text() };
                for change in search.changes(node).map_err(error)? {
                    let whole: Trail = trail.iter().chain(&change.trail).copied().collect();
                    if let Some(field) = change.field {
                        set_field(object.root_mut(), &whole, field, &change.text);
                    } else if let Some(node) = at(object.root(), &whole) {
                        let (scalar, mark) = (scalar_over(Some(node), change.text, Tag::None), node.mark);
                        object.write_scalar(&whole, scalar, mark);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Why a reference cannot be rewritten, and which object has it.
#[derive(Debug)]
pub(crate) struct NameError {
    pub(crate) position: usize,
    pub(crate) why: String,
}

/// The fields of objects of a kind, each with the kind whose names it holds.
fn fields_of<'r>(references: &'r [NameReference], gvk: &Gvk) -> Vec<(&'r Gvk, &'r FieldSpec)> {
    references
        .iter()
        .flat_map(|reference| reference.referrers.iter().map(|spec| (&reference.target, spec)))
        .filter(|(_, spec)| gvk.is_selected_by(&spec.gvk))
        .collect()
}

/// What is asked of all objects: names do not change while references are written.
struct Index {
    identities: Vec<Arc<Identity>>,
    /// The objects that once had a name, in order.
    by_previous_name: HashMap<SmolStr, Vec<usize>>,
    by_original_namespace: HashMap<SmolStr, Vec<usize>>,
    by_current_namespace: HashMap<SmolStr, Vec<usize>>,
}

impl Index {
    fn new(objects: &Objects, schema: &Schema) -> Self {
        let identities: Vec<Arc<Identity>> =
            objects.iter().map(|object| Arc::clone(object.identity(schema))).collect();
        let mut index = Self {
            identities: Vec::new(),
            by_previous_name: HashMap::new(),
            by_original_namespace: HashMap::new(),
            by_current_namespace: HashMap::new(),
        };
        for (position, identity) in identities.iter().enumerate() {
            let mut names: Vec<&SmolStr> = identity.previous.iter().map(|id| &id.name).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                index.by_previous_name.entry(name.clone()).or_default().push(position);
            }
            let namespaces = [
                (&mut index.by_original_namespace, identity.original()),
                (&mut index.by_current_namespace, &identity.current),
            ];
            for (map, id) in namespaces {
                map.entry(id.effective_namespace().into()).or_default().push(position);
            }
        }
        index.identities = identities;
        index
    }
}

/// The object whose fields are written.
struct Referrer {
    identity: Arc<Identity>,
    /// The namespaces of the ServiceAccounts of a RoleBinding, which it may refer to from its own.
    account_namespaces: Vec<SmolStr>,
    /// Group and kind of its `roleRef`.
    role: Option<Gvk>,
}

impl Referrer {
    fn new(root: &Node, identity: &Arc<Identity>) -> Why<Self> {
        // Upstream reads a written null in two ways, and then finds that they differ (confirmNodeMatchesReferrer).
        let is_written_null =
            |field: &str| root.get(field).is_some_and(|value| value.is_null() && !raw_text(value).is_empty());
        if let Some(field) = ["apiVersion", "kind"].into_iter().find(|field| is_written_null(field)) {
            return Err(format!("its `{field}` is null"));
        }
        // Nor does an empty group come out as it went in.
        if metadata::api_version(root).starts_with('/') {
            return Err("its `apiVersion` has no group before the `/`".to_owned());
        }
        let role = root.get("roleRef").and_then(|role| {
            let text = |field| role.get(field).map(|value| SmolStr::from(raw_text(value)));
            Some(Gvk { group: text("apiGroup")?, version: SmolStr::default(), kind: text("kind")? })
        });
        let is_binding = metadata::kind(root) == "RoleBinding" && !identity.current.cluster_scoped;
        let account_namespaces = if is_binding { account_namespaces(root)? } else { Vec::new() };
        Ok(Self { identity: Arc::clone(identity), account_namespaces, role })
    }

    /// Whether the object can be referred to at all (SubsetThatCouldBeReferencedByResource).
    fn can_see(&self, other: &Identity) -> bool {
        let (own, other) = (&self.identity.current, &other.current);
        own.cluster_scoped
            || other.cluster_scoped
            || own.effective_namespace() == other.effective_namespace()
            || self.account_namespaces.contains(&other.namespace)
    }

    /// The same, but for ServiceAccounts of the namespaces that the referrer names (sameCurrentNamespaceAsReferrer).
    fn has_namespace_of(&self, other: &Identity) -> bool {
        let (own, other) = (&self.identity.current, &other.current);
        own.cluster_scoped
            || other.cluster_scoped
            || other.gvk.kind == "ServiceAccount"
            || own.effective_namespace() == other.effective_namespace()
    }
}

fn account_namespaces(root: &Node) -> Why<Vec<SmolStr>> {
    let mut namespaces = Vec::new();
    for subject in root.get("subjects").map(Node::items).unwrap_or_default() {
        if subject.as_mapping().is_none() {
            return Err("one of its `subjects` is no mapping".to_owned());
        }
        let (Some(namespace), Some(kind)) = (subject.get("namespace"), subject.get("kind")) else { continue };
        let kind = kind.as_str().ok_or("the `kind` of one of its `subjects` is no text")?;
        if kind == "ServiceAccount" {
            let namespace =
                namespace.as_str().ok_or("the `namespace` of one of its `subjects` is no text")?;
            namespaces.push(namespace.into());
        }
    }
    Ok(namespaces)
}

/// One field to write below the node that a path leads to.
struct Change {
    trail: Trail,
    /// The field to set; none when the node itself is the name.
    field: Option<&'static str>,
    text: SmolStr,
}

struct Search<'s> {
    index: &'s Index,
    referrer: &'s Referrer,
    target: &'s Gvk,
    path: &'s str,
}

impl Search<'_> {
    /// What becomes of a node: a name, a mapping with a name, or a list of such.
    fn changes(&self, node: &Node) -> Why<Vec<Change>> {
        let mut changes = Vec::new();
        match &node.value {
            Value::Scalar(_) | Value::Mapping(_) => self.change(node, &[], &mut changes)?,
            Value::Sequence(items) => {
                for (position, item) in items.iter().enumerate() {
                    if item.as_sequence().is_some() {
                        return Err(format!("line {}: a list stands where a name has to be", item.mark.line));
                    }
                    self.change(item, &[position], &mut changes)?;
                }
            }
        }
        Ok(changes)
    }

    fn change(&self, node: &Node, trail: &[usize], changes: &mut Vec<Change>) -> Why<()> {
        match &node.value {
            Value::Mapping(_) => self.change_mapping(node, trail, changes),
            Value::Scalar(_) if !node.is_null() => {
                let old = raw_text(node);
                let candidates = self.candidates(old, None);
                if let Some(found) = self.select(candidates, |a, b| a.current.name == b.current.name)?
                    && found.current.name != old
                {
                    changes.push(Change {
                        trail: trail.to_vec(),
                        field: None,
                        text: found.current.name.clone(),
                    });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A mapping with `name`, and perhaps `namespace`, both of which are written.
    fn change_mapping(&self, node: &Node, trail: &[usize], changes: &mut Vec<Change>) -> Why<()> {
        let name = node.get("name").ok_or_else(|| {
            format!(
                "the field {} is configured to hold a name, and holds a mapping without `name`",
                self.path
            )
        })?;
        let old = raw_text(name);
        let candidates = self.candidates(old, node.get("namespace").map(raw_text));
        let same = |a: &Identity, b: &Identity| {
            a.current.name == b.current.name && a.current.namespace == b.current.namespace
        };
        let Some(found) = self.select(candidates, same)? else { return Ok(()) };
        let current = &found.current;
        if current.name == old && current.namespace.is_empty() {
            return Ok(());
        }
        let fields = [("name", &current.name), ("namespace", &current.namespace)];
        for (field, text) in fields.into_iter().filter(|(_, text)| !text.is_empty()) {
            changes.push(Change { trail: trail.to_vec(), field: Some(field), text: text.clone() });
        }
        Ok(())
    }

    /// The objects that once had the name, which the referrer may refer to. With a namespace, those that were in it at
    /// first, or else those that are in it now (filterMapCandidatesByNamespace).
    fn candidates(&self, old_name: &str, namespace: Option<&str>) -> Vec<&Identity> {
        let visible = |position: &usize| {
            self.index.identities.get(*position).is_some_and(|identity| self.referrer.can_see(identity))
        };
        let in_original = |map: &HashMap<SmolStr, Vec<usize>>, namespace: &str| {
            map.get(namespace).is_some_and(|positions| positions.iter().any(visible))
        };
        let by_original = namespace.is_some_and(|ns| in_original(&self.index.by_original_namespace, ns));
        let fits = |identity: &Identity| match namespace {
            None => true,
            Some(NO_NAMESPACE) => false,
            Some(namespace) if by_original => identity.original().effective_namespace() == namespace,
            Some(namespace) => identity.current.effective_namespace() == namespace,
        };
        let positions = self.index.by_previous_name.get(old_name).map(Vec::as_slice).unwrap_or_default();
        let seen = positions.iter().filter(|position| visible(position));
        let identities = seen.filter_map(|position| self.index.identities.get(*position).map(Arc::as_ref));
        identities.filter(|identity| fits(identity)).collect()
    }

    /// The one that is meant (selectReferral). Several that come to the same are one.
    fn select<'i>(
        &self,
        mut candidates: Vec<&'i Identity>,
        same: impl Fn(&Identity, &Identity) -> bool,
    ) -> Why<Option<&'i Identity>> {
        let was =
            |identity: &Identity, gvk: &Gvk| identity.previous.iter().any(|id| id.gvk.is_selected_by(gvk));
        candidates.retain(|identity| was(identity, self.target));
        if let Some(role) = self.referrer.role.as_ref().filter(|_| self.path.ends_with("roleRef/name")) {
            candidates.retain(|identity| was(identity, role));
        }
        candidates.retain(|identity| self.referrer.has_namespace_of(identity));
        if candidates.len() == 1 {
            return Ok(candidates.pop());
        }
        let own = &self.referrer.identity;
        candidates.retain(|identity| identity.has_affixes_of(own, true));
        if candidates.len() > 1 {
            candidates.retain(|identity| identity.has_affixes_of(own, false));
        }
        let Some((first, others)) = candidates.split_first() else { return Ok(None) };
        if others.iter().all(|other| same(first, other)) {
            return Ok(Some(first));
        }
        let names: Vec<String> = candidates.iter().map(|identity| identity.current.words()).collect();
        Err(format!("the name in {} may be any of {}", self.path, names.join(", ")))
    }
}

/// The namespace of what has none, which no reference can name.
const NO_NAMESPACE: &str = "_non_namespaceable_";

fn set_field(root: &mut Node, trail: &[usize], field: &str, text: &SmolStr) {
    let Some(parent) = at_mut(root, trail) else { return };
    let mark = parent.mark;
    let Some(mapping) = parent.as_mapping_mut() else { return };
    if let Some(old) = mapping.get_mut(field) {
        let scalar = scalar_over(Some(old), text.clone(), Tag::None);
        old.value = Value::Scalar(scalar);
    } else {
        let value = Value::Scalar(scalar_over(None, text.clone(), Tag::None));
        mapping.push(field, Node::from(value).at(mark));
    }
}
