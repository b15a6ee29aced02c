//! Which deployed units change, and what each consists of.

mod unused_values;

use manifesto_evidence::{Evidence, Fact, Gap, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change, Stale, StaleKind, merged};
use manifesto_objects::{ChangeKind, Noise, ObjectChange};

use crate::analyzer::{Analyze, Analyzer, changes_of};
use crate::wording::{self, count};

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::Components,
    question: "Which deployed units change, and what becomes of their objects?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// So many objects are named; more are counted by kind.
const NAMED_MAX: usize = 6;

/// So many fields of one object are spelt out; the rest are counted.
const FIELDS_MAX: usize = 4;

fn analyze(change: &Change, evidence: &mut Evidence) {
    for component in &change.components {
        let changes: Vec<&ObjectChange> = changes_of(change, &component.name).collect();
        let mut facts: Vec<Fact> = moved(component).into_iter().collect();
        facts.extend(arrivals(&changes));
        facts.extend(changes.iter().filter_map(|object| update(object)));
        facts.extend(noise(&changes));
        facts.extend(unused_values::unused_values(component));
        facts.extend(merged(component.gaps()).iter().map(gap));
        facts.extend(change.stale.iter().filter(|stale| belongs(component, stale)).map(stale));
        evidence.facts.extend(facts.into_iter().map(|fact| fact.component(&component.name)));
    }
}

/// A component whose directory is another one in head.
fn moved(component: &AffectedComponent) -> Option<Fact> {
    let (base, head) = (component.base.as_ref()?, component.head.as_ref()?);
    let (from, to) = (&base.component.path, &head.component.path);
    let text = Prose::new().words("Moves from ").code(from).words(" to ").code(to);
    (from != to).then(|| Fact::new(Topic::Components, text).weight(Weight::Notable))
}

/// What is added and removed, in one line each.
fn arrivals(changes: &[&ObjectChange]) -> Vec<Fact> {
    let of = |kind: &ChangeKind| changes.iter().filter(|c| c.kind == *kind).copied().collect::<Vec<_>>();
    let line = |kind: ChangeKind, word: &str, weight: Weight| {
        let found = of(&kind);
        let ids = found.iter().map(|change| change.id());
        let text = if found.len() <= NAMED_MAX {
            Prose::new().words(word).words(" ").list(ids.map(manifesto_objects::ObjectId::short), NAMED_MAX)
        } else {
            Prose::new().words(format!("{word} {} objects: ", found.len())).prose(wording::kinds(ids))
        };
        let origins = found.iter().filter_map(|change| wording::origin(change));
        (!found.is_empty()).then(|| Fact::new(Topic::Components, text).weight(weight).origins(origins))
    };
    let removed = line(ChangeKind::Removed, "Removes", Weight::Notable);
    let added = line(ChangeKind::Added, "Adds", Weight::Notable);
    removed.into_iter().chain(added).collect()
}

/// An object that is updated, replaced, renamed or moved.
fn update(change: &ObjectChange) -> Option<Fact> {
    let (head, weight) = match &change.kind {
        ChangeKind::Replaced { field } => {
            let text = Prose::new()
                .code(change.id().short())
                .words(" cannot be updated in place, because ")
                .code(field);
            (text.words(" differs: it must be deleted and created again"), Weight::Hazard)
        }
        ChangeKind::Renamed | ChangeKind::Moved => (capitalised(change), Weight::Notable),
        ChangeKind::Changed => (Prose::new().code(change.id().short()), Weight::Plain),
        ChangeKind::Added | ChangeKind::Removed | ChangeKind::Noise => return None,
    };
    let fields = wording::fields(change);
    let shown = fields.iter().take(FIELDS_MAX).map(|field| wording::field(change.id(), field));
    let mut text = head;
    for (index, field) in shown.enumerate() {
        text = text.words(if index == 0 { ": " } else { "; " }).prose(field);
    }
    if fields.len() > FIELDS_MAX {
        text = text.words(format!("; and {}", count(fields.len() - FIELDS_MAX, "more field")));
    }
    let first = fields.first().and_then(|field| wording::field_origin(change, field));
    let origins = first.into_iter().chain(wording::origin(change));
    Some(Fact::new(Topic::Components, text).weight(weight).origins(origins))
}

fn capitalised(change: &ObjectChange) -> Prose {
    let word = if change.kind == ChangeKind::Renamed { "Renames " } else { "Moves " };
    match (&change.kind, &change.base) {
        (ChangeKind::Renamed, Some(base)) => {
            Prose::new().words(word).code(base.id.short()).words(" to ").code(change.id().short())
        }
        _ => Prose::new().words(word).code(change.id().short()).words(" here from another component"),
    }
}

/// How many objects differ in nothing that matters.
fn noise(changes: &[&ObjectChange]) -> Option<Fact> {
    let silent: Vec<&&ObjectChange> = changes.iter().filter(|change| !change.is_real()).collect();
    let mut why: Vec<Noise> =
        silent.iter().flat_map(|change| change.noise.iter().map(|(_, noise)| *noise)).collect();
    why.sort_unstable();
    why.dedup();
    let why: Vec<String> = why.into_iter().map(|noise| format!("{}s", noise.name())).collect();
    let text = format!("{} only in {}", differs(silent.len()), why.join(", "));
    let origins = silent.iter().filter_map(|change| wording::origin(change));
    (!silent.is_empty())
        .then(|| Fact::new(Topic::Components, text.as_str()).weight(Weight::Detail).origins(origins))
}

fn differs(number: usize) -> String {
    if number == 1 { "1 object differs".to_owned() } else { format!("{number} objects differ") }
}

fn gap(gap: &Gap) -> Fact {
    let side = gap.side.map_or(String::new(), |side| format!(" at {side}"));
    let text = Prose::new().words(format!("Not known{side}: ")).prose(Prose::clause(&gap.detail));
    let origin = gap.place.clone().map(|place| Origin::direct(gap.side.unwrap_or(Side::Head), place));
    Fact::new(Topic::Components, text).weight(Weight::Notable).origins(origin)
}

fn belongs(component: &AffectedComponent, stale: &Stale) -> bool {
    component.head.as_ref().is_some_and(|side| *side.component.source.directory() == stale.rendered)
}

fn stale(stale: &Stale) -> Fact {
    let text = match stale.kind {
        StaleKind::Differs => Prose::new()
            .words("The rendered tree ")
            .code(&stale.rendered)
            .words(format!(" is stale: {} from its source ", differs(stale.count)))
            .code(&stale.source),
        StaleKind::SourceOnly => Prose::new()
            .words("The source ")
            .code(&stale.source)
            .words(" changed and its rendered tree ")
            .code(&stale.rendered)
            .words(" did not"),
        StaleKind::RenderedOnly => Prose::new()
            .words("The rendered tree ")
            .code(&stale.rendered)
            .words(" changed and its source ")
            .code(&stale.source)
            .words(" did not"),
    };
    let weight = if stale.kind == StaleKind::Differs { Weight::Hazard } else { Weight::Notable };
    Fact::new(Topic::Components, text).weight(weight)
}
