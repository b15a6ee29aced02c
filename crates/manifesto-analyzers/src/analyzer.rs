//! Running the analyzers.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use manifesto_evidence::{
    Completeness, ComponentChange, ComponentEvidence, Evidence, Fact, FileNotAnalysed, Gap, GapReason, Place,
    Topic,
};
use manifesto_gitops::{AffectedComponent, Change, NotAnalysed};
use manifesto_objects::{ChangeKind, ObjectChange};

use crate::{ANALYZERS, wording};

/// A row of the table: what a topic asks, who answers, and the page that says how.
#[derive(Debug)]
pub struct Analyzer {
    /// The topic that it answers; it writes about no other.
    pub topic: Topic,
    /// The question, in one sentence.
    pub question: &'static str,
    /// Its page, as Markdown.
    pub page: &'static str,
    /// The answer.
    pub(crate) analyze: Analyze,
}

/// What an answer is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Analyze {
    /// From the change. What others have found out is not there.
    Change(fn(&Change, &mut Evidence)),
    /// From what all others before it in the table have found out.
    Evidence(fn(&Change, &Evidence) -> Vec<Fact>),
}

/// Everything that the analyzers find out about a change.
///
/// A fault in one of them becomes a gap: the others' answers are not lost with it.
pub fn analyze(change: &Change) -> Evidence {
    let order = ranked(change);
    let mut evidence = Evidence {
        components: order.iter().map(|component| component_evidence(change, component)).collect(),
        gaps: gaps(change),
        files: change.files.clone(),
        completeness: completeness(change),
        ..Evidence::default()
    };
    for analyzer in ANALYZERS {
        let own = || match analyzer.analyze {
            Analyze::Change(analyze) => {
                let mut own = Evidence { facts: Vec::new(), answers: Vec::new(), ..evidence.clone() };
                analyze(change, &mut own);
                (own.facts, own.answers)
            }
            Analyze::Evidence(analyze) => (analyze(change, &evidence), Vec::new()),
        };
        if let Ok((facts, answers)) = catch_unwind(AssertUnwindSafe(own)) {
            evidence.facts.extend(facts);
            evidence.answers.extend(answers);
        } else {
            let detail = format!("the analyzer of {} failed; please report it", analyzer.topic);
            evidence.gaps.push(Gap::new(GapReason::Fault, detail));
        }
    }
    for fact in &mut evidence.facts {
        fact.text = std::mem::take(&mut fact.text).map_code(manifesto_gitops::spelled_out);
    }
    let rank = |name: Option<&str>| order.iter().position(|component| Some(component.name.as_str()) == name);
    evidence.facts.sort_by_key(|fact| (fact.topic, rank(fact.component.as_deref()), fact.weight));
    evidence
}

/// The components, the riskiest first: what is lost, then what cannot be updated in place, then the most changed.
fn ranked(change: &Change) -> Vec<&AffectedComponent> {
    let risk = |index: usize| {
        let own = || change.objects.real().filter(move |object| object.component == index);
        let removed = own().filter(|object| object.kind == ChangeKind::Removed).count();
        let replaced = own().filter(|object| matches!(object.kind, ChangeKind::Replaced { .. })).count();
        std::cmp::Reverse((removed, replaced, own().count()))
    };
    let mut ranked: Vec<_> =
        change.components.iter().enumerate().map(|(index, c)| (risk(index), &c.name, c)).collect();
    ranked.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    ranked.into_iter().map(|(_, _, component)| component).collect()
}

fn component_evidence(_change: &Change, component: &AffectedComponent) -> ComponentEvidence {
    let kind = match (&component.base, &component.head) {
        (None, _) => ComponentChange::Added,
        (_, None) => ComponentChange::Removed,
        (Some(base), Some(head)) if base.component.path != head.component.path => ComponentChange::Moved,
        _ => ComponentChange::Changed,
    };
    ComponentEvidence {
        name: component.name.clone(),
        path: component.path(),
        change: kind,
        proven: component.is_proven(),
    }
}

/// What nobody has looked at: what could not be rendered, and changed files that may deploy something.
fn gaps(change: &Change) -> Vec<Gap> {
    let mut gaps = change.gaps();
    let mut unread: BTreeMap<&str, Vec<&NotAnalysed>> = BTreeMap::new();
    for file in change.not_analysed.iter().filter(|file| file.deploys) {
        unread.entry(file.what).or_default().push(file);
    }
    gaps.extend(unread.into_iter().filter_map(|(what, files)| {
        let detail = format!("{what} is not analysed: {}", wording::count(files.len(), "changed file"));
        Some(Gap::new(GapReason::NotAnalysed, detail).at(Place::file(files.first()?.path.clone())))
    }));
    gaps
}

fn completeness(change: &Change) -> Completeness {
    let unread = change.not_analysed.iter();
    Completeness {
        components_affected: change.components.len(),
        components_proven: change.components.iter().filter(|component| component.is_proven()).count(),
        files_changed: change.files.len(),
        files_not_analysed: unread
            .map(|file| FileNotAnalysed { path: file.path.clone(), what: file.what.to_owned() })
            .collect(),
    }
}

/// The changes of one component's objects.
pub(crate) fn changes_of<'c>(
    change: &'c Change,
    name: &str,
) -> impl Iterator<Item = &'c ObjectChange> + use<'c> {
    let index = change.components.iter().position(|component| component.name == name);
    change.objects.changes.iter().filter(move |object| Some(object.component) == index)
}
