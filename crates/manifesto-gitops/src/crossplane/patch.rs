//! function-patch-and-transform: objects from templates, with fields of the composite
//! (crossplane-contrib/function-patch-and-transform, fn.go and patches.go).

use manifesto_tree::GapReason;
use manifesto_yaml::{Mark, Node};

use super::field_path::{self, Segment};
use super::go_value::sprintf;
use super::merge::{Merge, merged};
use super::state::{ENVIRONMENT, State};
use super::transform;
use super::unknown::unknown;

/// Why a patch is not applied.
#[derive(Debug, PartialEq, Eq)]
enum Stop {
    /// A field that it reads is not there.
    NotFound(String),
    Refused(String),
}

impl From<String> for Stop {
    fn from(why: String) -> Self {
        Self::Refused(why)
    }
}

/// Where a patch reads and writes, of what a composition can reach before anything was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Composite,
    Environment,
}

/// Runs the step. What upstream refuses ends the step; what was wanted before stays.
pub(super) fn run(state: &mut State<'_>, input: &Node) {
    let sets = list(input, "patchSets");
    for patch in input.path(&["environment", "patches"]).map(Node::items).unwrap_or_default() {
        if let Err(why) = environment_patch(state, patch) {
            state.gap(GapReason::BrokenFile, patch.mark, format!("the patch of the environment: {why}"));
            return;
        }
    }
    for (at, template) in list(input, "resources").iter().enumerate() {
        // Names were optional before functions.
        let name = template
            .get("name")
            .and_then(Node::as_str)
            .map_or_else(|| format!("resource-{at}"), str::to_owned);
        match resource(state, sets, &name, template) {
            Ok(Some(node)) => state.want(&name, node),
            Ok(None) => {}
            Err((mark, why)) => {
                let detail = format!("the composed resource `{name}` cannot be rendered: {why}");
                state.gap(GapReason::BrokenFile, mark, detail);
                return;
            }
        }
    }
}

fn list<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map(Node::items).unwrap_or_default()
}

/// A resource with its patches; none when a field that it needs is not there yet.
fn resource(
    state: &mut State<'_>,
    sets: &[Node],
    name: &str,
    template: &Node,
) -> Result<Option<Node>, (Mark, String)> {
    let mut node = match template.get("base").filter(|base| !base.is_null()) {
        Some(base) => base.clone(),
        None => state
            .desired(name)
            .cloned()
            .ok_or_else(|| (template.mark, "it has no base, and no step before made it".to_owned()))?,
    };
    for patch in resolved(sets, list(template, "patches"))? {
        let Some(source) = source(patch) else { continue };
        match apply(state, patch, source, &mut node) {
            Err(Stop::NotFound(path)) if is_required(patch) => {
                let detail = format!("`{name}` waits for `{path}`, which nothing in the repository sets");
                state.gap(GapReason::Unsupported, patch.mark, detail);
                return Ok(None);
            }
            Ok(()) | Err(Stop::NotFound(_)) => {}
            Err(Stop::Refused(why)) => return Err((patch.mark, why)),
        }
    }
    Ok(Some(node))
}

/// The patches with those of patch sets in their places.
fn resolved<'n>(sets: &'n [Node], patches: &'n [Node]) -> Result<Vec<&'n Node>, (Mark, String)> {
    let mut all = Vec::new();
    for patch in patches {
        if kind(patch) != "PatchSet" {
            all.push(patch);
            continue;
        }
        let name = patch.get("patchSetName").and_then(Node::as_str).unwrap_or_default();
        let set = sets.iter().find(|set| set.get("name").and_then(Node::as_str) == Some(name));
        let set = set.ok_or_else(|| (patch.mark, format!("there is no patch set `{name}`")))?;
        let own = list(set, "patches");
        if own.iter().any(|patch| kind(patch) == "PatchSet") {
            return Err((set.mark, "a patch set names a patch set".to_owned()));
        }
        all.extend(own);
    }
    Ok(all)
}

fn kind(patch: &Node) -> &str {
    patch.get("type").and_then(Node::as_str).unwrap_or("FromCompositeFieldPath")
}

/// What a patch to a composed object reads; none for patches that read observed objects, of which there are none.
fn source(patch: &Node) -> Option<Source> {
    match kind(patch) {
        "FromCompositeFieldPath" | "CombineFromComposite" => Some(Source::Composite),
        "FromEnvironmentFieldPath" | "CombineFromEnvironment" => Some(Source::Environment),
        _ => None,
    }
}

fn is_required(patch: &Node) -> bool {
    patch.path(&["policy", "fromFieldPath"]).and_then(Node::as_str) == Some("Required")
}

fn apply(state: &State<'_>, patch: &Node, source: Source, to: &mut Node) -> Result<(), Stop> {
    let environment;
    let from = match source {
        Source::Composite => &state.composite,
        Source::Environment => {
            environment = state.environment();
            &environment
        }
    };
    let is_unknown = source == Source::Environment && state.is_environment_unknown;
    patched(patch, from, is_unknown, to)
}

