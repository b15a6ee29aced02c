//! Evidence as text: a line each, data in backticks, origins behind `@`.
//!
//! ```text
//! component web added apps/web
//! component db changed apps/db unproven
//! fact components web hazard: adds `Deployment/web` @ apps/web/web.yaml:3
//! fact attack-surface -: opens `web` to `world` @ apps/web/route.yaml:1
//! answer impact.storage yes: adds `Pvc/data` @ apps/web/data.yaml:1
//! answer impact.network no
//! answer impact.gitops unknown: the chart `web` is not in the repository
//! gap: the chart `web` 1.1.0 is not in the repository @ apps/web/kustomization.yaml:4
//! not-analysed main.tf Terraform
//! changed apps/web/web.yaml
//! file apps/web/web.yaml
//! deploys web apps/web web-system generated
//! object added Deployment/web in web-system port=80/TCP memory=512Mi @ apps/web/web.yaml:1
//! chart web 1.1.0 @ apps/web/kustomization.yaml:4
//! hidden apps/web ExternalSecret
//! interrupted web.example.org @ apps/web/route.yaml:1
//! ```

use manifesto_evidence::{
    Answer, BoxClass, CensusComponent, ChartUse, ComponentChange, ComponentEvidence, Evidence, Fact,
    FileChange, FileChangeKind, FileNotAnalysed, Gap, GapReason, Hidden, Interruption, Level, Origin, Place,
    Predicate, Property, PropertyKind, Prose, Reason, Side, Subject, SubjectChange, Topic, TreePath, Truth,
    Weight,
};

macro_rules! predicates {
    ($($id:literal $topic:ident $class:ident $level:ident $question:literal $words:expr;)*) => {
        /// The questions that the tests answer.
        pub(crate) static PREDICATES: &[Predicate] = &[$(Predicate {
            id: $id,
            topic: Topic::$topic,
            question: $question,
            words: &$words,
            class: BoxClass::$class,
            undisclosed: Level::$level,
        },)*];
    };
}

predicates! {
    "impact.objects" InfrastructureImpact Derivable Warning "the change adds objects" ["resources", "manifests", "kubernetes", "objects"];
    "impact.crossplane" InfrastructureImpact Derivable Warning "the change touches Crossplane" ["crossplane", "compositions", "claims"];
    "impact.gitops" InfrastructureImpact Derivable Warning "the change touches what Argo CD deploys" ["gitops", "argocd", "argo cd", "flux"];
    "impact.network" InfrastructureImpact Derivable Error "the change touches the network" ["network", "cilium", "envoy", "gateway", "tailscale", "connectivity"];
    "impact.security" InfrastructureImpact Derivable Error "the change touches permissions, secrets or sign-on" ["security", "pocket id", "openbao", "rbac", "secrets"];
    "impact.storage" InfrastructureImpact Derivable Warning "the change touches storage" ["storage", "longhorn", "cloudnative pg", "s3", "pvc", "volumes"];
    "impact.dns" InfrastructureImpact Derivable Warning "the change publishes names" ["dns", "certificate", "domains"];
    "impact.monitoring" InfrastructureImpact Derivable Warning "the change touches monitoring" ["monitoring", "observability", "metrics"];
    "impact.none" InfrastructureImpact Refutable Error "the change touches no infrastructure" ["no", "architectural", "infrastructure", "changes"];
    "deployment.auto" DeploymentMethod Derivable Warning "a component is synchronised automatically" ["auto sync", "automatic", "automated"];
    "deployment.manual" DeploymentMethod Derivable Warning "a component waits for a person" ["manual", "manually"];
    "deployment.phased" DeploymentMethod Derivable Warning "the deployment has phases" ["phased", "waves", "order", "staged"];
    "docs.adr" Documentation Derivable Note "the change adds a decision record" ["adr", "decision record", "decisions"];
    "docs.readme" Documentation Derivable Note "the change touches a README" ["readme"];
    "docs.diagrams" Documentation Derivable Note "the change touches a diagram" ["d2", "diagrams", "architecture diagrams"];
    "docs.none" Documentation Refutable Warning "the change touches no documentation" ["no", "documentation", "none"];
    "breaking.yes" BreakingChanges Derivable Error "the change breaks something" ["yes", "breaking"];
    "breaking.no" BreakingChanges Refutable Error "the change breaks nothing" ["no", "none"];
}

