//! function-go-templating: objects from Go templates (crossplane-contrib/function-go-templating, fn.go and template.go).

use std::sync::Arc;

use manifesto_gotmpl::{Executor, Library, Limits, Map, MapKind, MissingKey, Str, Value};
use manifesto_tree::GapReason;
use manifesto_yaml::{Dialect, Mapping, Mark, Node, parse};

use super::extra_resources::Request;
use super::go_value::go_value;
use super::merge::{Merge, merged};
use super::state::State;
use super::template_functions::{Host, functions};
use super::template_lines::located;
use crate::flux::delimiters::with_braces;

/// The annotation with the name of an object in the composition.
const RESOURCE_NAME: &str = "gotemplating.fn.crossplane.io/composition-resource-name";
const READY: &str = "gotemplating.fn.crossplane.io/ready";
const META: &str = "meta.gotemplating.fn.crossplane.io/v1alpha1";

/// The name that upstream gives to its template, for errors.
const NAME: &str = "manifests";

/// So often Crossplane runs a function that asks for more (`MaxRequirementsIterations`).
const RUNS_MAX: usize = 5;

/// What a template may cost. A pipeline has at most 99 steps.
fn limits() -> Limits {
    Limits { steps: 2_000_000, output_bytes: 4 << 20, source_bytes: 4 << 20, ..Limits::default() }
}

/// Why a step ends without a result.
struct Stop {
    reason: GapReason,
    mark: Mark,
    why: String,
}

/// Runs the step named `step`. Upstream ends the whole pipeline where a step fails; here the others run, as what is not
/// known in one may be why.
pub(super) fn run(state: &mut State<'_>, step: &str, input: &Node) {
    let source = match source(input) {
        Ok(source) => source,
        Err(stop) => {
            return state.gap(stop.reason, stop.mark, format!("the step `{step}`: {}", stop.why));
        }
    };
    let mut extra = Mapping::new();
    for _ in 0..RUNS_MAX {
        match run_once(state, step, input, &source, &extra) {
            Ok(requests) => {
                let before = extra.len();
                for (name, request, node) in requests {
                    if extra.get(&name).is_none() {
                        let items = request.find(state, &node, 1);
                        let found: Mapping = [("items", Node::sequence(items))].into_iter().collect();
                        extra.insert(name, Node::mapping(found));
                    }
                }
                if extra.len() == before {
                    return;
                }
            }
            Err(stop) => {
                return state.gap(stop.reason, stop.mark, format!("the step `{step}` fails: {}", stop.why));
            }
        }
    }
}

/// The text of the template, and where it is written.
struct Source {
    text: String,
    /// The one text that it is, to tell its lines; none where it is several.
    node: Option<Node>,
    mark: Mark,
}

fn source(input: &Node) -> Result<Source, Stop> {
    let stop = |reason, why: &str| Err(Stop { reason, mark: input.mark, why: why.to_owned() });
    match input.get("source").and_then(Node::as_str) {
        Some("Inline") => {}
        Some("FileSystem") => return stop(GapReason::Plugin, "its templates are files of the function"),
        Some("Environment") => return stop(GapReason::UnknownValue, "its template is in the environment"),
        _ => return stop(GapReason::BrokenFile, "source is required"),
    }
    let template =
        input.path(&["inline", "template"]).filter(|node| node.text().is_some_and(|text| !text.is_empty()));
    if let Some(node) = template {
        return Ok(Source {
            text: node.text().unwrap_or_default().to_owned(),
            node: Some(node.clone()),
            mark: node.mark,
        });
    }
    let templates = input.path(&["inline", "templates"]).map(Node::items).unwrap_or_default();
    let Some(first) = templates.first() else {
        return stop(GapReason::BrokenFile, "inline.template or inline.templates should be provided");
    };
    let texts: Vec<&str> = templates.iter().filter_map(Node::text).collect();
    Ok(Source { text: texts.join("\n---\n"), node: None, mark: first.mark })
}

/// What a run asks for: the name, the request, and where it is written.
type Requests = Vec<(String, Request, Node)>;

fn run_once(
    state: &mut State<'_>,
    step: &str,
    input: &Node,
    source: &Source,
    extra: &Mapping,
) -> Result<Requests, Stop> {
    let stop = |why: String| Stop { reason: GapReason::BrokenFile, mark: source.mark, why };
    let (text, asked) = execute(state, input, source, extra).map_err(stop)?;
    for what in asked {
        let detail = format!("the step `{step}` depends on {what}, which only the cluster knows");
        state.gap(GapReason::Unsupported, source.mark, detail);
    }
    let parsed = parse(text.as_bytes(), Dialect::SigsV2, &manifesto_yaml::Limits::default());
    if let Some(error) = parsed.error {
        return Err(stop(format!("cannot decode manifest: {error}")));
    }
    let lines = source.node.as_ref().map(|node| (node, source.text.as_str()));
    let mut requests = Vec::new();
    for document in parsed.documents.into_iter().filter(|document| !document.root.is_null()) {
        let root = located(&document.root, &text, lines, source.mark);
        take(state, root, &mut requests).map_err(stop)?;
    }
    Ok(requests)
}

