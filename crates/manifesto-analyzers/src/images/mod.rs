//! Which images run.

use std::collections::BTreeMap;

use manifesto_evidence::{Evidence, Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{Object, ObjectChange};

use crate::analyzer::{Analyze, Analyzer};
use reference::ImageReference;
use uses::{ImageUse, image_uses};

mod reference;
mod uses;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::Images,
    question: "Which images are added, removed, exchanged, pinned or unpinned, and which leave their registry?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// So many objects are named behind an image; the rest are counted.
const NAMED_MAX: usize = 3;

/// What happened to an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ImageChange {
    /// It comes from another registry.
    Registry { from: ImageReference, to: ImageReference },
    /// It is no longer pinned by a digest.
    DigestLost { from: ImageReference, to: ImageReference },
    /// It is pinned by a digest now.
    DigestGained { from: ImageReference, to: ImageReference },
    /// Another tag or digest of the same image.
    Retagged { from: ImageReference, to: ImageReference },
    /// Another image altogether.
    Exchanged { from: ImageReference, to: ImageReference },
    /// It was not there.
    Added(ImageReference),
    /// It is not there any more.
    Removed(ImageReference),
}

fn analyze(change: &Change, evidence: &mut Evidence) {
    let mut found: BTreeMap<(usize, ImageChange), Vec<(String, Origin)>> = BTreeMap::new();
    for object in change.objects.real() {
        for (image, origin) in image_changes(object) {
            let who = object.id().short();
            found.entry((object.component, image)).or_default().push((who, origin));
        }
    }
    for ((component, image), uses) in found {
        let Some(component) = change.components.get(component) else { continue };
        let mut who: Vec<&str> = uses.iter().map(|(who, _)| who.as_str()).collect();
        who.dedup();
        let text = image.describe().words(" in ").list(&who, NAMED_MAX);
        let origins = uses.iter().map(|(_, origin)| origin.clone());
        evidence.facts.push(
            Fact::new(Topic::Images, text).component(&component.name).weight(image.weight()).origins(origins),
        );
    }
}

/// The images of one object that differ, each with the place that names it.
fn image_changes(change: &ObjectChange) -> Vec<(ImageChange, Origin)> {
    let uses = |object: &Option<std::sync::Arc<Object>>| -> BTreeMap<String, ImageUse> {
        let uses = object.iter().flat_map(|object| image_uses(object));
        uses.map(|image_use| (image_use.path.clone(), image_use)).collect()
    };
    let (before, after) = (uses(&change.base), uses(&change.head));
    let mut changes = Vec::new();
    for (path, new) in &after {
        let Some(origin) = change.head.as_ref().map(|object| object.origin_at(Side::Head, new.mark)) else {
            continue;
        };
        match before.get(path) {
            Some(old) if old.image == new.image => {}
            Some(old) => changes.push((ImageChange::between(&old.image, &new.image), origin)),
            None => changes.push((ImageChange::Added(new.image.clone()), origin)),
        }
    }
    for old in before.values().filter(|old| !after.contains_key(&old.path)) {
        let origin = change.base.as_ref().map(|object| object.origin_at(Side::Base, old.mark));
        changes.extend(origin.map(|origin| (ImageChange::Removed(old.image.clone()), origin)));
    }
    changes
}

impl ImageChange {
    fn between(from: &ImageReference, to: &ImageReference) -> Self {
        let (from, to) = (from.clone(), to.clone());
        if from.last_segment() != to.last_segment() {
            Self::Exchanged { from, to }
        } else if from.registry != to.registry {
            Self::Registry { from, to }
        } else if from.digest.is_some() && to.digest.is_none() {
            Self::DigestLost { from, to }
        } else if from.digest.is_none() && to.digest.is_some() {
            Self::DigestGained { from, to }
        } else if from.repository == to.repository {
            Self::Retagged { from, to }
        } else {
            Self::Exchanged { from, to }
        }
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Registry { .. } | Self::DigestLost { .. } | Self::Exchanged { .. } => Weight::Notable,
            _ => Weight::Plain,
        }
    }

    fn describe(&self) -> Prose {
        let versions = |prose: Prose, from: &ImageReference, to: &ImageReference| {
            prose.code(from.version()).words(" → ").code(to.version())
        };
        match self {
            Self::Registry { from, to } => Prose::from("Image leaves the registry ")
                .code(&from.registry)
                .words(": ")
                .code(from)
                .words(" → ")
                .code(to),
            Self::DigestLost { from, to } => versions(
                Prose::from("Image ").code(from.name()).words(" is no longer pinned by a digest: "),
                from,
                to,
            ),
            Self::DigestGained { from, to } => {
                versions(Prose::from("Image ").code(from.name()).words(" is pinned by a digest: "), from, to)
            }
            Self::Retagged { from, to } => {
                versions(Prose::from("Image ").code(from.name()).words(" "), from, to)
            }
            Self::Exchanged { from, to } => Prose::from("Image ").code(from).words(" gives way to ").code(to),
            Self::Added(image) if image.digest.is_none() => {
                Prose::from("New image ").code(image).words(", not pinned by a digest,")
            }
            Self::Added(image) => Prose::from("New image ").code(image),
            Self::Removed(image) => Prose::from("Image ").code(image).words(" no longer runs"),
        }
    }
}