/// Reads evidence.
pub(crate) fn evidence(text: &str) -> Evidence {
    let (mut evidence, mut files) = (Evidence::default(), Vec::new());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "component" => evidence.components.push(component(rest)),
            "fact" => evidence.facts.push(fact(rest)),
            "answer" => evidence.answers.push(answer(rest)),
            "gap:" => evidence.gaps.push(gap(rest)),
            "changed" => {
                evidence.files.push(FileChange { path: path_of(rest), kind: FileChangeKind::Modified });
            }
            "file" => files.push(path_of(rest)),
            "deploys" => evidence.census.components.push(deploys(rest)),
            "object" => evidence.census.subjects.push(subject(rest)),
            "chart" => evidence.census.charts.push(chart(rest)),
            "hidden" => evidence.census.hidden.push(hidden(rest)),
            "interrupted" => evidence.census.interruptions.push(interrupted(rest)),
            "not-analysed" => {
                let (path, what) = rest.split_once(' ').unwrap();
                let file = FileNotAnalysed { path: path_of(path), what: what.to_owned() };
                evidence.completeness.files_not_analysed.push(file);
            }
            other => panic!("unknown word {other:?}"),
        }
    }
    files.sort();
    evidence.census.head_files = files.into();
    evidence.completeness.components_affected = evidence.components.len();
    evidence.completeness.components_proven = evidence.components.iter().filter(|c| c.proven).count();
    evidence
}

fn path_of(text: &str) -> TreePath {
    TreePath::new(text).unwrap()
}

fn component(text: &str) -> ComponentEvidence {
    let words: Vec<&str> = text.split(' ').collect();
    let change = match words[1] {
        "added" => ComponentChange::Added,
        "removed" => ComponentChange::Removed,
        "moved" => ComponentChange::Moved,
        _ => ComponentChange::Changed,
    };
    ComponentEvidence { name: words[0].to_owned(), path: path_of(words[2]), change, proven: words.len() < 4 }
}

fn fact(text: &str) -> Fact {
    let (head, said) = text.split_once(": ").unwrap();
    let mut words = head.split(' ');
    let topic = Topic::from_slug(words.next().unwrap()).unwrap();
    let component = words.next().filter(|name| *name != "-");
    let weight = match words.next() {
        Some("hazard") => Weight::Hazard,
        Some("notable") => Weight::Notable,
        Some("detail") => Weight::Detail,
        _ => Weight::Plain,
    };
    let (said, origins) = said_at(said);
    let fact = Fact::new(topic, prose(said)).weight(weight).origins(origins);
    component.map_or(fact.clone(), |component| fact.component(component))
}

fn answer(text: &str) -> Answer {
    let (head, said) = text.split_once(": ").unwrap_or((text, ""));
    let (id, truth) = head.split_once(' ').unwrap();
    let predicate = PREDICATES.iter().find(|predicate| predicate.id == id).unwrap();
    let truth = match truth {
        "yes" => {
            let (said, origins) = said_at(said);
            let origin = origins.into_iter().next().unwrap();
            Truth::Yes(vec![Reason { text: prose(said), origin }])
        }
        "no" => Truth::No,
        _ => Truth::Unknown(vec![Gap::new(GapReason::MissingChart, said)]),
    };
    Answer { predicate, truth }
}

fn gap(text: &str) -> Gap {
    let (said, origins) = said_at(text);
    let gap = Gap::new(GapReason::MissingChart, said);
    match origins.into_iter().next() {
        Some(origin) => gap.at(origin.place),
        None => gap,
    }
}

