//! How to come back, and what a revert does not bring back.

pub(crate) mod immutable;
mod leftovers;
mod one_way;

use manifesto_cluster::data::{Holding, Safeguard};
use manifesto_evidence::{Evidence, Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change, Sync, Tool};
use manifesto_objects::ChangeKind;

use crate::analyzer::{Analyze, Analyzer};
use crate::demands::Pairs;
use crate::losses::{Loss, losses};
use crate::storage::databases::archiving_lost;
use crate::surroundings::Surroundings;
use crate::wording::count;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::RollbackProcedure,
    question: "How does one come back, and what does a revert not bring back?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// So many names stand in a line; the rest are counted.
const NAMED_MAX: usize = 4;

fn analyze(change: &Change, evidence: &mut Evidence) {
    let surroundings = Surroundings::of(change);
    let mut facts: Vec<Fact> = losses(change, &surroundings).iter().map(loss).collect();
    facts.extend(immutable::facts(change));
    for (index, component) in change.components.iter().enumerate() {
        facts.extend(archiving(change, index, component, &surroundings));
        let pairs = Pairs::of(change, component, &surroundings);
        facts.extend(one_way::sizes(&pairs));
        facts.extend(leftovers::facts(&pairs));
    }
    facts.extend(one_way::versions(change));
    facts.extend(plan(change));
    evidence.facts.extend(facts);
}

/// Databases that can no longer be set back to a point in time.
fn archiving(
    change: &Change,
    index: usize,
    component: &AffectedComponent,
    around: &Surroundings<'_>,
) -> Vec<Fact> {
    let own = change.objects.real().filter(|object| object.component == index);
    let databases = own.filter(|object| object.id().is("postgresql.cnpg.io", "Cluster"));
    let lost = databases.filter_map(|object| {
        archiving_lost(object, around.around(component, Side::Base), around.around(component, Side::Head))
    });
    lost.map(|fact| Fact { topic: Topic::RollbackProcedure, ..fact }.component(&component.name)).collect()
}

fn fact(text: impl Into<Prose>) -> Fact {
    Fact::new(Topic::RollbackProcedure, text)
}

/// "Loses the 5Gi of `PersistentVolumeClaim/data`: Argo CD prunes it, and a revert brings it back empty".
fn loss(loss: &Loss<'_>) -> Fact {
    let (text, weight) = match &loss.safeguard {
        Some(Safeguard::Stays(setting)) => {
            let text = Prose::new().code(loss.object.id.short()).words(" stays in the cluster, because of ");
            (text.code(setting), Weight::Plain)
        }
        Some(Safeguard::Data(setting)) => {
            let text = Prose::from("Keeps ").prose(loss.what()).words(", because of ").code(setting);
            (text.words("; what a revert creates does not find it by itself"), Weight::Notable)
        }
        Some(Safeguard::Asks(setting)) => {
            let text = Prose::from("Loses ").prose(loss.what()).words(" once somebody confirms (");
            (text.code(setting).words(")"), Weight::Notable)
        }
        None => (lost(loss), Weight::Hazard),
    };
    fact(text).weight(weight).component(&loss.component.name).origins([loss.origin()])
}

fn lost(loss: &Loss<'_>) -> Prose {
    let text = Prose::from("Loses ").prose(loss.what()).words(loss.when());
    match &loss.holding {
        Holding::Volume(_) => text.words("; a revert brings back an empty volume: save the data first"),
        Holding::Database(_) => {
            text.words("; a revert brings back an empty database, unless it is told to recover from a backup")
        }
        Holding::Kind(_) => text.words("; a revert brings back only what is in the repository"),
        Holding::Namespace | Holding::Outside | Holding::Deployed => {
            text.words("; a revert creates it again without its data")
        }
    }
}

/// The way back in one line, and who has to do what.
fn plan(change: &Change) -> Vec<Fact> {
    let number = |kinds: fn(&ChangeKind) -> bool| change.objects.real().filter(|c| kinds(&c.kind)).count();
    let back =
        number(|kind| matches!(kind, ChangeKind::Changed | ChangeKind::Moved | ChangeKind::Replaced { .. }));
    let again = number(|kind| matches!(kind, ChangeKind::Removed));
    let gone = number(|kind| matches!(kind, ChangeKind::Added));
    let renamed = number(|kind| matches!(kind, ChangeKind::Renamed));
    let parts = [
        (back, "goes back", "go back"),
        (again, "is created again", "are created again"),
        (gone, "is deleted", "are deleted"),
        (renamed, "gets its old name", "get their old names"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| {
            format!("{} {}", count(*number, "object"), if *number == 1 { one } else { many })
        })
        .collect();
    if parts.is_empty() {
        return Vec::new();
    }
    let text = Prose::new().words(format!("Revert the merge commit: {}", parts.join(", ")));
    let mut facts = vec![fact(text)];
    facts.extend(syncs(&change.components, gone + renamed > 0));
    facts
}

/// What follows a revert by itself, and what does not.
fn syncs(components: &[AffectedComponent], deletes: bool) -> Vec<Fact> {
    let of = |wanted: fn(&Sync) -> bool| {
        let found = components.iter().filter(|c| c.deployment().is_some_and(|d| wanted(&d.sync)));
        found.collect::<Vec<&AffectedComponent>>()
    };
    let automatic = of(|sync| sync.is_automatic());
    let manual = of(|sync| !sync.is_automatic());
    let unpruned = of(|sync| sync.is_automatic() && !sync.prunes());
    let names = |found: &[&AffectedComponent]| found.iter().map(|c| c.name.clone()).collect::<Vec<String>>();
    let origins = |found: &[&AffectedComponent]| {
        let places = found
            .iter()
            .filter_map(|c| c.deployment())
            .map(|d| d.sync_place.clone().unwrap_or(d.place.clone()));
        places.map(|place| Origin::direct(Side::Head, place)).collect::<Vec<_>>()
    };
    let mut facts = Vec::new();
    if !automatic.is_empty() {
        let tool = automatic.iter().find_map(|c| c.deployment()).map(|d| d.tool);
        let refused =
            if tool == Some(Tool::ArgoCd) { "; argocd app rollback is refused while it does" } else { "" };
        let text = Prose::from("The revert is applied by itself to ")
            .list(names(&automatic), NAMED_MAX)
            .words(refused);
        facts.push(fact(text).origins(origins(&automatic)));
    }
    if !manual.is_empty() {
        let text = Prose::from("After the revert, sync by hand: ").list(names(&manual), NAMED_MAX);
        facts.push(fact(text).origins(origins(&manual)));
    }
    if deletes && !unpruned.is_empty() {
        let text = Prose::from("What the revert takes away stays until somebody prunes ")
            .list(names(&unpruned), NAMED_MAX);
        facts.push(fact(text).origins(origins(&unpruned)));
    }
    facts
}
