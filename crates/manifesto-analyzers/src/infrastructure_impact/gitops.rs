//! A directory that an ApplicationSet's generator matches is an Application: adding it is a change of GitOps
//! configuration without any Argo CD file.

use manifesto_evidence::{Origin, Place, Prose, Reason, Side};
use manifesto_gitops::{AffectedComponent, Change};

/// The components that generators gain or lose, and the changed files that generators read.
pub(crate) fn reasons(change: &Change) -> Vec<Reason> {
    let mut reasons: Vec<Reason> =
        change.components.iter().filter_map(|component| component_reason(change, component)).collect();
    for file in &change.files {
        // A pattern without a file name in it matches directories.
        let generator = change.generators().iter().find(|generator| generator.matches(&file.path));
        if let Some(generator) = generator {
            let text = Prose::from("changes ")
                .code(&file.path)
                .words(", which ApplicationSet ")
                .code(&generator.application_set);
            let side = if file.head_path().is_some() { Side::Head } else { Side::Base };
            let origin = Origin::direct(side, Place::file(file.path.clone()));
            reasons.push(Reason { text: text.words(" reads"), origin });
        }
    }
    reasons
}

fn component_reason(change: &Change, component: &AffectedComponent) -> Option<Reason> {
    let directory = |side: Side| component.side(side).map(|side| side.component.source.directory().clone());
    let generator = |side: Side| {
        let directory = directory(side)?;
        change.generators().iter().find(|generator| generator.matches(&directory))
    };
    let (verb, side) = match (directory(Side::Base), directory(Side::Head)) {
        (None, Some(_)) => ("adds", Side::Head),
        (Some(_), None) => ("removes", Side::Base),
        (Some(before), Some(after)) if before != after => ("moves", Side::Head),
        _ => return None,
    };
    let generator = generator(side)?;
    let text =
        Prose::new().words(verb).words(" an Application of ApplicationSet ").code(&generator.application_set);
    let text = text.words(": ").code(directory(side)?);
    Some(Reason { text, origin: Origin::direct(Side::Head, generator.place.clone()) })
}
