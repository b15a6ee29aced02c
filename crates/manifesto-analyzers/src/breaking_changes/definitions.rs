//! CustomResourceDefinitions that no longer take what they took.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_evidence::{Origin, Prose, Reason, Side, Weight};
use manifesto_gitops::Change;
use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node};

use super::Break;
use crate::surroundings::Surroundings;

/// So many fields or objects are named; the rest are counted.
const NAMED_MAX: usize = 4;

/// What custom resources of the cluster use of what goes, and what of it none of them does.
pub(super) fn broken(change: &Change, surroundings: &Surroundings<'_>) -> (Vec<Break>, Vec<Break>) {
    let (mut used, mut unused) = (Vec::new(), Vec::new());
    for object in change.objects.real() {
        let (Some(base), Some(head)) = (object.base.as_deref(), object.head.as_deref()) else { continue };
        let Some(component) = change.components.get(object.component) else { continue };
        if !head.id.is("apiextensions.k8s.io", "CustomResourceDefinition") {
            continue;
        }
        let resources = resources(head, surroundings.around(component, Side::Head));
        for narrowing in narrowings(base, head) {
            let users = resources.iter().filter(|resource| narrowing.concerns(resource));
            let users: Vec<&Arc<Object>> = users.copied().collect();
            let text = narrowing.text(head);
            let (weight, text, origin) = match users.first() {
                None => {
                    (Weight::Plain, text.words("; nothing that was read uses that"), narrowing.origin.clone())
                }
                Some(first) => {
                    let names = users.iter().map(|user| user.id.short()).collect::<Vec<String>>();
                    let text = text.words("; used by ").list(names, NAMED_MAX);
                    (Weight::Hazard, text, first.origin(Side::Head))
                }
            };
            let found =
                Break { reason: Reason { text, origin }, component: Some(component.name.clone()), weight };
            if users.is_empty() { &mut unused } else { &mut used }.push(found);
        }
    }
    (used, unused)
}

/// The objects of a cluster that a definition defines.
fn resources<'c>(definition: &Object, cluster: &'c Cluster) -> Vec<&'c Arc<Object>> {
    let text = |path: &[&str]| definition.at(path).and_then(Node::as_str).unwrap_or_default();
    cluster.of_kind(text(&["spec", "group"]), text(&["spec", "names", "kind"])).collect()
}

/// Something that a version of a definition no longer takes.
struct Narrowing {
    version: String,
    what: What,
    origin: Origin,
}

enum What {
    NotServed,
    /// The fields that it drops, or newly demands.
    Dropped(Vec<Vec<String>>),
    Demanded(Vec<Vec<String>>),
}

impl Narrowing {
    fn text(&self, definition: &Object) -> Prose {
        let short = definition.id.short();
        let list = |fields: &[Vec<String>]| -> Vec<String> {
            fields.iter().map(|field| field.join(".").replace(".[]", "[]")).collect()
        };
        match &self.what {
            What::NotServed => {
                Prose::from("serves ").code(&self.version).words(" of ").code(short).words(" no longer")
            }
            What::Dropped(fields) => {
                let text = Prose::from("drops fields of ").code(short).words(format!(" {}: ", self.version));
                text.list(list(fields), NAMED_MAX)
            }
            What::Demanded(fields) => {
                let text =
                    Prose::from("demands fields of ").code(short).words(format!(" {}: ", self.version));
                text.list(list(fields), NAMED_MAX)
            }
        }
    }

    /// Whether an object uses what goes.
    fn concerns(&self, object: &Object) -> bool {
        match &self.what {
            What::NotServed => object.version == self.version,
            What::Dropped(fields) => fields.iter().any(|field| has(&object.root, field)),
            What::Demanded(fields) => fields.iter().any(|field| lacks(&object.root, field)),
        }
    }
}

/// Whether a field is there, anywhere in the lists on the way.
fn has(node: &Node, path: &[String]) -> bool {
    match path.split_first() {
        None => true,
        Some((key, rest)) => steps(node, key).into_iter().any(|node| has(node, rest)),
    }
}

