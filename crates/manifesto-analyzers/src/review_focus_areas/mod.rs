//! Where a reviewer should look first: the evidence of all others, the riskiest first.

use manifesto_evidence::{ComponentChange, Evidence, Fact, Gap, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{ChangeKind, ObjectChange};

use crate::analyzer::{Analyze, Analyzer};
use crate::wording;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::ReviewFocusAreas,
    question: "Where should a reviewer look first?",
    page: include_str!("README.md"),
    analyze: Analyze::Evidence(analyze),
};

/// What a reviewer answers for, and the topics that tell about it.
struct Area {
    name: &'static str,
    topics: &'static [Topic],
}

const AREAS: &[Area] = &[
    Area {
        name: "Security",
        topics: &[
            Topic::SecurityMeasures,
            Topic::AttackSurface,
            Topic::SecretsManagement,
            Topic::NetworkIsolation,
            Topic::Permissions,
            Topic::DnsAndCertificates,
            Topic::Images,
        ],
    },
    Area {
        name: "Deployment and rollback",
        topics: &[
            Topic::DeploymentMethod,
            Topic::DeploymentPrerequisites,
            Topic::DeploymentSteps,
            Topic::RollbackProcedure,
            Topic::BreakingChanges,
        ],
    },
    Area { name: "Resources", topics: &[Topic::ResourceRequirements] },
    Area { name: "Resilience", topics: &[Topic::Storage, Topic::MonitoringAndMetrics] },
];

/// So much of one area is shown: the rest is where it belongs.
const SHOWN_MAX: usize = 3;

/// Fields that say which version of something runs.
const VERSIONS: &[&str] = &["image", "tag", "newTag", "digest", "version", "targetRevision"];

fn analyze(change: &Change, evidence: &Evidence) -> Vec<Fact> {
    let mut facts = unknown(evidence);
    facts.extend(AREAS.iter().flat_map(|area| looks(area, evidence)));
    facts.extend(undocumented(evidence));
    if facts.is_empty() {
        facts.extend(routine(change, evidence));
    }
    facts
}

fn fact(text: Prose) -> Fact {
    Fact::new(Topic::ReviewFocusAreas, text)
}

/// What deserves a look in an area, as it was found.
fn looks(area: &Area, evidence: &Evidence) -> Vec<Fact> {
    let deserves = |found: &&Fact| found.weight <= Weight::Notable && area.topics.contains(&found.topic);
    let mut found: Vec<&Fact> = evidence.facts.iter().filter(deserves).collect();
    found.sort_by_key(|found| found.weight);
    let rest = found.len().saturating_sub(SHOWN_MAX);
    let shown = found.into_iter().take(SHOWN_MAX).map(|found| Fact {
        topic: Topic::ReviewFocusAreas,
        component: None,
        text: Prose::from(area.name).words(": ").prose(found.text.clone()),
        ..found.clone()
    });
    let more = (rest > 0).then(|| {
        let what = wording::count(rest, "more finding");
        fact(Prose::from(area.name).words(format!(": {what}, told where they belong"))).weight(Weight::Detail)
    });
    shown.chain(more).collect()
}

/// Objects that nobody has looked at: the reviewer is the first.
fn unknown(evidence: &Evidence) -> Vec<Fact> {
    let hidden: Vec<&Gap> =
        evidence.gaps.iter().filter(|gap| gap.hides_objects() && gap.side.is_some()).collect();
    let rest = hidden.len().saturating_sub(SHOWN_MAX);
    let shown = hidden.into_iter().take(SHOWN_MAX).map(|gap| {
        let origin = gap.place.clone().map(|place| Origin::direct(gap.side.unwrap_or(Side::Head), place));
        let text = Prose::from("Not known: ").prose(Prose::clause(&gap.detail));
        fact(text).weight(Weight::Notable).origins(origin)
    });
    let what = || wording::count(rest, "other thing");
    let more = (rest > 0).then(|| fact(Prose::from("Not known: ").words(what())).weight(Weight::Detail));
    shown.chain(more).collect()
}

/// New components of a change that touches no document.
fn undocumented(evidence: &Evidence) -> Option<Fact> {
    if evidence.about(Topic::Documentation).next().is_some() {
        return None;
    }
    let is_new =
        |component: &&manifesto_evidence::ComponentEvidence| component.change == ComponentChange::Added;
    let new: Vec<&str> =
        evidence.components.iter().filter(is_new).map(|component| component.name.as_str()).collect();
    let first = new.first()?;
    let text = Prose::from("Documentation: ").code(first);
    let text = match new.len() - 1 {
        0 => text.words(" is new, and no document changes with it"),
        others => {
            text.words(format!(" and {} are new, and no document changes", wording::count(others, "other")))
        }
    };
    Some(fact(text))
}

/// A change of versions and nothing else, all of which is known.
fn routine(change: &Change, evidence: &Evidence) -> Option<Fact> {
    let mut objects = change.objects.real().peekable();
    objects.peek()?;
    if !evidence.gaps.is_empty() || !objects.all(is_version_only) {
        return None;
    }
    let number = change.objects.real().count();
    let differ = if number == 1 { "differs" } else { "differ" };
    let what = format!("{} {differ} in nothing but versions", wording::count(number, "object"));
    Some(fact(Prose::from("Routine: ").words(what)))
}

fn is_version_only(object: &ObjectChange) -> bool {
    let is_version = |path: &str| {
        let last = path.rsplit('.').next().unwrap_or(path);
        VERSIONS.contains(&last)
    };
    object.kind == ChangeKind::Changed
        && !object.fields.is_empty()
        && object.fields.iter().all(|field| is_version(&field.path.to_string()))
}
