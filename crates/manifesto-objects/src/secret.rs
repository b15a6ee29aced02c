//! What must never be shown.

use crate::{FieldPath, ObjectId};

/// What stands for a secret value wherever it would be shown. Its length says nothing of the value's.
pub const SECRET_PLACEHOLDER: &str = "(secret)";

/// Whether the value at this path is a secret: the data of a Secret, and the copies of it that `kubectl apply` leaves in
/// an annotation.
pub fn is_secret_value(id: &ObjectId, path: &FieldPath) -> bool {
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