/// `web apps/web web-system generated`; `-` where no namespace is forced.
fn deploys(text: &str) -> CensusComponent {
    let words: Vec<&str> = text.split(' ').collect();
    CensusComponent {
        name: words[0].to_owned(),
        path: path_of(words[1]),
        namespace: words
            .get(2)
            .filter(|namespace| **namespace != "-")
            .map(|namespace| (*namespace).to_owned()),
        is_generated: words.len() > 3,
    }
}

fn subject(text: &str) -> Subject {
    let (said, origins) = said_at(text);
    let origin = origins.into_iter().next().unwrap();
    let words: Vec<&str> = said.split(' ').collect();
    let (kind, name) = words[1].split_once('/').unwrap();
    let is_placed = words.get(2) == Some(&"in");
    let property = |word: &&str| {
        let (kind, value) = word.split_once('=').unwrap();
        let (_, kind) = PROPERTIES.iter().find(|(word, _)| *word == kind).unwrap();
        Property { kind: *kind, value: value.replace('~', " "), origin: origin.clone() }
    };
    Subject {
        kind: kind.to_owned(),
        name: name.to_owned(),
        namespace: if is_placed { words[3].to_owned() } else { String::new() },
        change: match words[0] {
            "added" => SubjectChange::Added,
            "removed" => SubjectChange::Removed,
            "changed" => SubjectChange::Changed,
            _ => SubjectChange::Untouched,
        },
        origin: origin.clone(),
        properties: words[if is_placed { 4 } else { 2 }..].iter().map(property).collect(),
    }
}

/// Words of properties; a blank in a value is written `~`.
const PROPERTIES: &[(&str, PropertyKind)] = &[
    ("label", PropertyKind::Label),
    ("port", PropertyKind::Port),
    ("host", PropertyKind::Host),
    ("outside", PropertyKind::Outside),
    ("image", PropertyKind::Image),
    ("path", PropertyKind::SecretPath),
    ("key", PropertyKind::SecretKey),
    ("makes", PropertyKind::Makes),
    ("cpu", PropertyKind::Cpu),
    ("memory", PropertyKind::Memory),
    ("storage", PropertyKind::Storage),
    ("replicas", PropertyKind::Replicas),
    ("interval", PropertyKind::Interval),
];

fn chart(text: &str) -> ChartUse {
    let (said, origins) = said_at(text);
    let (name, version) = said.split_once(' ').unwrap();
    ChartUse {
        name: name.to_owned(),
        version: version.to_owned(),
        origin: origins.into_iter().next().unwrap(),
    }
}

/// A host, and what publishes it.
fn interrupted(text: &str) -> Interruption {
    let (host, origins) = said_at(text);
    let why = "policies do not let it through".to_owned();
    Interruption { host: host.to_owned(), why, origin: origins[0].clone() }
}

/// A directory, and the kinds that are surely not among what is not seen of it.
fn hidden(text: &str) -> Hidden {
    let mut words = text.split(' ');
    let directory = words.next().map(path_of);
    let never = words
        .map(|kind| if kind == "ExternalSecret" { "ExternalSecret" } else { panic!("{kind}") })
        .collect();
    Hidden { side: Some(Side::Head), directory, why: "the chart is not rendered".to_owned(), never }
}

fn said_at(text: &str) -> (&str, Vec<Origin>) {
    let Some((said, place)) = text.rsplit_once(" @ ") else { return (text, Vec::new()) };
    let (path, line) = place.split_once(':').unwrap_or((place, "0"));
    (said, vec![Origin::direct(Side::Head, Place::line(path_of(path), line.parse().unwrap()))])
}

/// Words and, between backticks, data.
fn prose(text: &str) -> Prose {
    text.split('`').enumerate().fold(Prose::new(), |prose, (index, piece)| match (index % 2, piece) {
        (_, "") => prose,
        (0, words) => prose.words(words),
        (_, data) => prose.code(data),
    })
}
