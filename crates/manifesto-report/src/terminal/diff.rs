//! What changes in the cluster, object by object.

use std::fmt::Write as _;

use anstyle::Style;
use manifesto_evidence::{Evidence, Side};
use manifesto_gitops::{AffectedComponent, Change, ValueCause, ValueCauses};
use manifesto_objects::{ChangeKind, FieldChange, Noise, ObjectChange, SECRET_PLACEHOLDER, is_secret_field};
use manifesto_yaml::Node;
use similar::{ChangeTag, TextDiff};

use super::remedies::remedies;
use super::style::{ADDED, CHANGED, DIM, HEADING, REMOVED, inert, paint};
use crate::words;

/// A value is shown on one line up to this many characters.
const VALUE_CHARS_MAX: usize = 100;

/// So many values are named by which an object may differ.
const CAUSES_MAX: usize = 3;

/// Every component with its objects that differ, then what could not be known and how complete it all is.
pub fn diff(change: &Change, evidence: &Evidence) -> String {
    let mut text = String::new();
    for ranked in &evidence.components {
        let found = change.components.iter().enumerate().find(|(_, component)| component.name == ranked.name);
        if let Some((index, component)) = found {
            component_part(&mut text, change, index, component, ranked.change.name());
        }
    }
    for gap in &evidence.gaps {
        let side = gap.side.map_or(String::new(), |side| format!(" ({side})"));
        let _ = writeln!(text, "{} {}{side}", paint(CHANGED, "not known:"), inert(gap));
    }
    text.push_str(&remedies(&evidence.gaps));
    let kinds: Vec<&ChangeKind> = change.objects.real().map(|object| &object.kind).collect();
    let noise = match change.objects.noise_count() {
        0 => String::new(),
        number => format!(" ({number} more differ only in noise)"),
    };
    let _ = writeln!(
        text,
        "{}{noise}; {}.",
        paint(HEADING, words::tally(&kinds)),
        words::completeness(&evidence.completeness)
    );
    text
}

fn component_part(
    text: &mut String,
    change: &Change,
    index: usize,
    component: &AffectedComponent,
    what: &str,
) {
    let own: Vec<&ObjectChange> =
        change.objects.changes.iter().filter(|object| object.component == index).collect();
    let source = component.side(Side::Head).or(component.side(Side::Base));
    let directory = source.map(|side| inert(side.component.source.directory())).unwrap_or_default();
    // Neither a name that says its cluster nor a directory that does needs it a second time.
    let cluster = Some(component.cluster()).filter(|cluster| {
        !cluster.is_empty() && !component.name.contains(cluster) && !directory.contains(cluster)
    });
    let place = cluster.map(|cluster| format!(" in {}", inert(cluster))).unwrap_or_default();
    let name = paint(HEADING, inert(&component.name));
    let _ = writeln!(text, "{name} {what}{place}  {}", paint(DIM, directory));
    let causes = component.value_causes();
    for object in own.iter().filter(|object| object.is_real()) {
        object_part(text, object);
        causes_part(text, &causes, object);
    }
    let silent = own.iter().filter(|object| !object.is_real());
    let mut noise: Vec<Noise> =
        silent.clone().flat_map(|object| object.noise.iter().map(|(_, why)| *why)).collect();
    noise.sort_unstable();
    noise.dedup();
    if !noise.is_empty() {
        let why: Vec<String> = noise.iter().map(|why| format!("{}s", why.name())).collect();
        let line = format!("{} only in {}", words::count(silent.count(), "more object"), why.join(", "));
        let _ = writeln!(text, "  {}", paint(DIM, line));
    }
    text.push('\n');
}

