//! Kubernetes objects: identity, quantities, selectors, and the change set between two revisions.
//!
//! An [`Object`] is what the API server would hold, with the line it comes from. A [`ChangeSet`] says what becomes of
//! the objects: fields are compared as Kubernetes merges them, not as lines, and what changes with every release
//! (version labels, checksums, generated certificates) is counted apart as noise.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod change_set;
mod field;
mod id;
mod immutable;
mod lists;
mod noise;
mod object;
mod pairing;
mod quantity;
mod scope;
mod secret;
mod selector;
mod sensitive_name;
mod similarity;

pub use change_set::{ChangeKind, ChangeSet, ObjectChange, Placed};
pub use field::{FieldChange, FieldPath, Segment, compare_fields};
pub use id::ObjectId;
pub use immutable::immutable_field;
pub use noise::Noise;
pub use object::{NotAnObject, Object, objects_of};
pub use quantity::{Quantity, QuantityError};
pub use scope::{Scope, scope_of};
pub use secret::{SECRET_PLACEHOLDER, is_secret_field};
pub use selector::{LabelSelector, Operator, Requirement, SelectorError};
pub use sensitive_name::is_sensitive_name;

#[cfg(test)]
mod tests;
