//! The components of one revision.

use std::fmt::Write as _;

use manifesto_gitops::{Deployment, ListedComponent, Listing, Sync};

use super::remedies::remedies;
use super::style::{CHANGED, DIM, HEADING, inert, paint};
use crate::words;

/// A component on each line: its name, where it goes, what happens when the repository changes, what it renders to. With
/// `reads`, the directories that it reads as well.
pub fn listing(listing: &Listing, reads: bool) -> String {
    let mut text = String::new();
    for listed in &listing.components {
        component(&mut text, listed);
        if reads {
            for directory in listed.directories() {
                let _ = writeln!(text, "    reads {}", inert(directory));
            }
        }
        for gap in &listed.rendering.gaps {
            let _ = writeln!(text, "    {} {}", paint(CHANGED, "not known:"), inert(gap));
        }
    }
    for duplicate in &listing.duplicates {
        let places: Vec<String> = duplicate.places.iter().map(inert).collect();
        let _ = writeln!(
            text,
            "{} {} is defined twice: {}",
            paint(CHANGED, "duplicate:"),
            inert(duplicate.definition.short()),
            places.join(", ")
        );
    }
    for gap in &listing.gaps {
        let _ = writeln!(text, "{} {}", paint(CHANGED, "not known:"), inert(gap));
    }
    let own = listing.components.iter().flat_map(|listed| &listed.rendering.gaps);
    text.push_str(&remedies(own.chain(&listing.gaps)));
    let proven = listing.components.iter().filter(|listed| listed.rendering.is_complete()).count();
    let _ = writeln!(
        text,
        "{}; every object of {proven} is known.",
        paint(HEADING, words::count(listing.components.len(), "component")),
    );
    text
}

fn component(text: &mut String, listed: &ListedComponent) {
    let how = listed
        .component
        .deployment
        .as_ref()
        .map_or_else(|| "no definition deploys it".to_owned(), deployment);
    let _ = writeln!(
        text,
        "{}  {how}  {}  {}",
        paint(HEADING, inert(&listed.name)),
        words::count(listed.objects().len(), "object"),
        paint(DIM, inert(&listed.component.path)),
    );
}

fn deployment(deployment: &Deployment) -> String {
    let cluster = deployment.cluster.label();
    let namespace = deployment.namespace.as_deref().unwrap_or("?");
    let target = if cluster.is_empty() { namespace.to_owned() } else { format!("{cluster}/{namespace}") };
    format!("{} → {}, {}", deployment.tool, inert(target), sync(deployment.sync))
}

/// What happens when the repository changes, in few words.
fn sync(sync: Sync) -> String {
    match sync {
        Sync::Manual => "manual".to_owned(),
        Sync::Suspended => "suspended".to_owned(),
        Sync::Automatic { prune, self_heal, .. } => {
            let with: Vec<&str> = [(prune, "prune"), (self_heal, "self-heal")]
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, w)| *w)
                .collect();
            if with.is_empty() {
                "automatic".to_owned()
            } else {
                format!("automatic with {}", with.join(" and "))
            }
        }
    }
}