fn object_part(text: &mut String, object: &ObjectChange) {
    let (sign, style) = sign(&object.kind);
    let side = if object.head.is_some() { (Side::Head, &object.head) } else { (Side::Base, &object.base) };
    let origin = side.1.as_ref().map(|found| found.origin(side.0).to_string()).unwrap_or_default();
    let name = match (&object.kind, &object.base) {
        (ChangeKind::Renamed, Some(base)) => format!("{} → {}", base.id.short(), object.id()),
        _ => object.id().to_string(),
    };
    let _ = writeln!(
        text,
        "  {} {}  {}",
        paint(style, sign),
        paint(style, inert(name)),
        paint(DIM, inert(origin))
    );
    if let ChangeKind::Replaced { field } = &object.kind {
        let _ = writeln!(text, "      cannot be updated in place: {} differs", inert(field));
    }
    for field in &object.fields {
        field_part(text, object, field);
    }
}

/// The values by which an object of a chart differs.
fn causes_part(text: &mut String, causes: &ValueCauses, object: &ObjectChange) {
    let all: Vec<&ValueCause> = causes.of(object.id()).collect();
    for cause in all.iter().take(CAUSES_MAX) {
        let place = cause.place.as_ref().map(|place| format!("  {place}")).unwrap_or_default();
        let line = format!("by the value {}{place}", cause.value);
        let _ = writeln!(text, "      {}", paint(DIM, inert(line)));
    }
    if all.len() > CAUSES_MAX {
        let line = format!("and by {}", words::count(all.len() - CAUSES_MAX, "other value"));
        let _ = writeln!(text, "      {}", paint(DIM, line));
    }
}

fn sign(kind: &ChangeKind) -> (&'static str, Style) {
    match kind {
        ChangeKind::Added => ("+", ADDED),
        ChangeKind::Removed => ("-", REMOVED),
        ChangeKind::Replaced { .. } => ("±", REMOVED),
        ChangeKind::Renamed | ChangeKind::Moved => ("→", CHANGED),
        ChangeKind::Changed | ChangeKind::Noise => ("~", CHANGED),
    }
}

fn field_part(text: &mut String, object: &ObjectChange, field: &FieldChange) {
    let path = inert(&field.path);
    if is_secret_field(object.id(), field) {
        let what = match (&field.base, &field.head) {
            (None, _) => "is new",
            (_, None) => "is gone",
            _ => "differs",
        };
        let _ = writeln!(text, "      {path}  {what} {SECRET_PLACEHOLDER}");
        return;
    }
    match (field.base.as_ref().map(value), field.head.as_ref().map(value)) {
        (Some(old), Some(new)) if is_short(&old) && is_short(&new) => {
            let _ =
                writeln!(text, "      {path}  {} → {}", paint(REMOVED, inert(old)), paint(ADDED, inert(new)));
        }
        (None, Some(new)) if is_short(&new) => {
            let _ = writeln!(text, "      {path}  {}", paint(ADDED, format!("+ {}", inert(new))));
        }
        (Some(old), None) if is_short(&old) => {
            let _ = writeln!(text, "      {path}  {}", paint(REMOVED, format!("- {}", inert(old))));
        }
        (old, new) => {
            let _ = writeln!(text, "      {path}");
            hunks(text, &old.unwrap_or_default(), &new.unwrap_or_default());
        }
    }
}

/// A scalar as it is, anything else as YAML.
fn value(node: &Node) -> String {
    let yaml = || manifesto_yaml::to_yaml(node, manifesto_yaml::Writer::Sigs).unwrap_or_default();
    node.text().map_or_else(yaml, str::to_owned)
}

fn is_short(value: &str) -> bool {
    !value.trim_end().contains('\n') && value.chars().count() <= VALUE_CHARS_MAX
}

/// The lines that differ, with one line of context.
fn hunks(text: &mut String, old: &str, new: &str) {
    let diff = TextDiff::from_lines(old, new);
    for (index, group) in diff.grouped_ops(1).iter().enumerate() {
        if index > 0 {
            let _ = writeln!(text, "        {}", paint(DIM, "…"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = inert(change.value().trim_end_matches(['\n', '\r']));
            let _ = match change.tag() {
                ChangeTag::Delete => writeln!(text, "        {}", paint(REMOVED, format!("- {line}"))),
                ChangeTag::Insert => writeln!(text, "        {}", paint(ADDED, format!("+ {line}"))),
                ChangeTag::Equal => writeln!(text, "          {}", paint(DIM, line)),
            };
        }
    }
}
