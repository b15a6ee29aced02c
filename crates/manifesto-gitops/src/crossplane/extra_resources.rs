//! function-extra-resources: objects of the cluster for later steps (crossplane-contrib/function-extra-resources, fn.go).

use manifesto_objects::Object;
use manifesto_tree::GapReason;
use manifesto_yaml::Node;

use super::field_path;
use super::go_value::unknown_object;
use super::state::State;

/// The key of what was found in the context.
pub(super) const EXTRA_RESOURCES: &str = "apiextensions.crossplane.io/extra-resources";

/// What a step asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
    pub(super) labels: Vec<(String, String)>,
}

/// Runs the step: finds each object that it asks for.
pub(super) fn run(state: &mut State<'_>, input: &Node) {
    let requests = input.path(&["spec", "extraResources"]).map(Node::items).unwrap_or_default();
    let mut found =
        state.context.get(EXTRA_RESOURCES).and_then(Node::as_mapping).cloned().unwrap_or_default();
    for node in requests {
        let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
        let Some(request) = read(state, node, &text) else { continue };
        let least = node.path(&["selector", "minMatch"]).and_then(Node::as_i64).unwrap_or(0);
        let most = node.path(&["selector", "maxMatch"]).and_then(Node::as_i64);
        let items = request.find(state, node, least);
        let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        found.insert(text("into"), Node::sequence(items.into_iter().take(most)));
    }
    state.context.insert(EXTRA_RESOURCES, Node::mapping(found));
}

/// What a node asks for; none when it depends on what the composite does not say, which asks for nothing.
fn read(state: &mut State<'_>, node: &Node, text: &dyn Fn(&str) -> String) -> Option<Request> {
    let mut request = Request {
        api_version: text("apiVersion"),
        kind: text("kind"),
        namespace: Some(text("namespace")).filter(|namespace| !namespace.is_empty()),
        ..Request::default()
    };
    if text("type") != "Selector" {
        request.name = node.path(&["ref", "name"]).and_then(Node::as_str).map(str::to_owned);
        return Some(request);
    }
    for label in node.path(&["selector", "matchLabels"]).map(Node::items).unwrap_or_default() {
        let field = |key: &str| label.get(key).and_then(Node::as_str);
        let value = if field("type") == Some("Value") {
            field("value").map(str::to_owned)
        } else {
            let path = field_path::parse(field("valueFromFieldPath")?).ok()?;
            field_path::get(&state.composite, &path).and_then(Node::text).map(str::to_owned)
        };
        let Some(value) = value else {
            let detail = format!("the composite does not say which {} a step asks for", request.kind);
            state.gap(GapReason::Unsupported, label.mark, detail);
            return None;
        };
        request.labels.push((field("key")?.to_owned(), value));
    }
    Some(request)
}

impl Request {
    fn matches(&self, object: &Object) -> bool {
        let group = self.api_version.split_once('/').map_or("", |(group, _)| group);
        object.id.is(group, &self.kind)
            && self.name.as_ref().is_none_or(|name| object.id.name == *name)
            && self.namespace.as_ref().is_none_or(|namespace| object.id.namespace == *namespace)
            && self.labels.iter().all(|(key, value)| object.labels().any(|(k, v)| k == key && v == value))
    }

    /// The objects that fit, sorted by name. When there are fewer than have to be, one that is not known stands for
    /// those that the cluster has.
    pub(super) fn find(&self, state: &mut State<'_>, node: &Node, least: i64) -> Vec<Node> {
        let mut found: Vec<&Object> =
            state.extra.iter().map(AsRef::as_ref).filter(|object| self.matches(object)).collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let is_known = i64::try_from(found.len()).is_ok_and(|count| count >= least.max(1));
        let mut items: Vec<Node> = found.into_iter().map(|object| object.root.clone()).collect();
        if !is_known {
            let what = self.name.clone().unwrap_or_else(|| {
                self.labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
            });
            let detail = format!("the {} `{what}` that a step asks for is not in the repository", self.kind);
            state.gap(GapReason::UnknownValue, node.mark, detail);
            items.push(unknown_object(&self.kind, &what));
        }
        items
    }
}
