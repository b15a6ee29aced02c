//! Which parts of the platform the change touches: the eight boxes, from the rendered objects, never from paths.

use manifesto_evidence::{
    Answer, BoxClass, Evidence, Fact, Gap, Level, Predicate, Prose, Reason, Topic, Truth,
};
use manifesto_gitops::Change;
use manifesto_objects::ObjectChange;

use crate::analyzer::{Analyze, Analyzer};
use crate::hostnames;
use crate::wording;
use kinds::{Counts, of_change};

mod gitops;
mod kinds;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::InfrastructureImpact,
    question: "Which parts of the platform does the change touch?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

const fn predicate(
    id: &'static str,
    question: &'static str,
    words: &'static [&'static str],
    undisclosed: Level,
) -> Predicate {
    let class = BoxClass::Derivable;
    Predicate { id, topic: Topic::InfrastructureImpact, question, words, class, undisclosed }
}

/// Objects appear under names that the cluster does not have.
static NEW_RESOURCES: Predicate = predicate(
    "impact.new-resources",
    "the change adds Kubernetes resources",
    &["new", "kubernetes", "resources", "manifests", "objects", "add", "adds", "added"],
    Level::Warning,
);

/// Any object differs at all.
static ANY_RESOURCES: Predicate = predicate(
    "impact.any-resources",
    "the change touches Kubernetes resources",
    &["infrastructure", "changes", "crossplane", "kubernetes", "manifests", "k8s"],
    Level::Warning,
);

/// A part of the platform, and the question by which templates ask for it.
struct AreaRow {
    area: Area,
    headline: &'static str,
    predicate: Predicate,
}

static AREAS: [AreaRow; 7] = [
    AreaRow {
        area: Area::Crossplane,
        headline: "Crossplane",
        predicate: predicate(
            "impact.crossplane",
            "the change touches Crossplane",
            &["crossplane", "compositions", "composition", "claims", "claim", "xrd"],
            Level::Warning,
        ),
    },
    AreaRow {
        area: Area::GitOps,
        headline: "GitOps",
        predicate: predicate(
            "impact.gitops",
            "the change touches what is deployed and how",
            &["gitops", "configuration", "argocd", "argo", "cd", "flux", "fluxcd"],
            Level::Warning,
        ),
    },
    AreaRow {
        area: Area::Network,
        headline: "Network",
        predicate: predicate(
            "impact.network",
            "the change touches the network",
            &["network", "networking", "netzwerk", "cilium", "envoy", "gateway", "tailscale", "ingress"],
            Level::Error,
        ),
    },
    AreaRow {
        area: Area::Security,
        headline: "Security",
        predicate: predicate(
            "impact.security",
            "the change touches security",
            &[
                "security",
                "sicherheit",
                "pocket",
                "id",
                "openbao",
                "vault",
                "policies",
                "rbac",
                "secrets",
                "auth",
            ],
            Level::Error,
        ),
    },
    AreaRow {
        area: Area::Storage,
        headline: "Storage",
        predicate: predicate(
            "impact.storage",
            "the change touches storage",
            &[
                "storage",
                "speicher",
                "longhorn",
                "cloudnative",
                "pg",
                "cnpg",
                "s3",
                "pvc",
                "pvcs",
                "volumes",
                "database",
            ],
            Level::Warning,
        ),
    },
    AreaRow {
        area: Area::Dns,
        headline: "Names and certificates",
        predicate: predicate(
            "impact.dns",
            "the change touches names or certificates",
            &["dns", "certificate", "certificates", "zertifikate", "tls", "cert", "manager", "hostnames"],
            Level::Warning,
        ),
    },
    AreaRow {
        area: Area::Monitoring,
        headline: "Monitoring",
        predicate: predicate(
            "impact.monitoring",
            "the change touches monitoring",
            &["monitoring", "observability", "metrics", "alerts", "dashboards", "logging"],
            Level::Warning,
        ),
    },
];

/// "No architectural changes": evidence can deny it. Whether a change is one of architecture is for people to say.
static NONE: Predicate = Predicate {
    id: "impact.none",
    topic: Topic::InfrastructureImpact,
    question: "the change touches no part of the platform",
    words: &["no", "none", "architectural", "architecture", "infrastructure", "impact", "changes"],
    class: BoxClass::Refutable,
    undisclosed: Level::Note,
};

