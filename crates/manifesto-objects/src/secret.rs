//! What must never be shown.

use manifesto_yaml::Node;

use crate::{FieldChange, FieldPath, ObjectId, Segment, is_sensitive_name};

/// What stands for a secret value wherever it would be shown. Its length says nothing of the value's.
pub const SECRET_PLACEHOLDER: &str = "(secret)";

/// Whether the values of a field must not be shown: the data of a Secret, the copies of it that `kubectl apply` leaves in
/// an annotation, and what stands in clear under a name that says that it is a credential.
pub fn is_secret_field(id: &ObjectId, field: &FieldChange) -> bool {
    let nodes = [&field.base, &field.head];
    is_of_a_secret(id, &field.path)
        || nodes.into_iter().flatten().any(|node| is_credential(id, &field.path, node))
}

fn is_of_a_secret(id: &ObjectId, path: &FieldPath) -> bool {
    let mut keys = path.keys();
    let (first, second) = (keys.next(), keys.next());
    if first == Some("metadata") {
        let annotation = keys.next();
        return second == Some("annotations")
            && annotation.is_none_or(|key| key == "kubectl.kubernetes.io/last-applied-configuration")
            && id.is("", "Secret");
    }
    id.is("", "Secret") && matches!(first, Some("data" | "stringData"))
}

/// Whether a value of a ConfigMap or of an environment variable stands under a name that says so. Where a mapping is new
/// as a whole, one such name in it is enough.
fn is_credential(id: &ObjectId, path: &FieldPath, node: &Node) -> bool {
    if id.is("", "ConfigMap") {
        let mut keys = path.keys();
        let is_data = matches!(keys.next(), Some("data" | "binaryData"));
        return is_data && keys.next().map_or_else(|| has_sensitive_key(node), is_sensitive_name);
    }
    match path.0.as_slice() {
        [.., Segment::Key(list), Segment::Item { value: name, .. }] => {
            list == "env" && node.get("value").is_some() && is_sensitive_name(name)
        }
        [.., Segment::Key(list), Segment::Item { value: name, .. }, Segment::Key(field)] => {
            list == "env" && field == "value" && is_sensitive_name(name)
        }
        _ => false,
    }
}

fn has_sensitive_key(node: &Node) -> bool {
    node.entries().iter().filter_map(|entry| entry.key.text()).any(is_sensitive_name)
}
