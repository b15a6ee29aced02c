//! How the change reaches the clusters: by itself, or when somebody says so.

mod sets;
mod settings;

use std::collections::BTreeMap;

use manifesto_evidence::{
    Answer, BoxClass, Evidence, Fact, Gap, GapReason, Level, Origin, Place, Predicate, Prose, Reason, Side,
    Topic, Weight,
};
use manifesto_gitops::{AffectedComponent, Change, Deployment, Sync, Tool};

use crate::analyzer::{Analyze, Analyzer};

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::DeploymentMethod,
    question: "What applies the change, and does anybody have to do something for it?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// So many names stand in a line; the rest are counted.
const NAMED_MAX: usize = 6;

const fn predicate(id: &'static str, question: &'static str, words: &'static [&'static str]) -> Predicate {
    let (class, undisclosed) = (BoxClass::Derivable, Level::Warning);
    Predicate { id, topic: Topic::DeploymentMethod, question, words, class, undisclosed }
}

static AUTOMATIC: Predicate = predicate(
    "deployment.automatic",
    "a component is applied without anybody doing anything",
    &["auto", "auto sync", "autosync", "automatic", "automatically", "automated", "automatisch", "argocd"],
);

static MANUAL_SYNC: Predicate = predicate(
    "deployment.manual-sync",
    "a component waits until somebody syncs it",
    &["manual sync", "manual synchronization", "manually synced", "sync manually", "sync by hand"],
);

/// Steps by hand can be needed beside a sync that runs by itself: that there are none, nobody can tell from the tree.
static MANUAL: Predicate = Predicate {
    undisclosed: Level::Note,
    ..predicate(
        "deployment.manual-steps",
        "somebody has to do something",
        &["manual", "manually", "manual deployment", "specific steps", "by hand", "manuell"],
    )
};

fn analyze(change: &Change, evidence: &mut Evidence) {
    evidence.facts.extend(settings::facts(change));
    evidence.facts.extend(sets::facts(change));
    evidence.facts.extend(groups(change));
    evidence.answers.extend(answers(change));
}

pub(crate) fn fact(text: impl Into<Prose>) -> Fact {
    Fact::new(Topic::DeploymentMethod, text)
}

/// How a component that is still there comes to its cluster.
pub(crate) fn deployment_of(component: &AffectedComponent) -> Option<&Deployment> {
    component.head.as_ref()?.component.deployment.as_ref()
}

/// Where it says what happens when the repository changes.
pub(crate) fn origin(side: Side, deployment: &Deployment) -> Origin {
    let place: &Place = deployment.sync_place.as_ref().unwrap_or(&deployment.place);
    Origin::direct(side, place.clone())
}

/// "is applied by itself, with prune and self-heal", as a clause.
pub(crate) fn words(sync: Sync) -> &'static str {
    match sync {
        Sync::Manual => "waits until somebody syncs it",
        Sync::Suspended => "is suspended: nothing is applied",
        Sync::Automatic { prune: true, self_heal: true, .. } => {
            "is applied by itself, with prune and self-heal"
        }
        Sync::Automatic { prune: true, .. } => "is applied by itself, with prune",
        Sync::Automatic { self_heal: true, .. } => {
            "is applied by itself, with self-heal and without prune: what is gone from the repository stays"
        }
        Sync::Automatic { .. } => {
            "is applied by itself, without prune: what is gone from the repository stays"
        }
    }
}

/// The same of the program that does it.
fn actively(sync: Sync) -> &'static str {
    match sync {
        Sync::Manual => "waits until somebody syncs",
        Sync::Suspended => "is suspended and applies nothing",
        Sync::Automatic { prune: true, self_heal: true, .. } => "applies by itself, with prune and self-heal",
        Sync::Automatic { prune: true, .. } => "applies by itself, with prune",
        Sync::Automatic { self_heal: true, .. } => "applies by itself, with self-heal and without prune",
        Sync::Automatic { .. } => "applies by itself, without prune",
    }
}

/// The components by what happens to them.
fn groups(change: &Change) -> Vec<Fact> {
    let mut groups: BTreeMap<(Tool, Sync), Vec<&AffectedComponent>> = BTreeMap::new();
    let mut unknown = Vec::new();
    let known = change.components.iter().filter(|component| !sets::is_rolled_out(change, component));
    for component in known.filter(|component| component.head.is_some()) {
        match deployment_of(component) {
            Some(deployment) => groups.entry((deployment.tool, deployment.sync)).or_default().push(component),
            None => unknown.push(component),
        }
    }
    let names = |group: &[&AffectedComponent]| group.iter().map(|c| c.name.clone()).collect::<Vec<String>>();
    let mut facts: Vec<Fact> = groups
        .iter()
        .map(|((tool, sync), group)| {
            let text = Prose::new().words(format!("{tool} {}: ", actively(*sync)));
            let text = text.list(names(group), NAMED_MAX);
            let deployments = group.iter().filter_map(|component| deployment_of(component));
            let mut origins: Vec<Origin> = deployments.map(|d| origin(Side::Head, d)).collect();
            origins.dedup();
            fact(text).origins(origins)
        })
        .collect();
    if !unknown.is_empty() {
        let text = Prose::from("Nothing in the repository says how it is deployed: ");
        facts.push(fact(text.list(names(&unknown), NAMED_MAX)).weight(Weight::Detail));
    }
    facts
}

/// What the boxes ask. A change that deploys nothing leaves them to the author.
fn answers(change: &Change) -> Vec<Answer> {
    let (mut automatic, mut manual, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
    for component in change.components.iter().filter(|component| component.head.is_some()) {
        let Some(deployment) = deployment_of(component) else {
            let detail = format!("nothing in the repository says how `{}` is deployed", component.name);
            gaps.push(Gap::new(GapReason::NotAnalysed, detail).at(Place::file(component.path())));
            continue;
        };
        if sets::is_rolled_out(change, component) {
            let detail =
                format!("whether Argo CD syncs `{}` in steps is not in the repository", component.name);
            gaps.push(Gap::new(GapReason::NotAnalysed, detail).at(deployment.place.clone()));
            continue;
        }
        let text = Prose::new().code(&component.name).words(format!(" {}", words(deployment.sync)));
        let reason = Reason { text, origin: origin(Side::Head, deployment) };
        if deployment.sync.is_automatic() { automatic.push(reason) } else { manual.push(reason) }
    }
    if automatic.is_empty() && manual.is_empty() {
        return Vec::new();
    }
    vec![
        Answer::new(&AUTOMATIC, automatic.clone(), &gaps),
        Answer::new(&MANUAL_SYNC, manual.clone(), &gaps),
        Answer::weighed(&MANUAL, manual, automatic, &gaps),
    ]
}
