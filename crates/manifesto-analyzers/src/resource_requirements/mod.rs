//! What the change costs: CPU, memory, storage.

mod bounds;
mod lines;
mod scaling;

use manifesto_evidence::{Evidence, Fact, Gap, Prose, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change, merged};

use crate::analyzer::{Analyze, Analyzer};
use crate::demands::Pairs;
use crate::surroundings::Surroundings;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::ResourceRequirements,
    question: "What do the pods and volumes ask for, and what is the difference?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

fn analyze(change: &Change, evidence: &mut Evidence) {
    let surroundings = Surroundings::of(change);
    let costs: Vec<Pairs<'_>> =
        change.components.iter().map(|component| Pairs::of(change, component, &surroundings)).collect();
    let mut facts = lines::totals(&costs);
    for pairs in &costs {
        let own = pairs.component;
        let found = bounds::facts(pairs, &surroundings)
            .into_iter()
            .chain(scaling::facts(pairs))
            .chain(lines::kept(pairs))
            .chain(lines::missing(pairs))
            .chain(unread(pairs))
            .chain(gaps(own));
        facts.extend(found.map(|fact| fact.component(&own.name)));
    }
    if facts.is_empty() && change.objects.real().next().is_some() {
        facts.push(fact("CPU, memory and storage stay as they are").weight(Weight::Plain));
    }
    evidence.facts.extend(facts);
}

fn fact(text: impl Into<Prose>) -> Fact {
    Fact::new(Topic::ResourceRequirements, text)
}

/// Amounts that nobody can read: placeholders that something fills in later.
fn unread(pairs: &Pairs<'_>) -> Option<Fact> {
    let unread = pairs.differing().filter_map(|pair| {
        let head = pair.head.as_ref()?;
        let unread = head.pods.as_ref()?.each.as_ref()?.unread.first()?;
        Some((head.object.id.short(), head.object.origin_at(manifesto_evidence::Side::Head, unread.mark)))
    });
    let (names, origins): (Vec<_>, Vec<_>) = unread.unzip();
    let text =
        Prose::from("Amounts that cannot be read, and are not counted: ").list(&names, lines::NAMED_MAX);
    (!names.is_empty()).then(|| fact(text).origins(origins))
}

/// What may run besides and is not counted.
fn gaps(component: &AffectedComponent) -> Option<Fact> {
    let gaps = merged(component.gaps().filter(|gap| gap.hides_objects()));
    let first: &Gap = gaps.first()?;
    let mut text = Prose::from("Not counted, because it is not known: ").prose(Prose::clause(&first.detail));
    if gaps.len() > 1 {
        text = text.words(format!("; and {} more", gaps.len() - 1));
    }
    // What neither side knows is rarely what makes them differ.
    let is_new = gaps.iter().any(|gap| gap.side.is_some());
    Some(fact(text).weight(if is_new { Weight::Plain } else { Weight::Detail }))
}
