//! Which files a reviewer should open.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_evidence::{
    Evidence, Fact, FileChangeKind, Origin, Place, Prose, Side, Topic, TreePath, Weight,
};
use manifesto_gitops::{AffectedComponent, Change, Source};
use manifesto_objects::ObjectChange;

use crate::analyzer::{Analyze, Analyzer, changes_of};
use crate::wording::{self, count};

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::KeyFiles,
    question: "Which changed files decide what changes in the cluster?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// So many objects are named behind a file; the rest are counted.
const NAMED_MAX: usize = 3;

fn analyze(change: &Change, evidence: &mut Evidence) {
    for component in &change.components {
        let reach = reach(change, component);
        let mut files: Vec<(usize, &TreePath, Prose)> = Vec::new();
        let mut rendered = 0;
        for file in &change.files {
            if !component.reads(&file.path) && !file.base_path().is_some_and(|path| component.reads(path)) {
                continue;
            }
            if is_rendered(component, &file.path) {
                rendered += 1;
                continue;
            }
            let changes = reach.get(&file.path).cloned().unwrap_or_default();
            files.push((changes.len(), &file.path, description(&file.kind, &changes)));
        }
        files.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        for (objects, path, description) in files {
            let weight = if objects > 0 { Weight::Plain } else { Weight::Detail };
            let fact = Fact::new(Topic::KeyFiles, Prose::new().code(path).words(" - ").prose(description));
            let origin = Origin::direct(Side::Head, Place::file(path.clone()));
            evidence.facts.push(fact.component(&component.name).weight(weight).origins([origin]));
        }
        if rendered > 0 {
            let text = format!("{} of the rendered tree left out", count(rendered, "file"));
            let fact =
                Fact::new(Topic::KeyFiles, text.as_str()).component(&component.name).weight(Weight::Detail);
            evidence.facts.push(fact);
        }
    }
}

/// The changed objects that each file has a part in: it holds them, or, where no file that holds them changed, a
/// kustomization line in it led to them.
fn reach<'c>(change: &'c Change, component: &AffectedComponent) -> BTreeMap<TreePath, Vec<&'c ObjectChange>> {
    let changed: BTreeSet<&TreePath> =
        change.files.iter().flat_map(|file| file.base_path().into_iter().chain(file.head_path())).collect();
    let mut reach: BTreeMap<TreePath, Vec<&ObjectChange>> = BTreeMap::new();
    for object in changes_of(change, &component.name).filter(|object| object.is_real()) {
        let sides = || [&object.base, &object.head].into_iter().flatten();
        let mut paths: Vec<TreePath> = sides().flat_map(|side| side.files.iter().cloned()).collect();
        paths.retain(|path| changed.contains(path));
        if paths.is_empty() {
            paths.extend(sides().flat_map(|side| side.via.iter().map(|place| place.path.clone())));
        }
        paths.sort();
        paths.dedup();
        for path in paths {
            reach.entry(path).or_default().push(object);
        }
    }
    reach
}

fn is_rendered(component: &AffectedComponent, path: &TreePath) -> bool {
    [&component.base, &component.head].into_iter().flatten().any(|side| match &side.component.source {
        Source::Rendered { directory, .. } => path.starts_with(directory),
        _ => false,
    })
}

fn description(kind: &FileChangeKind, changes: &[&ObjectChange]) -> Prose {
    let mut prose = match kind {
        FileChangeKind::Added => Prose::from("new"),
        FileChangeKind::Removed => Prose::from("removed"),
        FileChangeKind::Modified => Prose::from("changed"),
        FileChangeKind::Renamed { from, .. } => Prose::new().words("moved from ").code(from),
    };
    for (index, object) in changes.iter().take(NAMED_MAX).enumerate() {
        prose = prose.words(if index == 0 { ": " } else { ", " }).prose(wording::what_happens(object));
    }
    let rest = changes.len().saturating_sub(NAMED_MAX);
    if rest > 0 { prose.words(format!(" and {}", count(rest, "more object"))) } else { prose }
}
