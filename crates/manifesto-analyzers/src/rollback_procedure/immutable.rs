//! Fields that no sync can change, in either direction.

use manifesto_cluster::data::is_hook;
use manifesto_evidence::{Fact, Origin, Prose, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{ChangeKind, ObjectChange};

use super::fact;
use crate::wording;

pub(super) fn facts(change: &Change) -> Vec<Fact> {
    let of = |object: &ObjectChange| {
        let field = refused_field(object)?;
        let component = change.components.get(object.component)?;
        let forced = component
            .deployment()
            .is_some_and(|d| d.has_option("Force=true") && d.has_option("Replace=true"));
        let text = Prose::new().code(object.id().short()).words(": ").code(field);
        let (text, weight) = if forced || is_forced(object) {
            let text =
                text.words(" cannot be changed in place: the sync deletes the object and creates it again (");
            (text.code("Force=true").words("), now and at a revert"), Weight::Notable)
        } else {
            let text = text.words(" cannot be changed in place: the sync fails, now and at a revert; ");
            (text.prose(remedy(object)), Weight::Hazard)
        };
        Some(fact(text).weight(weight).component(&component.name).origins(origin(object, field)))
    };
    change.objects.real().filter_map(of).collect()
}

/// The field because of which the API server refuses the update of an object. Hooks are deleted before they are created.
pub(crate) fn refused_field(object: &ObjectChange) -> Option<&str> {
    let ChangeKind::Replaced { field } = &object.kind else { return None };
    let head = object.head.as_ref()?;
    (field != "apiVersion" && !is_hook(head)).then_some(field.as_str())
}

/// Whether Argo CD is told to delete the object and create it again.
pub(crate) fn is_forced(object: &ObjectChange) -> bool {
    let Some(head) = &object.head else { return false };
    let options = head.annotations().filter(|(key, _)| *key == "argocd.argoproj.io/sync-options");
    let options: Vec<&str> = options.flat_map(|(_, value)| value.split(',').map(str::trim)).collect();
    options.contains(&"Force=true") && options.contains(&"Replace=true")
}

/// Where the field stands.
pub(crate) fn origin(object: &ObjectChange, field: &str) -> Option<Origin> {
    let touches = |path: &str| {
        path == field || path.starts_with(&format!("{field}.")) || path.starts_with(&format!("{field}["))
    };
    let found = object.fields.iter().find(|change| touches(&change.path.to_string()));
    found.and_then(|change| wording::field_origin(object, change)).or_else(|| wording::origin(object))
}

/// What to do about it, with as little loss as can be.
fn remedy(object: &ObjectChange) -> Prose {
    let id = object.id();
    let command = |more: &str| {
        let namespace = if id.namespace.is_empty() { String::new() } else { format!(" -n {}", id.namespace) };
        format!("kubectl delete {} {}{namespace}{more}", id.kind.to_ascii_lowercase(), id.name)
    };
    match id.kind.as_str() {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" => {
            let text = Prose::from("first ").code(command(" --cascade=orphan"));
            text.words(", which leaves its pods and claims")
        }
        "PersistentVolumeClaim" => Prose::from("use a claim of another name and copy the data"),
        "CustomResourceDefinition" => {
            Prose::from("deleting it deletes every object of its kind: define a new kind instead")
        }
        _ => Prose::from("first ").code(command("")),
    }
}
