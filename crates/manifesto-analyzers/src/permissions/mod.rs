//! Who may do what that they could not do before, and who no longer may.

mod attribution;
mod bindings;
mod words;

use std::collections::BTreeMap;

use manifesto_cluster::permissions::{
    Comparison, Danger, Grants, HeldPower, PermissionDelta, Powers, Reach, Subject, compare,
};
use manifesto_evidence::{
    Answer, BoxClass, Evidence, Fact, Level, Origin, Predicate, Prose, Reason, Side, Topic, Weight,
};
use manifesto_gitops::Change;

use crate::analyzer::{Analyze, Analyzer};
use crate::clusters::{ClusterPair, clusters};
use attribution::Attribution;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::Permissions,
    question: "Who may do what that they could not do before, and who no longer may?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

static WIDENED: Predicate = Predicate {
    id: "permissions.widened",
    topic: Topic::Permissions,
    question: "the change permits somebody more",
    words: &["rbac", "permissions", "permission", "roles", "privileges"],
    class: BoxClass::Derivable,
    undisclosed: Level::Error,
};

/// How many subjects that gain the same are named.
const SUBJECTS_NAMED_MAX: usize = 4;

/// How many places prove one fact.
const ORIGINS_MAX: usize = 4;

fn analyze(change: &Change, evidence: &mut Evidence) {
    let attribution = Attribution::new(change);
    let mut reasons = Vec::new();
    for pair in clusters(change) {
        let comparison = compare(pair.base.permissions(), pair.head.permissions());
        reasons.extend(state(&pair, &comparison, &attribution, evidence));
        bindings::state(&pair, &attribution, evidence);
        bindings::state_other_accounts(&pair, evidence);
        if comparison.skipped > 0 {
            let text = Prose::from("The permissions of some subjects are too many to compare: ")
                .code(comparison.skipped)
                .words(" were left out");
            evidence.facts.push(Fact::new(Topic::Permissions, text).weight(Weight::Notable));
        }
    }
    evidence.answers.push(Answer::new(&WIDENED, reasons, &change.gaps()));
}

/// What several subjects gain and lose alike.
struct Statement {
    subjects: Vec<Subject>,
    used_by: Vec<String>,
    what: Prose,
    weight: Weight,
    component: Option<String>,
    origins: Vec<Origin>,
    widens: bool,
}

