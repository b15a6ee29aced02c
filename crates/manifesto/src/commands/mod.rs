//! The verbs, one file each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod components;
pub(crate) mod diff;
pub(crate) mod draft;
pub(crate) mod explain;
pub(crate) mod finalize;
pub(crate) mod inventory;
pub(crate) mod man;
pub(crate) mod record;
pub(crate) mod render;
pub(crate) mod template;