/// Whether what should hold a field is there and does not.
fn lacks(node: &Node, path: &[String]) -> bool {
    match path.split_first() {
        None => false,
        Some((key, [])) => node.as_mapping().is_some() && node.get(key).is_none(),
        Some((key, rest)) => steps(node, key).into_iter().any(|node| lacks(node, rest)),
    }
}

fn steps<'n>(node: &'n Node, key: &str) -> Vec<&'n Node> {
    match key {
        "[]" => node.items().iter().collect(),
        "*" => node.entries().iter().map(|entry| &entry.value).collect(),
        _ => node.get(key).into_iter().collect(),
    }
}

/// The versions that are served, by name.
fn served(definition: &Object) -> BTreeMap<String, &Node> {
    let versions = definition.at(&["spec", "versions"]).map(Node::items).unwrap_or_default();
    versions
        .iter()
        .filter(|version| version.get("served").and_then(Node::as_bool) == Some(true))
        .filter_map(|version| Some((version.get("name")?.as_str()?.to_owned(), version)))
        .collect()
}

fn narrowings(base: &Object, head: &Object) -> Vec<Narrowing> {
    let (before, after) = (served(base), served(head));
    let mut narrowings = Vec::new();
    for (version, old) in before {
        let Some(new) = after.get(&version) else {
            let origin = base.origin_at(Side::Base, old.mark);
            narrowings.push(Narrowing { version, what: What::NotServed, origin });
            continue;
        };
        let mut fields = Fields::default();
        let schema = |version: &Node| version.path(&["schema", "openAPIV3Schema"]).cloned();
        if let (Some(old), Some(new)) = (schema(old), schema(new)) {
            fields.compare(&old, &new, 0);
        }
        let mut add = |fields: Vec<(Vec<String>, Mark)>, what: fn(Vec<Vec<String>>) -> What| {
            let Some((_, mark)) = fields.first() else { return };
            let origin = head.origin_at(Side::Head, *mark);
            let what = what(fields.into_iter().map(|(field, _)| field).collect());
            narrowings.push(Narrowing { version: version.clone(), what, origin });
        };
        add(fields.dropped, What::Dropped);
        add(fields.demanded, What::Demanded);
    }
    narrowings
}

/// The fields that two schemas of one version differ in, to the loss of those who use them.
#[derive(Default)]
struct Fields {
    way: Vec<String>,
    dropped: Vec<(Vec<String>, Mark)>,
    demanded: Vec<(Vec<String>, Mark)>,
}

/// Schemas are trees of limited depth; one that is deeper than this is hostile.
const DEPTH_MAX: usize = 64;

impl Fields {
    fn compare(&mut self, old: &Node, new: &Node, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let keeps_unknown =
            new.get("x-kubernetes-preserve-unknown-fields").and_then(Node::as_bool) == Some(true);
        let demanded = |schema: &Node| -> Vec<String> {
            let list = schema.get("required").map(Node::items).unwrap_or_default();
            list.iter().filter_map(Node::as_str).map(str::to_owned).collect()
        };
        let before = demanded(old);
        let properties = |schema: &Node| schema.get("properties").cloned();
        for name in demanded(new) {
            let has_default = new.path(&["properties", &name, "default"]).is_some();
            if !before.contains(&name) && !has_default {
                self.demanded.push((self.path(&name), new.mark));
            }
        }
        if let (Some(before), after) = (properties(old), properties(new)) {
            for entry in before.entries() {
                let Some(name) = entry.key.text() else { continue };
                match after.as_ref().and_then(|after| after.get(name)) {
                    Some(field) => {
                        self.way.push(name.to_owned());
                        self.compare(&entry.value, field, depth + 1);
                        self.way.pop();
                    }
                    None if !keeps_unknown => self.dropped.push((self.path(name), new.mark)),
                    None => {}
                }
            }
        }
        for (key, word) in [("items", "[]"), ("additionalProperties", "*")] {
            if let (Some(before), Some(after)) = (old.get(key), new.get(key)) {
                self.way.push(word.to_owned());
                self.compare(before, after, depth + 1);
                self.way.pop();
            }
        }
    }

    fn path(&self, last: &str) -> Vec<String> {
        self.way.iter().cloned().chain([last.to_owned()]).collect()
    }
}
