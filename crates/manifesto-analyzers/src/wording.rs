//! Words for objects and values, the same in every analyzer.

use std::collections::BTreeMap;

use manifesto_evidence::{Origin, Prose, Reason, Side};
use manifesto_objects::{
    ChangeKind, FieldChange, FieldPath, Object, ObjectChange, ObjectId, SECRET_PLACEHOLDER, Segment,
    is_secret_field,
};
use manifesto_yaml::Node;

/// The longest value that is shown in a sentence, in characters.
const VALUE_CHARS_MAX: usize = 80;

/// Where a change of an object stands: in head, or in base when the object is gone.
pub(crate) fn origin(change: &ObjectChange) -> Option<Origin> {
    side_of(change).map(|(side, object)| object.origin(side))
}

/// The object that a change is about, and its side.
pub(crate) fn side_of(change: &ObjectChange) -> Option<(Side, &Object)> {
    let head = change.head.as_deref().map(|object| (Side::Head, object));
    head.or(change.base.as_deref().map(|object| (Side::Base, object)))
}

/// Where a field's new value stands; its old one when the field is gone.
pub(crate) fn field_origin(change: &ObjectChange, field: &FieldChange) -> Option<Origin> {
    let place = |object: &Option<std::sync::Arc<Object>>, node: &Option<Node>, side| {
        Some(object.as_ref()?.origin_at(side, node.as_ref()?.mark))
    };
    place(&change.head, &field.head, Side::Head).or_else(|| place(&change.base, &field.base, Side::Base))
}

/// `adds`, `removes`, …
pub(crate) fn verb(kind: &ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "adds",
        ChangeKind::Removed => "removes",
        ChangeKind::Changed => "changes",
        ChangeKind::Replaced { .. } => "replaces",
        ChangeKind::Renamed => "renames",
        ChangeKind::Moved => "moves",
        ChangeKind::Noise => "touches",
    }
}

/// "adds `HTTPRoute/notes`", "renames `Cluster/db` to `Cluster/db-2`".
pub(crate) fn what_happens(change: &ObjectChange) -> Prose {
    let prose = Prose::new().words(format!("{} ", verb(&change.kind)));
    match (&change.kind, &change.base) {
        (ChangeKind::Renamed, Some(base)) => {
            prose.code(base.id.short()).words(" to ").code(change.id().short())
        }
        _ => prose.code(change.id().short()),
    }
}

/// A reason for a *yes*: what happens to an object. It points at the first field that differs, where there is one.
pub(crate) fn reason(change: &ObjectChange) -> Option<Reason> {
    let field = fields(change).first().and_then(|field| field_origin(change, field));
    Some(Reason { text: what_happens(change), origin: field.or_else(|| origin(change))? })
}

/// "`spec.replicas` `2` → `3`"; the values are left out where they are secret or too long for a sentence.
pub(crate) fn field(id: &ObjectId, change: &FieldChange) -> Prose {
    if let Some(prose) = member(id, change) {
        return prose;
    }
    let path = Prose::new().code(shown_path(&change.path));
    match (value(id, change, change.base.as_ref()), value(id, change, change.head.as_ref())) {
        (Some(Value::Hidden), Some(Value::Hidden)) => path.words(" differs ").words(SECRET_PLACEHOLDER),
        (None, Some(Value::Hidden)) => path.words(" is new ").words(SECRET_PLACEHOLDER),
        (Some(Value::Hidden), None) => path.words(" is gone ").words(SECRET_PLACEHOLDER),
        (None, Some(Value::Short(new))) => path.words(": new, ").code(new),
        (None, Some(_)) => path.words(" is new"),
        (Some(Value::Short(old)), None) => path.words(": gone, was ").code(old),
        (Some(_), None) => path.words(" is gone"),
        (Some(Value::Short(old)), Some(Value::Short(new))) => {
            path.words(" ").code(old).words(" → ").code(new)
        }
        (None, None) | (Some(_), Some(_)) => path.words(" differs"),
    }
}

/// A list of scalars gains or loses one: "`rules[2].verbs` gains `create`".
fn member(id: &ObjectId, change: &FieldChange) -> Option<Prose> {
    let (Segment::Element(_), list) = change.path.0.split_last()? else { return None };
    let list = Prose::new().code(shown_path(&FieldPath(list.to_vec())));
    match (value(id, change, change.base.as_ref()), value(id, change, change.head.as_ref())) {
        (None, Some(Value::Short(new))) => Some(list.words(" gains ").code(new)),
        (Some(Value::Short(old)), None) => Some(list.words(" loses ").code(old)),
        _ => None,
    }
}

/// The way to a field, without what the schema of a CustomResourceDefinition puts between the names of its fields.
fn shown_path(path: &FieldPath) -> String {
    let text = path.to_string();
    match text.split_once(".schema.openAPIV3Schema.properties.") {
        Some((version, rest)) => {
            format!("{version} {}", rest.replace(".properties.", ".").replace(".items.", "[]."))
        }
        None => text,
    }
}

/// The fields that differ, what the object does before what it is called.
pub(crate) fn fields(change: &ObjectChange) -> Vec<&FieldChange> {
    let rank = |field: &&FieldChange| match field.path.keys().next() {
        Some("metadata") => 1,
        _ => 0,
    };
    let said = |field: &&FieldChange| {
        change.kind == ChangeKind::Renamed && field.path.to_string() == "metadata.name"
    };
    let mut fields: Vec<&FieldChange> = change.fields.iter().filter(|field| !said(field)).collect();
    fields.sort_by_key(rank);
    fields
}

enum Value {
    Hidden,
    Short(String),
    Long,
}

fn value(id: &ObjectId, change: &FieldChange, node: Option<&Node>) -> Option<Value> {
    let node = node?;
    if is_secret_field(id, change) {
        return Some(Value::Hidden);
    }
    let text = node.text().map_or_else(|| json(node), str::to_owned);
    let short = text.chars().count() <= VALUE_CHARS_MAX && !text.contains('\n');
    Some(if short { Value::Short(text) } else { Value::Long })
}

/// "1 `Service`, 4 `CiliumNetworkPolicy`": how many of each kind, the most first.
pub(crate) fn kinds<'o>(ids: impl IntoIterator<Item = &'o ObjectId>) -> Prose {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for id in ids {
        *counts.entry(&id.kind).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut prose = Prose::new();
    for (index, (kind, count)) in counts.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        prose = prose.words(format!("{separator}{count} ")).code(kind);
    }
    prose
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

fn json(node: &Node) -> String {
    manifesto_yaml::to_json(node, manifesto_yaml::Html::Plain).unwrap_or_default()
}