/// Patches from the composite to the environment, or from there to the wanted composite.
fn environment_patch(state: &mut State<'_>, patch: &Node) -> Result<(), String> {
    let mut environment = state.environment();
    let applied = match kind(patch) {
        "FromCompositeFieldPath" | "ToEnvironmentFieldPath" | "CombineFromComposite" => {
            patched(patch, &state.composite, false, &mut environment)
        }
        "ToCompositeFieldPath" | "FromEnvironmentFieldPath" | "CombineToComposite" => {
            patched(patch, &environment, state.is_environment_unknown, &mut state.desired_composite)
        }
        _ => Ok(()),
    };
    state.context.insert(ENVIRONMENT, environment);
    match applied {
        Err(Stop::NotFound(path)) if is_required(patch) => Err(format!("`{path}` is not there")),
        Err(Stop::Refused(why)) => Err(why),
        Ok(()) | Err(Stop::NotFound(_)) => Ok(()),
    }
}

fn patched(patch: &Node, from: &Node, is_unknown: bool, to: &mut Node) -> Result<(), Stop> {
    let text = |key: &str| patch.get(key).and_then(Node::as_str).filter(|text| !text.is_empty());
    let path = text("toFieldPath").or(text("fromFieldPath"));
    let path = path.ok_or_else(|| "a patch has no field path".to_owned())?;
    let to_path = field_path::parse(path)?;
    let value = match read(patch, from) {
        Err(Stop::NotFound(path)) if is_unknown => {
            Node::string(unknown(&format!("environment-{path}"))).at(patch.mark)
        }
        Err(stop) => return Err(stop),
        Ok(value) => {
            let mark = value.mark;
            let transforms = list(patch, "transforms").iter();
            transforms.into_iter().try_fold(value, |value, how| transform::resolve(&value, how))?.at(mark)
        }
    };
    if !to_path.contains(&Segment::Every) {
        return Ok(set(patch, to, &to_path, value)?);
    }
    let paths = field_path::expand(to, &to_path);
    if paths.is_empty() {
        return Err(Stop::Refused(format!("`{path}` stands for no field")));
    }
    Ok(paths.iter().try_for_each(|path| set(patch, to, path, value.clone()))?)
}

/// The value that a patch reads, or what it combines several into.
fn read(patch: &Node, from: &Node) -> Result<Node, Stop> {
    if !kind(patch).starts_with("Combine") {
        return value_at(patch, from);
    }
    let combine = patch.get("combine").ok_or_else(|| "a patch combines nothing".to_owned())?;
    let variables: Result<Vec<Node>, Stop> =
        list(combine, "variables").iter().map(|variable| value_at(variable, from)).collect();
    let variables = variables?;
    if combine.get("strategy").and_then(Node::as_str) != Some("string") {
        return Err(Stop::Refused("a patch combines in a way that is not known".to_owned()));
    }
    let format = combine.path(&["string", "fmt"]).and_then(Node::as_str).unwrap_or_default();
    Ok(Node::string(sprintf(format, &variables)?).at(combine.mark))
}

fn value_at(node: &Node, from: &Node) -> Result<Node, Stop> {
    let path = node.get("fromFieldPath").and_then(Node::as_str).unwrap_or_default();
    if path.is_empty() {
        return Err(Stop::Refused("a patch has no `fromFieldPath`".to_owned()));
    }
    let found = field_path::lookup(from, &field_path::parse(path)?)?;
    found.cloned().ok_or_else(|| Stop::NotFound(path.to_owned()))
}

fn set(patch: &Node, to: &mut Node, path: &[Segment], value: Node) -> Result<(), String> {
    let mark = if value.mark.line > 0 { value.mark } else { patch.mark };
    let value = match (merge(patch)?, field_path::get(to, path)) {
        (Some(how), Some(below)) => merged(below, &value, how),
        _ => value,
    };
    field_path::set(to, path, value.at(mark), mark)
}

/// What `policy.toFieldPath` asks for, or `policy.mergeOptions` before functions; none replaces what is there.
fn merge(patch: &Node) -> Result<Option<Merge>, String> {
    let Some(policy) = patch.get("policy").and_then(Node::as_mapping) else { return Ok(None) };
    if let Some(options) = policy.get("mergeOptions").filter(|options| !options.is_null()) {
        let is_on = |key: &str| options.get(key).and_then(Node::as_bool).unwrap_or(false);
        return Ok(Some(Merge { keeps: is_on("keepMapValues"), appends: is_on("appendSlice") }));
    }
    let merge = |keeps, appends| Ok(Some(Merge { keeps, appends }));
    match policy.get("toFieldPath").and_then(Node::as_str) {
        None | Some("Replace") => Ok(None),
        Some("MergeObjects" | "MergeObject") => merge(true, false),
        Some("MergeObjectsAppendArrays") => merge(true, true),
        Some("ForceMergeObjects") => merge(false, false),
        Some("ForceMergeObjectsAppendArrays" | "AppendArray") => merge(false, true),
        Some(other) => Err(format!("the policy `{other}` is not known")),
    }
}

/// One patch, as a test asks for it.
#[cfg(test)]
pub(super) fn patch_for_test(patch: &Node, from: &Node, to: &mut Node) -> Result<(), String> {
    patched(patch, from, false, to).map_err(|stop| match stop {
        Stop::NotFound(path) => format!("{path}: no such field"),
        Stop::Refused(why) => why,
    })
}
