//! Files that SOPS encrypts: who can read them, and what of them is not encrypted.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_cluster::secrets::sops::{self, SopsDocument};
use manifesto_evidence::{Origin, Place, Prose, Side, Weight};
use manifesto_gitops::Change;
use manifesto_tree::{FileChange, TreePath};
use manifesto_yaml::{Dialect, Limits, parse};

use super::NAMED_MAX;
use crate::statements::Statements;

/// States what differs in the changed files.
pub(super) fn state(change: &Change, statements: &mut Statements) {
    let is_yaml = |file: &&FileChange| matches!(file.path.extension(), Some("yaml" | "yml" | "json" | "enc"));
    for file in change.files.iter().filter(is_yaml) {
        let before = file.base_path().and_then(|path| content(change, Side::Base, path));
        let after = file.head_path().and_then(|path| content(change, Side::Head, path));
        // The word is in every file that SOPS writes; most need not be parsed.
        let is_named = |content: &Arc<[u8]>| content.windows(4).any(|word| word == b"sops");
        if ![&before, &after].into_iter().flatten().any(is_named) {
            continue;
        }
        let (before, after) = (documents(before.as_deref()), documents(after.as_deref()));
        for (index, new) in after.iter().enumerate() {
            let old = before.get(index).and_then(Option::as_ref);
            match (old, new) {
                (_, Some(new)) => compare(&file.path, old, new, statements),
                (Some(_), None) => {
                    let what = Prose::from(" is no longer encrypted");
                    say(&file.path, Weight::Hazard, what, 0, statements);
                }
                (None, None) => {}
            }
        }
    }
}

fn content(change: &Change, side: Side, path: &TreePath) -> Option<Arc<[u8]>> {
    let tree = change.tree(side);
    tree.read(tree.lookup(path).ok()?).ok()
}

/// The documents of a file; those that SOPS did not encrypt are none.
fn documents(content: Option<&[u8]>) -> Vec<Option<SopsDocument>> {
    let parsed = parse(content.unwrap_or_default(), Dialect::SigsV2, &Limits::default());
    parsed.documents.iter().map(|document| sops::read(&document.root)).collect()
}

fn compare(path: &TreePath, old: Option<&SopsDocument>, new: &SopsDocument, statements: &mut Statements) {
    if let Some((_, mark)) = new.clear.first() {
        let known: BTreeSet<&str> =
            old.iter().flat_map(|old| &old.clear).map(|(name, _)| name.as_str()).collect();
        let names: Vec<&str> =
            new.clear.iter().map(|(name, _)| name.as_str()).filter(|name| !known.contains(name)).collect();
        if !names.is_empty() {
            let what =
                Prose::from(" is to be encrypted and holds ").list(&names, NAMED_MAX).words(" in clear");
            say(path, Weight::Hazard, what, mark.line, statements);
        }
    }
    let Some(old) = old else { return };
    let gains: Vec<&String> = new.recipients.iter().filter(|name| !old.recipients.contains(name)).collect();
    let loses: Vec<&String> = old.recipients.iter().filter(|name| !new.recipients.contains(name)).collect();
    if !gains.is_empty() {
        let what = Prose::from(" can now be decrypted by ").list(&gains, NAMED_MAX);
        say(path, Weight::Notable, what, 0, statements);
    }
    if !loses.is_empty() {
        let what = Prose::from(" can no longer be decrypted by ").list(&loses, NAMED_MAX);
        let what = what.words("; whoever had it still knows the old values");
        say(path, Weight::Notable, what, 0, statements);
    }
    for (from, to) in new.moved_from(old) {
        let what =
            Prose::from(" cannot be decrypted: the value of ").code(from).words(" was moved to ").code(to);
        say(path, Weight::Hazard, what, 0, statements);
    }
    if new.is_edited_by_hand(old) {
        let what = Prose::from(" cannot be decrypted: it was edited without SOPS");
        say(path, Weight::Hazard, what, 0, statements);
    }
}

fn say(path: &TreePath, weight: Weight, what: Prose, line: u32, statements: &mut Statements) {
    let origin = Origin::direct(Side::Head, Place::line(path.clone(), line));
    statements.add(weight, None, (Prose::new(), path.to_string(), what), [origin]);
}
