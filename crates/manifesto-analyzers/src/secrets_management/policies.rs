//! Policies of the secret store: what may be read, written or listed that could not be before, and the reverse.

use std::sync::Arc;

use manifesto_cluster::secrets::policies_in;
use manifesto_cluster::secrets::policy::{Capability, PathRule, parse_policy};
use manifesto_evidence::{Origin, Place, Prose, Side, Weight};
use manifesto_gitops::Change;
use manifesto_objects::Object;
use manifesto_tree::TreePath;

use crate::statements::Statements;

/// One rule of a policy with its place.
type Placed = (PathRule, Origin);

/// States the rules that differ, in objects and in `.hcl` files.
pub(super) fn state(change: &Change, statements: &mut Statements) {
    for object_change in change.objects.real() {
        let rules = |object: &Option<Arc<Object>>, side| -> Vec<Placed> {
            object.iter().flat_map(|object| rules_of(object, side)).collect()
        };
        let (before, after) =
            (rules(&object_change.base, Side::Base), rules(&object_change.head, Side::Head));
        let component =
            change.components.get(object_change.component).map(|component| component.name.as_str());
        compare(component, &object_change.id().short(), &before, &after, statements);
    }
    for file in change.files.iter().filter(|file| file.path.extension() == Some("hcl")) {
        let before = file.base_path().map(|path| file_rules(change, Side::Base, path)).unwrap_or_default();
        let after = file.head_path().map(|path| file_rules(change, Side::Head, path)).unwrap_or_default();
        compare(None, file.path.as_str(), &before, &after, statements);
    }
}

fn rules_of(object: &Arc<Object>, side: Side) -> Vec<Placed> {
    let texts = policies_in(object);
    let placed = texts.iter().flat_map(|text| text.rules.iter().map(move |rule| (text, rule)));
    placed.map(|(text, rule)| (rule.clone(), object.origin_at(side, text.mark(rule)))).collect()
}

fn file_rules(change: &Change, side: Side, path: &TreePath) -> Vec<Placed> {
    let tree = change.tree(side);
    let Some(content) = tree.lookup(path).ok().and_then(|entry| tree.read(entry).ok()) else {
        return Vec::new();
    };
    let rules = parse_policy(&String::from_utf8_lossy(&content));
    let place =
        |rule: &PathRule| Origin::direct(side, Place::line(path.clone(), rule.line.saturating_add(1)));
    rules.into_iter().map(|rule| (rule.clone(), place(&rule))).collect()
}

fn compare(
    component: Option<&str>,
    subject: &str,
    before: &[Placed],
    after: &[Placed],
    statements: &mut Statements,
) {
    let is_in = |rule: &PathRule, rules: &[Placed]| {
        rules.iter().any(|(other, _)| other.path == rule.path && other.capabilities == rule.capabilities)
    };
    let mut gone: Vec<&Placed> = before.iter().filter(|(rule, _)| !is_in(rule, after)).collect();
    for (rule, origin) in after.iter().filter(|(rule, _)| !is_in(rule, before)) {
        let partner = gone.iter().position(|(old, _)| is_close(old, rule));
        let (what, weight) = match partner.map(|index| gone.remove(index)) {
            Some((old, _)) => (instead(old, rule), weight(old, rule)),
            None => (permits(rule), if is_strong(rule) { Weight::Hazard } else { Weight::Notable }),
        };
        let said = (Prose::from("Policy in "), subject.to_owned(), what);
        statements.add(weight, component, said, [origin.clone()]);
    }
    for (rule, origin) in gone {
        let what = Prose::from(" no longer lets ").code(rule.capabilities).words(" on ").code(&rule.path);
        let said = (Prose::from("Policy in "), subject.to_owned(), what);
        statements.add(Weight::Plain, component, said, [origin.clone()]);
    }
}

fn permits(rule: &PathRule) -> Prose {
    let text = if rule.capabilities.is_denied() { " denies " } else { " lets " };
    let text = Prose::from(text);
    let text = if rule.capabilities.is_denied() { text } else { text.code(rule.capabilities).words(" on ") };
    text.code(&rule.path)
}

fn instead(old: &PathRule, new: &PathRule) -> Prose {
    let text = permits(new);
    let text = match (old.path == new.path, old.capabilities == new.capabilities) {
        (true, _) => text.words(", before ").code(old.capabilities),
        (_, true) => text.words(", no longer on ").code(&old.path),
        _ => text.words(", before ").code(old.capabilities).words(" on ").code(&old.path),
    };
    match breadth(old, new) {
        Breadth::Wider(1) => text.words(": wider, one more segment may be anything"),
        Breadth::Wider(more) => text.words(format!(": wider, {more} more segments may be anything")),
        Breadth::Below => text.words(": wider, everything below it is included"),
        Breadth::Other => text,
    }
}

/// How much wider a path is.
enum Breadth {
    /// So many more segments may be anything.
    Wider(usize),
    /// It now includes everything below.
    Below,
    /// It is not wider, or cannot be compared.
    Other,
}

fn breadth(old: &PathRule, new: &PathRule) -> Breadth {
    let ((before, was_open), (after, is_open)) = (old.wildcards(), new.wildcards());
    match after.checked_sub(before) {
        Some(more) if more > 0 => Breadth::Wider(more),
        Some(0) if is_open && !was_open => Breadth::Below,
        _ => Breadth::Other,
    }
}

/// Whether one rule took the place of the other: the same path, or the same words in it.
fn is_close(old: &PathRule, new: &PathRule) -> bool {
    let words = |rule: &PathRule| {
        let segments = rule.path.trim_end_matches('*').split('/').map(str::to_owned);
        segments.filter(|segment| !segment.is_empty() && segment != "+").collect::<Vec<String>>()
    };
    old.path == new.path || (old.capabilities == new.capabilities && words(old) == words(new))
}

fn weight(old: &PathRule, new: &PathRule) -> Weight {
    let is_stronger = is_strong(new) && !is_strong(old);
    if is_stronger { Weight::Hazard } else { Weight::Notable }
}

/// Whether a rule lets use everything, or what needs special rights.
fn is_strong(rule: &PathRule) -> bool {
    let everything = matches!(rule.path.as_str(), "*" | "+/*") && !rule.capabilities.is_denied();
    everything || rule.capabilities.has(Capability::Sudo)
}