/// States the differences, those that several subjects share once; the reasons for *more is permitted* come back.
fn state(
    pair: &ClusterPair,
    comparison: &Comparison,
    attribution: &Attribution<'_>,
    evidence: &mut Evidence,
) -> Vec<Reason> {
    let mut statements: BTreeMap<(String, &'static str), Statement> = BTreeMap::new();
    for delta in &comparison.deltas {
        let Some(statement) = statement(pair, delta, attribution) else { continue };
        let key = (statement.what.to_string(), delta.subject.kind());
        match statements.get_mut(&key) {
            Some(known) => {
                known.subjects.extend(statement.subjects);
                known.used_by.extend(statement.used_by);
            }
            None => {
                statements.insert(key, statement);
            }
        }
    }
    let mut reasons = Vec::new();
    for statement in statements.into_values() {
        let kind = statement.subjects.first().map(Subject::kind).unwrap_or_default();
        let who = Prose::new().words(format!("{kind} ")).list(&statement.subjects, SUBJECTS_NAMED_MAX);
        let mut text = who.words(": ").prose(statement.what);
        if !statement.used_by.is_empty() {
            text = text.words("; used by ").list(&statement.used_by, SUBJECTS_NAMED_MAX);
        }
        if statement.widens
            && let Some(origin) = statement.origins.first()
        {
            reasons.push(Reason { text: text.clone(), origin: origin.clone() });
        }
        let mut fact =
            Fact::new(Topic::Permissions, text).weight(statement.weight).origins(statement.origins);
        fact.component = statement.component;
        evidence.facts.push(fact);
    }
    reasons
}

/// What one subject gains and loses through what the change touches. What only seems to differ, since one side could not
/// be read, is not said.
fn statement(
    pair: &ClusterPair,
    delta: &PermissionDelta,
    attribution: &Attribution<'_>,
) -> Option<Statement> {
    let gained = attribution.touched(&delta.gained);
    let lost = attribution.touched(&delta.lost);
    if gained.is_empty() && lost.is_empty() {
        return None;
    }
    let powers: Vec<&HeldPower> =
        delta.powers.iter().filter(|held| attribution.touches(&held.source) && matters(pair, held)).collect();
    let what = words::difference(&powers, &gained, &lost);
    let mut origins: Vec<Origin> = Vec::new();
    let of_powers = powers.iter().flat_map(|held| held.source.origins(Side::Head));
    let of_gains = attribution.origins(&gained, Side::Head);
    for origin in of_powers.chain(of_gains).chain(attribution.origins(&lost, Side::Base)) {
        if origins.len() < ORIGINS_MAX && !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    let used_by = if powers.is_empty() { Vec::new() } else { used_by(pair, &delta.subject) };
    Some(Statement {
        component: attribution.component(&gained).or_else(|| attribution.component(&lost)),
        weight: weight(delta, &powers, &gained),
        widens: !gained.is_empty(),
        subjects: vec![delta.subject.clone()],
        used_by,
        what,
        origins,
    })
}

/// A hazard is what takes over the cluster, or is given to everybody. Within one namespace it is worth a look; on named
/// objects it is what roles are for.
fn weight(delta: &PermissionDelta, powers: &[&HeldPower], gained: &Grants) -> Weight {
    let of_power = |held: &&HeldPower| match (&held.reach, held.power.danger) {
        _ if held.names.is_some() => Weight::Plain,
        (Reach::Everywhere, Danger::Takeover) => Weight::Hazard,
        (Reach::Namespace(name), Danger::Takeover) if name == "kube-system" => Weight::Hazard,
        _ => Weight::Notable,
    };
    if delta.subject.is_everybody() && !gained.is_empty() {
        return Weight::Hazard;
    }
    let usual = if words::has_wildcard(gained) { Weight::Notable } else { Weight::Plain };
    powers.iter().map(of_power).min().unwrap_or(usual).min(usual)
}

/// Whether a power through a custom resource leads anywhere: Argo CD reads Applications in its own namespaces only, and
/// an ExternalSecret needs a store that its namespace may use.
fn matters(pair: &ClusterPair, held: &HeldPower) -> bool {
    let Reach::Namespace(namespace) = &held.reach else { return true };
    match held.power.id {
        "deploy-by-argo-cd" => {
            let kinds = ["Application", "ApplicationSet", "AppProject"];
            let mut known = kinds.iter().flat_map(|kind| pair.head.of_kind("argoproj.io", kind));
            namespace == "argocd" || known.any(|object| object.id.namespace == *namespace)
        }
        "read-by-external-secrets" => {
            let own = pair.head.of_kind("external-secrets.io", "SecretStore");
            pair.head.of_kind("external-secrets.io", "ClusterSecretStore").next().is_some()
                || own.into_iter().any(|store| store.id.namespace == *namespace)
        }
        _ => true,
    }
}

/// The workloads that run as a ServiceAccount, in head.
fn used_by(pair: &ClusterPair, subject: &Subject) -> Vec<String> {
    let Subject::ServiceAccount { namespace, name } = subject else { return Vec::new() };
    let workloads = pair.head.workloads_in(namespace).filter(|workload| workload.service_account == *name);
    workloads.map(|workload| workload.id().short()).collect()
}

/// What a workload that runs as another account gains and loses.
fn difference(pair: &ClusterPair, before: &Subject, after: &Subject) -> Option<(Prose, Weight)> {
    let old = pair.base.permissions().with_groups(before);
    let new = pair.head.permissions().with_groups(after);
    let (gained, lost) = (new.without(&old), old.without(&new));
    let powers = Powers::of(&gained).without(&Powers::of(&old));
    let held: Vec<&HeldPower> = powers.iter().filter(|held| matters(pair, held)).collect();
    let what = words::difference(&held, &gained, &lost);
    let weight = if held.is_empty() && lost.is_empty() { Weight::Plain } else { Weight::Notable };
    (!what.is_empty()).then_some((what, weight))
}
