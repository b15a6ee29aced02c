//! Applications that their AppProject refuses: Argo CD syncs nothing of them.

use manifesto_evidence::{Origin, Prose, Side, Weight};
use manifesto_gitops::{Change, Refusal, Refused};

use crate::deployment_method::deployment_of;
use crate::statements::Statements;

/// States what head refuses and base does not.
pub(super) fn state(change: &Change, statements: &mut Statements) {
    let before = change.refusals(Side::Base);
    let is_same = |a: &Refusal, b: &Refusal| {
        a.application == b.application && a.project == b.project && a.refused == b.refused
    };
    let new = change.refusals(Side::Head).into_iter();
    for refusal in new.filter(|refusal| !before.iter().any(|known| is_same(known, refusal))) {
        let component = change.components.iter().find(|component| {
            deployment_of(component).is_some_and(|own| own.definition == refusal.application)
        });
        let refused = match &refusal.refused {
            Refused::Source(repository) => Prose::from("the source ").code(repository),
            Refused::Destination { cluster, namespace } => {
                Prose::from("the namespace ").code(namespace).words(" of the cluster ").code(cluster)
            }
        };
        let text = Prose::from(" is refused by ")
            .code(refusal.project.short())
            .words(", which does not permit ")
            .prose(refused);
        let origins = [&refusal.place, &refusal.project_place];
        statements.add(
            Weight::Hazard,
            component.map(|component| component.name.as_str()),
            (Prose::new(), refusal.application.short(), text),
            origins.map(|place| Origin::direct(Side::Head, place.clone())),
        );
    }
}
