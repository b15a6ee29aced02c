//! What is written down: the six boxes, from the files that the change touches.

use manifesto_evidence::{
    Answer, BoxClass, Evidence, Fact, FileChange, FileChangeKind, Level, Origin, Place, Predicate, Prose,
    Reason, Side, Topic, TreePath,
};
use manifesto_gitops::Change;

use crate::analyzer::{Analyze, Analyzer};

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::Documentation,
    question: "Which documents does the change create or update?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// A kind of document.
struct Document {
    predicate: Predicate,
    /// How such a document is called in the list of links.
    name: &'static str,
    is: fn(&TreePath) -> bool,
}

const fn document(
    id: &'static str,
    question: &'static str,
    words: &'static [&'static str],
    name: &'static str,
    is: fn(&TreePath) -> bool,
) -> Document {
    let (topic, class, undisclosed) = (Topic::Documentation, BoxClass::Derivable, Level::Warning);
    Document { predicate: Predicate { id, topic, question, words, class, undisclosed }, name, is }
}

static DOCUMENTS: [Document; 6] = [
    document(
        "documentation.adr",
        "the change writes an architecture decision record",
        &["architecture", "decision", "record", "adr", "adrs", "entscheidung"],
        "ADR",
        is_decision,
    ),
    document(
        "documentation.bootstrap",
        "the change writes a bootstrap procedure",
        &["bootstrap", "procedures", "bootstrapping", "setup"],
        "bootstrap procedure",
        is_bootstrap,
    ),
    document(
        "documentation.diagrams",
        "the change writes an architecture diagram",
        &["architecture", "diagrams", "diagram", "d2", "mermaid", "drawio"],
        "diagram",
        is_diagram,
    ),
    document(
        "documentation.readme",
        "the change writes a README",
        &["readme", "readmes", "files", "updated"],
        "README",
        is_readme,
    ),
    document(
        "documentation.runbooks",
        "the change writes a runbook or a procedure",
        &[
            "operational",
            "runbooks",
            "runbook",
            "procedures",
            "documented",
            "troubleshooting",
            "guides",
            "sop",
        ],
        "procedure",
        is_runbook,
    ),
    document(
        "documentation.api",
        "the change writes API documentation",
        &["api", "documentation", "applicable", "openapi"],
        "API documentation",
        is_api,
    ),
];

/// "No documentation changes needed": evidence can deny it.
static NONE: Predicate = Predicate {
    id: "documentation.none",
    topic: Topic::Documentation,
    question: "the change needs no documentation",
    words: &["no", "documentation", "changes", "needed", "required"],
    class: BoxClass::Refutable,
    undisclosed: Level::Note,
};

fn analyze(change: &Change, evidence: &mut Evidence) {
    let others =
        || change.files.iter().filter(|file| is_other(&file.path) && file.kind != FileChangeKind::Removed);
    let mut written = false;
    for document in &DOCUMENTS {
        let files = change.files.iter().filter(|file| (document.is)(&file.path));
        let (gone, kept): (Vec<_>, Vec<_>) = files.partition(|file| file.kind == FileChangeKind::Removed);
        written |= !kept.is_empty();
        let reasons = kept.iter().map(|file| reason(file)).collect();
        // Some readers call any document a procedure or a description of an interface.
        let loose = matches!(document.name, "procedure" | "bootstrap procedure" | "API documentation");
        let arguable = if loose { others().map(reason).collect() } else { Vec::new() };
        evidence.facts.extend(kept.iter().chain(&gone).map(|file| fact(document, file)));
        evidence.answers.push(Answer::weighed(&document.predicate, reasons, arguable, &[]));
    }
    for file in others() {
        written = true;
        evidence.facts.push(Fact::new(Topic::Documentation, line(file, None)).origins([origin(file)]));
    }
    let truth =
        if written { manifesto_evidence::Truth::No } else { manifesto_evidence::Truth::Unknown(Vec::new()) };
    evidence.answers.push(Answer { predicate: &NONE, truth });
}

fn reason(file: &FileChange) -> Reason {
    Reason { text: Prose::from(verb(&file.kind)).words(" ").code(&file.path), origin: origin(file) }
}

fn fact(document: &Document, file: &FileChange) -> Fact {
    Fact::new(Topic::Documentation, line(file, Some(document.name))).origins([origin(file)])
}

/// "`docs/decisions/015-x.md` - ADR, updated".
fn line(file: &FileChange, name: Option<&str>) -> Prose {
    let what = match file.kind {
        FileChangeKind::Added => "new",
        FileChangeKind::Removed => "removed",
        FileChangeKind::Modified => "updated",
        FileChangeKind::Renamed { .. } => "moved",
    };
    let name = name.map(|name| format!("{name}, ")).unwrap_or_default();
    Prose::new().code(&file.path).words(format!(" - {name}{what}"))
}

fn verb(kind: &FileChangeKind) -> &'static str {
    match kind {
        FileChangeKind::Added => "adds",
        FileChangeKind::Removed => "removes",
        FileChangeKind::Modified => "updates",
        FileChangeKind::Renamed { .. } => "moves",
    }
}

fn origin(file: &FileChange) -> Origin {
    let side = if file.head_path().is_some() { Side::Head } else { Side::Base };
    Origin::direct(side, Place::file(file.path.clone()))
}

fn lower(path: &TreePath) -> String {
    path.as_str().to_ascii_lowercase()
}

fn is_prose(path: &TreePath) -> bool {
    matches!(path.extension(), Some("md" | "mdx" | "markdown" | "rst" | "adoc" | "txt"))
}

/// Whether some directory of the path has one of these names.
fn is_below(path: &TreePath, names: &[&str]) -> bool {
    let directory = path.parent().map(|parent| lower(&parent)).unwrap_or_default();
    directory.split('/').any(|segment| names.contains(&segment))
}

/// `docs/decisions/015-title.md`, `docs/adr/0007-title.md`: numbered, in a directory of decisions.
fn is_decision(path: &TreePath) -> bool {
    let digits = path.file_name().bytes().take_while(u8::is_ascii_digit).count();
    is_prose(path)
        && digits >= 2
        && is_below(path, &["decisions", "adr", "adrs", "decision-records", "decision"])
}

fn is_bootstrap(path: &TreePath) -> bool {
    is_prose(path) && path.file_name().to_ascii_lowercase().contains("bootstrap")
}

fn is_diagram(path: &TreePath) -> bool {
    matches!(path.extension(), Some("d2" | "drawio" | "excalidraw" | "mmd" | "puml" | "plantuml" | "dot"))
}

fn is_readme(path: &TreePath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    is_prose(path) && (name == "readme" || name.starts_with("readme."))
}

fn is_runbook(path: &TreePath) -> bool {
    let names = &[
        "procedures",
        "runbooks",
        "runbook",
        "sop",
        "sops-procedures",
        "playbooks",
        "operations",
        "disaster-recovery",
    ];
    let named = lower(path).contains("runbook") || lower(path).contains("disaster_recovery");
    is_prose(path) && !is_readme(path) && (is_below(path, names) || named)
}

fn is_api(path: &TreePath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let described = matches!(path.extension(), Some("yaml" | "yml" | "json"))
        && (name.starts_with("openapi") || name.starts_with("swagger"));
    described || is_prose(path) && is_below(path, &["api", "apis", "api-reference"])
}

/// A document that is none of the six kinds.
fn is_other(path: &TreePath) -> bool {
    is_prose(path) && !DOCUMENTS.iter().any(|document| (document.is)(path))
}
