//! In which order the change is applied, and who has to do what.

mod position;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_cluster::references::{Needed, provided, references};
use manifesto_evidence::{Evidence, Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change, Deployment, Tool};
use manifesto_objects::{ChangeKind, Object, ObjectChange};

use crate::analyzer::{Analyze, Analyzer};
use crate::deployment_method::{deployment_of, origin};
use crate::statements::Statements;
use crate::surroundings::Surroundings;
use position::{Position, position};

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::DeploymentSteps,
    question: "In which order is the change applied, and who has to do what?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// So many names stand in a line; the rest are counted.
const NAMED_MAX: usize = 5;

fn analyze(change: &Change, evidence: &mut Evidence) {
    let surroundings = Surroundings::of(change);
    let (mut facts, mut commands) = (Vec::new(), Statements::default());
    for (index, component) in change.components.iter().enumerate() {
        let own: Vec<&ObjectChange> = change.objects.real().filter(|c| c.component == index).collect();
        let is_argo = deployment_of(component).is_some_and(|deployment| deployment.tool == Tool::ArgoCd);
        by_hand(component, &own, &mut commands);
        if is_argo {
            let found = order(&own).into_iter().chain(too_early(component, &own, &surroundings));
            facts.extend(found.map(|fact| fact.component(&component.name)));
        }
    }
    facts.extend(commands.facts(Topic::DeploymentSteps));
    facts.extend(waves(change));
    facts.extend(waits(change));
    evidence.facts.extend(facts);
}

fn fact(text: impl Into<Prose>) -> Fact {
    Fact::new(Topic::DeploymentSteps, text)
}

/// What somebody has to type, where nothing happens by itself.
fn by_hand(component: &AffectedComponent, own: &[&ObjectChange], commands: &mut Statements) {
    let Some(deployment) = deployment_of(component).filter(|d| !d.sync.is_automatic()) else { return };
    let name = &deployment.definition.name;
    let prunes = own.iter().any(|c| matches!(c.kind, ChangeKind::Removed | ChangeKind::Renamed));
    let (verb, command) = match deployment.tool {
        Tool::ArgoCd => {
            ("Sync by hand: ", format!("argocd app sync {name}{}", if prunes { " --prune" } else { "" }))
        }
        Tool::Flux => {
            let kind = deployment.definition.kind.to_lowercase();
            let namespace = &deployment.definition.namespace;
            ("Resume by hand: ", format!("flux resume {kind} {name} -n {namespace}"))
        }
    };
    let said = (Prose::from(verb), command, Prose::new());
    commands.add(Weight::Plain, None, said, [origin(Side::Head, deployment)]);
}

/// The waves of Applications that one Application deploys. What an ApplicationSet makes comes all at once, whatever its
/// wave says.
fn waves(change: &Change) -> Option<Fact> {
    let mut waves: BTreeMap<i64, Vec<&AffectedComponent>> = BTreeMap::new();
    let is_ordered =
        |deployment: &&Deployment| deployment.tool == Tool::ArgoCd && deployment.generated_by.is_none();
    for component in &change.components {
        if let Some(deployment) = deployment_of(component).filter(is_ordered) {
            waves.entry(deployment.wave).or_default().push(component);
        }
    }
    if waves.len() < 2 {
        return None;
    }
    let mut text = Prose::from("Applications follow each other: ");
    for (index, (wave, components)) in waves.iter().enumerate() {
        let then = if index == 0 { "" } else { "; then " };
        text = text.words(format!("{then}wave {wave}: "));
        text = text.list(components.iter().map(|component| &component.name), NAMED_MAX);
    }
    let deployments = waves.values().flatten().filter_map(|component| deployment_of(component));
    Some(fact(text).origins(deployments.map(|d| Origin::direct(Side::Head, d.place.clone())).take(NAMED_MAX)))
}

/// What waits for other definitions to be ready.
fn waits(change: &Change) -> Vec<Fact> {
    let waiting = change.components.iter().filter_map(|component| {
        let deployment = deployment_of(component).filter(|d| !d.depends_on.is_empty())?;
        let text = Prose::new().code(&component.name).words(" waits until these are ready: ");
        let text = text.list(&deployment.depends_on, NAMED_MAX);
        let origin = Origin::direct(Side::Head, deployment.place.clone());
        Some(fact(text).component(&component.name).origins([origin]))
    });
    waiting.collect()
}

/// The phases and waves of what changes, where there is more than one.
fn order(own: &[&ObjectChange]) -> Option<Fact> {
    let mut steps: BTreeMap<Position, Vec<&Arc<Object>>> = BTreeMap::new();
    for object in own.iter().filter_map(|change| change.head.as_ref()) {
        for position in position(object) {
            steps.entry(position).or_default().push(object);
        }
    }
    if steps.len() < 2 {
        return None;
    }
    let mut text = Prose::new();
    for (index, (position, objects)) in steps.iter().enumerate() {
        text = text.words(if index == 0 { "First " } else { ", then " });
        text = text.list(objects.iter().map(|object| object.id.short()), NAMED_MAX);
        text = text.words(format!(" ({position})"));
    }
    let firsts = steps.values().filter_map(|objects| objects.first());
    Some(fact(text).origins(firsts.map(|object| object.origin(Side::Head)).take(NAMED_MAX)))
}

/// Pods that are awaited before what they need exists. Argo CD waits for the health of a wave before it goes on, so the
/// first sync never gets there.
fn too_early(
    component: &AffectedComponent,
    own: &[&ObjectChange],
    surroundings: &Surroundings<'_>,
) -> Vec<Fact> {
    let mut makers: BTreeMap<Needed, (Position, Arc<Object>)> = BTreeMap::new();
    for object in own.iter().filter(|change| change.base.is_none()).filter_map(|change| change.head.as_ref())
    {
        let Some(position) = position(object).into_iter().next() else { continue };
        for made in provided(&Cluster::new(vec![Arc::clone(object)], Vec::new())) {
            makers.entry(made).or_insert_with(|| (position, Arc::clone(object)));
        }
    }
    let Some(head) = component.head.as_ref().filter(|_| !makers.is_empty()) else { return Vec::new() };
    let known = provided(surroundings.around(component, Side::Base));
    makers.retain(|needed, _| !known.contains(needed));
    let mut seen = BTreeSet::new();
    let users = references(&Cluster::new(head.rendering.objects.clone(), Vec::new()));
    let early = users.iter().filter_map(|reference| {
        let (later, maker) = makers.get(&reference.needed)?;
        let first = position(&reference.from).into_iter().next()?;
        let is_awaited = reference.needed.kind != "Service" && first < *later;
        if !is_awaited || !seen.insert((reference.from.id.clone(), maker.id.clone())) {
            return None;
        }
        let needed = format!("{}/{}", reference.needed.kind, reference.needed.name);
        let text = Prose::new().code(reference.from.id.short()).words(format!(" ({first}) needs "));
        let text = text.code(&needed).words(", which only comes after it");
        let by = maker.id.short();
        let text = if by == needed { text } else { text.words(", with ").code(by) };
        let text = text.words(format!(" ({later}): the first sync waits for ever"));
        let origins = [reference.from.origin_at(Side::Head, reference.mark), maker.origin(Side::Head)];
        Some(fact(text).weight(Weight::Hazard).origins(origins))
    });
    early.collect()
}
