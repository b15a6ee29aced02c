//! What composites are made into.

mod composites;
mod field_path;
mod patch;
mod support;
mod template;
mod transform;
