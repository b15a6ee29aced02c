//! Runs a composition (crossplane, internal/controller/apiextensions/composite/composition_functions.go).

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Gap, GapReason, Side, TreePath};
use manifesto_yaml::{Mapping, Node};

use super::composite::composite_of_claim;
use super::definition::CompositeDefinition;
use super::marks::shifted;
use super::names::finished;
use super::state::State;
use super::{Composed, Composition, extra_resources, patch, template};

/// What a composite, or a claim of one, is made into by a composition. `xrd` is the definition of its kind, where it is
/// known; `extra` are the objects that steps may ask for.
pub fn compose(
    composite: &Object,
    composition: &Object,
    xrd: Option<&Object>,
    extra: &[Arc<Object>],
) -> Composition {
    let definition = xrd.and_then(CompositeDefinition::read);
    let root = shifted(&composite.root, composition.files.len());
    let mut root = match &definition {
        Some(definition) => definition.completed(&root, &composite.version),
        None => root,
    };
    if let Some(definition) = definition.as_ref().filter(|definition| definition.is_claim(&composite.id)) {
        root = composite_of_claim(composite, definition, &root);
    }
    let mut state = State {
        composition,
        composite: root,
        desired_composite: Node::mapping(Mapping::new()),
        desired: Vec::new(),
        context: Mapping::new(),
        is_environment_unknown: false,
        extra,
        gaps: Vec::new(),
    };
    run(&mut state);
    finish(state, composite)
}

/// The most steps that the API takes.
const STEPS_MAX: usize = 99;

fn run(state: &mut State<'_>) {
    let composition = state.composition;
    let spec = |key: &str| composition.at(&["spec", key]);
    if let Some(environment) = spec("environment").filter(|node| !node.is_null()) {
        environment_of(state, environment);
    }
    if spec("mode").and_then(Node::as_str) == Some("Pipeline") || spec("pipeline").is_some() {
        for step in spec("pipeline").map(Node::items).unwrap_or_default().iter().take(STEPS_MAX) {
            run_step(state, step);
        }
    } else {
        // The mode before functions has the input of function-patch-and-transform as its `spec`.
        let input = composition.root.get("spec").cloned().unwrap_or_else(Node::null);
        patch::run(state, &input);
    }
}

/// The functions that run here, by the names of their packages.
fn run_step(state: &mut State<'_>, step: &Node) {
    let function = step.path(&["functionRef", "name"]).and_then(Node::as_str).unwrap_or_default();
    let name = step.get("step").and_then(Node::as_str).unwrap_or_default();
    let nothing = Node::null();
    let input = step.get("input").unwrap_or(&nothing);
    let is = |package: &str| {
        // The name of an installed function is up to its owner; packages are mostly called after their organisation.
        function == package || function.strip_suffix(package).is_some_and(|owner| owner.ends_with('-'))
    };
    if is("function-auto-ready") {
        return;
    }
    if is("function-go-templating") {
        template::run(state, name, input);
    } else if is("function-patch-and-transform") {
        patch::run(state, input);
    } else if is("function-extra-resources") {
        extra_resources::run(state, input);
    } else {
        state.is_environment_unknown = true;
        let detail = format!("what the step `{name}` makes is known to `{function}` only");
        state.gap(GapReason::Plugin, step.mark, detail);
    }
}

/// The environment that Crossplane itself loaded until version 1.18.
fn environment_of(state: &mut State<'_>, environment: &Node) {
    if environment.get("environmentConfigs").is_some_and(|configs| !configs.items().is_empty()) {
        state.is_environment_unknown = true;
        let detail =
            "the environment is made of EnvironmentConfigs that Manifesto does not select".to_owned();
        state.gap(GapReason::UnknownValue, environment.mark, detail);
    }
    if let Some(data) = environment.get("defaultData").and_then(Node::as_mapping) {
        state.context.insert(super::state::ENVIRONMENT, Node::mapping(data.clone()));
    }
}

/// Gives the objects the names and labels that Crossplane gives them.
fn finish(mut state: State<'_>, composite: &Object) -> Composition {
    let files: Arc<[TreePath]> =
        state.composition.files.iter().chain(composite.files.iter()).cloned().collect();
    let via: Arc<[_]> =
        [composite.origin(Side::Head).place].into_iter().chain(composite.via.iter().cloned()).collect();
    let mut objects = Vec::new();
    for (name, root) in std::mem::take(&mut state.desired) {
        let mark = root.mark;
        let root = finished(&name, root, &state.composite);
        match Object::new(root, Arc::clone(&files), Arc::clone(&via)) {
            Ok(object) => objects.push(Composed { name, object: Arc::new(object) }),
            Err(why) => {
                state.gap(GapReason::BrokenFile, mark, format!("the composed resource `{name}`: {why}"));
            }
        }
    }
    let gaps: Vec<Gap> = state.gaps;
    Composition { objects, gaps }
}