/// A part of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    Crossplane,
    GitOps,
    Network,
    Security,
    Storage,
    Dns,
    Monitoring,
}

fn analyze(change: &Change, evidence: &mut Evidence) {
    let gaps: Vec<Gap> = evidence.gaps.iter().filter(|gap| gap.hides_objects()).cloned().collect();
    let mut answers = vec![
        Answer::new(
            &NEW_RESOURCES,
            reasons(change.objects.real().filter(|object| object.adds_a_key())),
            &gaps,
        ),
        Answer::new(&ANY_RESOURCES, reasons(change.objects.real()), &gaps),
    ];
    answers.extend(AREAS.iter().map(|row| area_answer(change, row.area, &row.predicate, &gaps)));
    answers.push(none(&answers, &gaps));
    evidence.facts.extend(answers.iter().filter_map(fact));
    evidence.answers.extend(answers);
}

fn reasons<'c>(changes: impl Iterator<Item = &'c ObjectChange>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = changes.filter_map(wording::reason).collect();
    reasons.sort_by(|a, b| (&a.text, &a.origin).cmp(&(&b.text, &b.origin)));
    reasons
}

fn area_answer(change: &Change, area: Area, predicate: &'static Predicate, gaps: &[Gap]) -> Answer {
    let (mut yes, mut arguable) = (Vec::new(), Vec::new());
    for object in change.objects.real() {
        match of_change(area, object) {
            Some(Counts::Surely) => yes.extend(wording::reason(object)),
            Some(Counts::Arguably) => arguable.extend(wording::reason(object)),
            None => {}
        }
    }
    match area {
        Area::GitOps => yes.extend(gitops::reasons(change)),
        Area::Dns => yes.extend(hostnames::reasons(change)),
        _ => {}
    }
    Answer::weighed(predicate, yes, arguable, gaps)
}

/// Yes when every other answer is no; no as soon as one is yes.
fn none(answers: &[Answer], gaps: &[Gap]) -> Answer {
    let areas =
        answers.iter().filter(|answer| AREAS.iter().any(|row| row.predicate.id == answer.predicate.id));
    let truth = if areas.clone().any(|answer| matches!(answer.truth, Truth::Yes(_))) {
        Truth::No
    } else {
        // Nothing that we know says otherwise; more than that nobody can prove.
        Truth::Unknown(gaps.to_vec())
    };
    Answer { predicate: &NONE, truth }
}

/// One line for an area that is touched: what happens to what.
fn fact(answer: &Answer) -> Option<Fact> {
    let Truth::Yes(reasons) = &answer.truth else { return None };
    if std::ptr::eq(answer.predicate, &raw const ANY_RESOURCES) {
        return None;
    }
    let mut texts: Vec<&Prose> = reasons.iter().map(|reason| &reason.text).collect();
    texts.sort();
    texts.dedup();
    let mut text = Prose::new().words(headline(answer.predicate));
    let mut verb_before = None;
    for (index, reason) in texts.iter().take(REASONS_MAX).enumerate() {
        // "changes `A`, `B`; adds `C`": a verb that is said need not be said again.
        let (verb, rest) = reason.split_first_words();
        let again = verb_before == Some(verb);
        text = text.words(if index == 0 {
            ": "
        } else if again {
            ", "
        } else {
            "; "
        });
        text = if again { text.prose(rest) } else { text.prose((*reason).clone()) };
        verb_before = Some(verb);
    }
    if texts.len() > REASONS_MAX {
        text = text.words(format!(" and {} more", texts.len() - REASONS_MAX));
    }
    let origins = reasons.iter().map(|reason| reason.origin.clone());
    Some(Fact::new(Topic::InfrastructureImpact, text).origins(origins))
}

/// So many reasons are named; the rest are counted.
const REASONS_MAX: usize = 4;

/// What a predicate is about, in a word or two.
fn headline(predicate: &Predicate) -> &'static str {
    AREAS.iter().find(|area| area.predicate.id == predicate.id).map_or("New resources", |area| area.headline)
}