/// The filled template, and what it asked the cluster for.
fn execute(
    state: &State<'_>,
    input: &Node,
    source: &Source,
    extra: &Mapping,
) -> Result<(String, Vec<String>), String> {
    let delimiter = |key: &str| input.path(&["delims", key]).and_then(Node::as_str);
    let text = match (delimiter("left"), delimiter("right")) {
        (Some(left), Some(right)) => with_braces(&source.text, left, right),
        _ => source.text.clone(),
    };
    let mut library = Library::new(NAME, Arc::clone(functions()));
    let unit = library.parse(NAME, text.as_bytes(), &limits()).map_err(|error| error.to_string())?;
    library.add(&unit);
    let mut missing = MissingKey::Invalid;
    for option in input.get("options").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str) {
        missing = match option {
            "missingkey=error" => MissingKey::Error,
            "missingkey=zero" => MissingKey::Zero,
            "missingkey=default" | "missingkey=invalid" => MissingKey::Invalid,
            _ => return Err(format!("unrecognized option: {option}")),
        };
    }
    let mut host = Host::default();
    if source.text.contains("observed.resources") {
        host.asked.insert("objects that it composed before".to_owned());
    }
    let mut executor = Executor::new(Arc::new(library), missing, limits(), &mut host);
    let filled = executor.execute(NAME.as_bytes(), request(state, input, extra));
    drop(executor);
    let filled = filled.map_err(|error| error.to_string())?.to_text().into_owned();
    Ok((filled, host.asked.into_iter().collect()))
}

/// The request as a template sees it: what is empty is left out, as protobuf's JSON does.
fn request(state: &State<'_>, input: &Node, extra: &Mapping) -> Value {
    let map = |entries: Vec<(&str, Value)>| {
        Value::Map(Map::new(
            MapKind::Any,
            entries.into_iter().map(|(key, value)| (Str::from(key), value)).collect(),
        ))
    };
    let resource = |node: &Node| map(vec![("resource", go_value(node))]);
    let mut desired = Vec::new();
    if !state.desired_composite.entries().is_empty() {
        desired.push(("composite", resource(&state.desired_composite)));
    }
    if !state.desired.is_empty() {
        let resources = state.desired.iter().map(|(name, node)| (name.as_str(), resource(node))).collect();
        desired.push(("resources", map(resources)));
    }
    let mut fields = vec![
        ("meta", map(Vec::new())),
        ("observed", map(vec![("composite", resource(&state.composite))])),
        ("desired", map(desired)),
        ("input", go_value(input)),
        ("context", go_value(&Node::mapping(state.context.clone()))),
    ];
    if !extra.is_empty() {
        let extra = go_value(&Node::mapping(extra.clone()));
        fields.push(("requiredResources", extra.clone()));
        fields.push(("extraResources", extra));
    }
    map(fields)
}

/// Takes one object of the filled template.
fn take(state: &mut State<'_>, mut root: Node, requests: &mut Requests) -> Result<(), String> {
    let text = |key: &str| root.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let annotations = root.path(&["metadata", "annotations"]).map(Node::entries).unwrap_or_default();
    if annotations.iter().any(|entry| entry.value.as_str().is_none()) {
        return Err(format!("invalid annotations in {kind}: an annotation is no text"));
    }
    let name =
        root.path(&["metadata", "annotations", RESOURCE_NAME]).and_then(Node::as_str).map(str::to_owned);
    if api_version == META {
        return take_meta(state, &kind, &root, requests);
    }
    let is_composite =
        |key: &str, value: &str| state.composite.get(key).and_then(Node::as_str) == Some(value);
    let Some(name) = name else {
        if is_composite("apiVersion", &api_version) && is_composite("kind", &kind) {
            take_status(state, &root);
            return Ok(());
        }
        return Err(format!("\"{kind}\" template is missing required \"{RESOURCE_NAME}\" annotation"));
    };
    if let Some(metadata) = root.get_mut("metadata").and_then(Node::as_mapping_mut) {
        let annotations = metadata.get_mut("annotations").and_then(Node::as_mapping_mut);
        if let Some(annotations) = annotations {
            annotations.remove(RESOURCE_NAME);
            annotations.remove(READY);
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
    }
    state.want(&name, root);
    Ok(())
}

/// The status that the composite is to have.
fn take_status(state: &mut State<'_>, root: &Node) {
    let Some(status) = root.get("status") else { return };
    let Some(desired) = state.desired_composite.as_mapping_mut() else { return };
    let nothing = Node::mapping(Mapping::new());
    let status = merged(desired.get("status").unwrap_or(&nothing), status, Merge::default());
    desired.insert("status", status);
}

/// What is no object, but said to Crossplane.
fn take_meta(state: &mut State<'_>, kind: &str, root: &Node, requests: &mut Requests) -> Result<(), String> {
    match kind {
        "CompositeConnectionDetails" | "ClaimConditions" => Ok(()),
        "Context" => {
            if let Some(data) = root.get("data") {
                let context = Node::mapping(std::mem::take(&mut state.context));
                let context = merged(&context, data, Merge::default());
                state.context = context.as_mapping().cloned().unwrap_or_default();
            }
            Ok(())
        }
        "ExtraResources" => {
            for (name, node) in
                root.get("requirements").and_then(Node::as_mapping).into_iter().flat_map(Mapping::iter)
            {
                requests.push((name.to_owned(), requirement(node), node.clone()));
            }
            Ok(())
        }
        _ => Err(format!("invalid kind \"{kind}\" for apiVersion \"{META}\"")),
    }
}

fn requirement(node: &Node) -> Request {
    let text = |key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let labels = node.get("matchLabels").map(Node::entries).unwrap_or_default().iter();
    Request {
        api_version: text("apiVersion").unwrap_or_default(),
        kind: text("kind").unwrap_or_default(),
        namespace: text("namespace").filter(|namespace| !namespace.is_empty()),
        name: text("matchName"),
        labels: labels
            .filter_map(|label| Some((label.key.text()?.to_owned(), label.value.text()?.to_owned())))
            .collect(),
    }
}
