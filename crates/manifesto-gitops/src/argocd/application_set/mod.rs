//! ApplicationSets: the Applications that they generate.
//!
//! Upstream: argo-cd v3, applicationset/controllers/template/template.go.

mod generators;
mod params;
mod patch;
mod template;

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Gap, Side, Tree};
use manifesto_yaml::{Dialect, Limits, Mapping, Node, parse};

use crate::deployment::SetPolicy;
use crate::inventory::Inventory;
use crate::parsed_files::ParsedFiles;
use generators::{Generators, Trouble};
use params::Element;
use template::Filler;

pub(crate) use template::sanitized;

/// An Application that an ApplicationSet generates.
#[derive(Debug, Clone)]
pub(crate) struct GeneratedApplication {
    pub(crate) object: Object,
    /// By what the repository tells its cluster from others, where the cluster's name is not known.
    pub(crate) cluster_hint: Option<String>,
}

/// What an ApplicationSet generates.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    pub(crate) applications: Vec<GeneratedApplication>,
    pub(crate) gaps: Vec<Gap>,
}

/// Generates the Applications of an ApplicationSet.
pub(crate) fn expand(files: &ParsedFiles, tree: &Tree, inventory: &Inventory, set: &Object) -> Expansion {
    let nothing = Node::null();
    let spec = set.at(&["spec"]).unwrap_or(&nothing);
    let filler = Filler::of(spec);
    let template = spec.get("template").and_then(Node::as_mapping).cloned().unwrap_or_default();
    let mut generators = Generators { files, tree, inventory, filler, troubles: Vec::new() };
    let mut expansion = Expansion::default();
    let patch = spec.get("templatePatch").and_then(Node::as_str);
    for generator in spec.get("generators").map(Node::items).unwrap_or_default() {
        for generated in generators.transform(generator, &template, None, 0) {
            for element in &generated.elements {
                match application(set, filler, &generated.template, patch, element) {
                    Ok(application) => expansion.applications.push(application),
                    Err(why) => {
                        let detail = format!("its template cannot be filled: {why}");
                        let reason = manifesto_tree::GapReason::BrokenFile;
                        generators.troubles.push(Trouble { reason, detail, mark: generator.mark });
                    }
                }
            }
        }
    }
    for trouble in generators.troubles {
        let place = set.origin_at(Side::Head, trouble.mark).place;
        let gap = Gap::new(trouble.reason, format!("{}: {}", set.id.short(), trouble.detail)).at(place);
        if !expansion.gaps.contains(&gap) {
            expansion.gaps.push(gap);
        }
    }
    expansion
}

fn application(
    set: &Object,
    filler: Filler,
    template: &Mapping,
    patch: Option<&str>,
    element: &Element,
) -> Result<GeneratedApplication, String> {
    let template = Node::mapping(template.clone());
    // Argo CD leaves the template as it is when there is nothing to fill it with.
    let is_bare = element.params.is_empty();
    let filled = if is_bare { template } else { filler.node(&template, &element.params)? };
    let mut root = with_type(&filled);
    add_finalizer(set, &mut root);
    if let Some(patch) = patch {
        let text = filler.text(patch, &element.params)?;
        let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
        if let Some(error) = &parsed.error {
            return Err(format!("templatePatch is no YAML: {}", error.problem));
        }
        if let Some(document) = parsed.documents.first().filter(|document| !document.root.is_null()) {
            let mark = set.at(&["spec", "templatePatch"]).map(|node| node.mark).unwrap_or_default();
            root = patch::patched(&root, &document.root.all_at(mark));
        }
    }
    if let Some(metadata) = root.get_mut("metadata").and_then(Node::as_mapping_mut) {
        metadata.remove("namespace");
        if !set.id.namespace.is_empty() {
            metadata.insert("namespace", Node::string(set.id.namespace.as_str()));
        }
    }
    let via = std::iter::once(set.origin(Side::Head).place).chain(set.via.iter().cloned()).collect();
    let object = Object::new(root, Arc::clone(&set.files), via).map_err(|why| why.to_string())?;
    Ok(GeneratedApplication { object, cluster_hint: element.hint.clone() })
}

/// What a set does with the Applications that it has made.
pub(crate) fn policy(set: &Object) -> SetPolicy {
    let text = |path: &[&str]| set.at(path).and_then(Node::as_str);
    let sync = text(&["spec", "syncPolicy", "applicationsSync"]);
    let items = |path: &[&str]| set.at(path).map(Node::items).unwrap_or_default();
    let lists = ["jsonPointers", "jqPathExpressions"];
    let ignored = items(&["spec", "ignoreApplicationDifferences"]).iter().flat_map(|entry| {
        lists.iter().filter_map(|key| entry.get(key)).flat_map(Node::items).filter_map(Node::as_str)
    });
    let is_rolling = text(&["spec", "strategy", "type"]) == Some("RollingSync");
    SetPolicy {
        updates: !matches!(sync, Some("create-only" | "create-delete")),
        deletes: !matches!(sync, Some("create-only" | "create-update")),
        ignored: ignored.map(str::to_owned).collect(),
        steps: is_rolling.then(|| items(&["spec", "strategy", "rollingSync", "steps"]).len()),
        place: set.origin(Side::Head).place,
    }
}

/// A generated Application takes its objects along when it goes, unless the set says otherwise or the template has
/// finalizers of its own (argo-cd 3.2, applicationset/utils/utils.go, `RenderTemplateParams`).
fn add_finalizer(set: &Object, root: &mut Node) {
    let keeps = set.at(&["spec", "syncPolicy", "preserveResourcesOnDeletion"]).and_then(Node::as_bool);
    let has_own = root.path(&["metadata", "finalizers"]).is_some_and(|own| !own.items().is_empty());
    if keeps == Some(true) || has_own {
        return;
    }
    if let Some(metadata) = root.get_mut("metadata").and_then(Node::as_mapping_mut) {
        let name = Node::string("resources-finalizer.argocd.argoproj.io");
        metadata.insert("finalizers", Node::sequence([name]));
    }
}

fn with_type(template: &Node) -> Node {
    let mut root = Mapping::new();
    root.insert("apiVersion", Node::string("argoproj.io/v1alpha1"));
    root.insert("kind", Node::string("Application"));
    for key in ["metadata", "spec"] {
        root.insert(key, template.get(key).cloned().unwrap_or_else(|| Node::mapping(Mapping::new())));
    }
    Node::mapping(root).at(template.path(&["metadata"]).map(|node| node.mark).unwrap_or_default())
}
