//! What changes about how components are deployed, and settings that work against each other.

use manifesto_evidence::{Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change, Deployment, Sync};

use super::{deployment_of, fact, origin, words};
use crate::statements::Statements;

pub(super) fn facts(change: &Change) -> Vec<Fact> {
    let (mut facts, mut flips) = (Vec::new(), Statements::default());
    for component in &change.components {
        let Some(head) = deployment_of(component) else { continue };
        let base = component.base.as_ref().and_then(|side| side.component.deployment.as_ref());
        if let Some(base) = base {
            flip(component, base, head, &mut flips);
        }
        let own = options(base, head).into_iter().chain(unconfirmed(base, head)).chain(emptied(base, head));
        facts.extend(own.map(|fact| fact.component(&component.name)));
    }
    facts.extend(flips.facts(Topic::DeploymentMethod));
    facts.extend(duplicates(change));
    facts
}

/// What was applied by itself waits, or the other way round.
fn flip(component: &AffectedComponent, base: &Deployment, head: &Deployment, flips: &mut Statements) {
    if base.sync == head.sync {
        return;
    }
    let text = Prose::new().words(format!(": {}; in base it {}", words(head.sync), words(base.sync)));
    let is_heavier =
        head.sync.is_automatic() != base.sync.is_automatic() || head.sync.prunes() && !base.sync.prunes();
    let weight = if is_heavier { Weight::Notable } else { Weight::Plain };
    let origins = [origin(Side::Head, head), origin(Side::Base, base)];
    flips.add(weight, None, (Prose::new(), component.name.clone(), text), origins);
}

/// Options that delete what they deploy before they deploy it again, where they are new.
///
/// Argo CD 3.1, gitops-engine `pkg/sync/sync_context.go`: `Replace=true` runs `kubectl replace`, with `Force=true` the
/// object is deleted and created.
fn options(base: Option<&Deployment>, head: &Deployment) -> Vec<Fact> {
    const KNOWN: [(&str, &str); 3] = [
        ("Force=true", ": what cannot be updated is deleted and created again"),
        ("Replace=true", ": objects are replaced as a whole, and what others wrote into them is lost"),
        ("Validate=false", ": the API server's validation is skipped"),
    ];
    let is_new = |option: &str| head.has_option(option) && !base.is_some_and(|base| base.has_option(option));
    let new = KNOWN.iter().filter(|(option, _)| is_new(option));
    new.map(|(option, what)| {
        let text = Prose::from("The sync gets ").code(option).words(*what);
        fact(text).weight(Weight::Notable).origins([Origin::direct(Side::Head, head.place.clone())])
    })
    .collect()
}

/// A sync that prunes by itself and asks somebody first stops half way.
fn unconfirmed(base: Option<&Deployment>, head: &Deployment) -> Option<Fact> {
    let is_so = |deployment: &Deployment| deployment.sync.prunes() && deployment.has_option("Prune=confirm");
    if !is_so(head) || base.is_some_and(is_so) {
        return None;
    }
    let text = Prose::from("The sync prunes by itself and has ")
        .code("Prune=confirm")
        .words(": it waits for somebody as soon as something is to be pruned");
    Some(fact(text).weight(Weight::Notable).origins([origin(Side::Head, head)]))
}

/// A component that may be pruned until nothing of it is left.
fn emptied(base: Option<&Deployment>, head: &Deployment) -> Option<Fact> {
    let is_so = |deployment: &Deployment| {
        matches!(deployment.sync, Sync::Automatic { prune: true, allow_empty: true, .. })
    };
    if !is_so(head) || base.is_none_or(is_so) {
        return None;
    }
    let text = Prose::from("The sync gets ")
        .code("allowEmpty")
        .words(": where nothing is rendered, everything is pruned");
    Some(fact(text).weight(Weight::Notable).origins([origin(Side::Head, head)]))
}

/// Two definitions under one name: the cluster gets one of them.
fn duplicates(change: &Change) -> Vec<Fact> {
    let before = change.duplicates(Side::Base);
    let new = change.duplicates(Side::Head).iter().filter(|duplicate| {
        !before
            .iter()
            .any(|known| known.definition == duplicate.definition && known.cluster == duplicate.cluster)
    });
    new.map(|duplicate| {
        let text = Prose::from("Two definitions make ")
            .code(duplicate.definition.short())
            .words(": they overwrite each other, or the second is refused");
        let origins = duplicate.places.iter().map(|place| Origin::direct(Side::Head, place.clone()));
        fact(text).weight(Weight::Hazard).origins(origins)
    })
    .collect()
}
