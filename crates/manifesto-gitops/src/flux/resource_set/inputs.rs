//! What templates are filled with.

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, GapReason};
use manifesto_yaml::{Mapping, Node};

use super::ResourceSet;
use crate::flux::{Built, Find};

/// The sets of inputs in order: those of the ResourceSet, then those of its providers by name.
pub(super) fn inputs(set: &ResourceSet, find: &Find<'_>, built: &mut Built) -> Vec<Node> {
    let own = set.written.items(&["inputs"]);
    let mut inputs: Vec<Node> = own.iter().map(|input| provided(input, set.object())).collect();
    let providers = set.written.items(&["inputsFrom"]);
    let strategy = set.written.text(&["inputStrategy", "name"]).unwrap_or_default();
    if strategy == "Permute" {
        let detail = "inputs that are permuted are not filled in by Manifesto";
        let place = set.written.place_at(&["inputStrategy"]);
        built.gaps.push(Gap::new(GapReason::Unsupported, detail).at(place));
        return inputs;
    }
    let mut names = Vec::new();
    for provider in providers {
        if let Some(name) = provider.get("name").and_then(Node::text) {
            names.push((name.to_owned(), provider));
        } else {
            let detail = "which providers of inputs a selector finds is not known";
            built.gaps.push(Gap::new(GapReason::Unsupported, detail).at(set.written.place_of(provider)));
        }
    }
    names.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, provider) in names {
        if let Some(input) = static_inputs(set, &name, find, built) {
            inputs.push(input);
        } else {
            let detail = format!("the inputs of the provider `{name}` are known to the cluster only");
            built.gaps.push(Gap::new(GapReason::Unsupported, detail).at(set.written.place_of(provider)));
        }
    }
    inputs
}

/// The inputs of a provider that asks nobody: its `defaultValues`, once.
fn static_inputs(set: &ResourceSet, name: &str, find: &Find<'_>, built: &mut Built) -> Option<Node> {
    let id = ObjectId {
        group: "fluxcd.controlplane.io".to_owned(),
        kind: "ResourceSetInputProvider".to_owned(),
        namespace: set.id.namespace.clone(),
        name: name.to_owned(),
    };
    let found = find(&id);
    built.asked.insert(id);
    let provider = found?;
    if provider.at(&["spec", "type"]).and_then(Node::as_str) != Some("Static") {
        return None;
    }
    let values = provider.at(&["spec", "defaultValues"]).cloned();
    Some(provided(&values.unwrap_or_else(|| Node::mapping(Mapping::new())), &provider))
}

/// A set of inputs with the name of who provides it.
fn provided(input: &Node, provider: &Object) -> Node {
    let mut input = input.clone();
    let api_version = provider.root.get("apiVersion").cloned().unwrap_or_else(Node::null);
    let id = &provider.id;
    let mut by = Mapping::new();
    by.insert("apiVersion", api_version);
    for (key, value) in [("kind", &id.kind), ("name", &id.name), ("namespace", &id.namespace)] {
        by.insert(key, Node::string(value.as_str()));
    }
    if let Some(mapping) = input.as_mapping_mut() {
        mapping.insert("provider", Node::mapping(by));
    }
    input
}
