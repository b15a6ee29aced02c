//! What stops working.

mod defaults;
mod definitions;
mod uses;

use std::collections::{BTreeMap, BTreeSet};

use manifesto_evidence::{
    Answer, BoxClass, Evidence, Fact, Gap, Level, Origin, Predicate, Prose, Reason, Side, Topic, Truth,
    Weight,
};
use manifesto_gitops::Change;
use manifesto_objects::{ChangeKind, ObjectChange};

use crate::analyzer::{Analyze, Analyzer};
use crate::hostnames;
use crate::losses::losses;
use crate::rollback_procedure::immutable::{is_forced, origin, refused_field};
use crate::surroundings::Surroundings;
use crate::wording;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::BreakingChanges,
    question: "What stops working for those who use it today?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

static YES: Predicate = Predicate {
    id: "breaking.yes",
    topic: Topic::BreakingChanges,
    question: "the change breaks something",
    words: &["yes", "breaking", "breaking change", "incompatible", "ja", "oui", "sí"],
    class: BoxClass::Derivable,
    undisclosed: Level::Warning,
};

/// That nothing breaks can be denied, never affirmed: nobody sees all users.
static NO: Predicate = Predicate {
    id: "breaking.no",
    topic: Topic::BreakingChanges,
    question: "the change breaks nothing",
    words: &["no", "none", "not", "breaking", "breaking change", "nein", "kein", "non", "aucun"],
    class: BoxClass::Refutable,
    undisclosed: Level::Note,
};

/// Something that stops working, and how sure that is.
struct Break {
    reason: Reason,
    component: Option<String>,
    weight: Weight,
}

fn analyze(change: &Change, evidence: &mut Evidence) {
    let surroundings = Surroundings::of(change);
    let mut sure = lost(change, &surroundings);
    sure.extend(refused(change));
    sure.extend(withdrawn(change, &surroundings));
    sure.extend(uses::broken(change, &surroundings));
    let (used, unused) = definitions::broken(change, &surroundings);
    sure.extend(used);
    let mut arguable = gone(change);
    arguable.extend(unused);
    let gaps: Vec<Gap> = evidence.gaps.iter().filter(|gap| gap.hides_objects()).cloned().collect();
    evidence.answers.extend(answers(&sure, &arguable, &gaps));
    let defaults: Vec<Fact> = change.components.iter().flat_map(defaults::changed).collect();
    if sure.is_empty() && arguable.is_empty() && defaults.is_empty() && change.objects.real().next().is_some()
    {
        let doubt = if gaps.is_empty() { "" } else { ", not all of which is known" };
        let text = Prose::from("Nothing found that breaks in what is deployed").words(doubt);
        evidence.facts.push(Fact::new(Topic::BreakingChanges, text));
    }
    evidence.facts.extend(sure.into_iter().chain(arguable).map(fact).chain(defaults));
}

fn answers(sure: &[Break], arguable: &[Break], gaps: &[Gap]) -> [Answer; 2] {
    let reasons = |breaks: &[Break]| -> Vec<Reason> { breaks.iter().map(|b| b.reason.clone()).collect() };
    let unknown = || match arguable {
        [] => Truth::Unknown(gaps.to_vec()),
        _ => Truth::Arguable(reasons(arguable)),
    };
    let (yes, no) =
        if sure.is_empty() { (unknown(), unknown()) } else { (Truth::Yes(reasons(sure)), Truth::No) };
    [Answer { predicate: &YES, truth: yes }, Answer { predicate: &NO, truth: no }]
}

/// Reasons are clauses; facts are sentences.
fn fact(found: Break) -> Fact {
    let (first, rest) = found.reason.text.split_first_words();
    let mut letters = first.chars();
    let upper: String = letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect();
    let text = if upper.is_empty() { rest } else { Prose::new().words(upper).prose(rest) };
    let fact = Fact::new(Topic::BreakingChanges, text).weight(found.weight).origins([found.reason.origin]);
    match &found.component {
        Some(name) => fact.component(name),
        None => fact,
    }
}

/// Data that goes, where nothing keeps it.
fn lost<'c>(change: &'c Change, surroundings: &Surroundings<'c>) -> Vec<Break> {
    let losses = losses(change, surroundings).into_iter();
    losses
        .filter(|loss| loss.safeguard.is_none())
        .map(|loss| {
            let text = Prose::from("loses ").prose(loss.what()).words(loss.when());
            Break {
                reason: Reason { text, origin: loss.origin() },
                component: Some(loss.component.name.clone()),
                weight: Weight::Hazard,
            }
        })
        .collect()
}

/// Updates that the API server refuses.
fn refused(change: &Change) -> Vec<Break> {
    let of = |object: &ObjectChange| {
        let field = refused_field(object).filter(|_| !is_forced(object))?;
        let text = Prose::from("changes ").code(field).words(" of ").code(object.id().short());
        let text = text.words(", which the API server refuses: it must be deleted first");
        Some(Break {
            reason: Reason { text, origin: origin(object, field)? },
            component: component(change, object),
            weight: Weight::Hazard,
        })
    };
    change.objects.real().filter_map(of).collect()
}

/// Hostnames that nothing in the cluster serves any more.
fn withdrawn(change: &Change, surroundings: &Surroundings<'_>) -> Vec<Break> {
    let mut found: BTreeMap<(String, String), Vec<Origin>> = BTreeMap::new();
    for object in change.objects.real() {
        let (Some(base), Some(owner)) = (object.base.as_deref(), change.components.get(object.component))
        else {
            continue;
        };
        let gone = hostnames::names(Some(base));
        if gone.is_empty() {
            continue;
        }
        let head = surroundings.around(owner, Side::Head).objects().iter();
        let served: BTreeSet<String> = head
            .map(|object| &**object)
            .chain(object.head.as_deref())
            .flat_map(|object| hostnames::names(Some(object)).into_keys())
            .collect();
        for (host, mark) in gone.into_iter().filter(|(host, _)| !served.contains(host)) {
            found.entry((owner.name.clone(), host)).or_default().push(base.origin_at(Side::Base, mark));
        }
    }
    let of = |((component, host), origins): ((String, String), Vec<Origin>)| {
        let text = Prose::from("withdraws the host ").code(host);
        let origin = origins.into_iter().next()?;
        Some(Break { reason: Reason { text, origin }, component: Some(component), weight: Weight::Notable })
    };
    found.into_iter().filter_map(of).collect()
}

/// What is gone or has another name: whether that breaks anything is for people to say.
fn gone(change: &Change) -> Vec<Break> {
    let matters = |object: &&ObjectChange| {
        matches!(object.kind, ChangeKind::Removed | ChangeKind::Renamed)
            && matches!(object.id().kind.as_str(), "Service" | "Deployment" | "StatefulSet" | "DaemonSet")
    };
    let of = |object: &ObjectChange| {
        Some(Break {
            reason: wording::reason(object)?,
            component: component(change, object),
            weight: Weight::Plain,
        })
    };
    change.objects.real().filter(matters).filter_map(of).collect()
}

fn component(change: &Change, object: &ObjectChange) -> Option<String> {
    change.components.get(object.component).map(|component| component.name.clone())
}
