//! ValueAddTransformer, which only plugins configure (api/filters/valueadd/valueadd.go).

use manifesto_yaml::{SmolStr, Value};

use super::{Work, namespace};
use crate::node::{Kind, Tag, Why, at, lookup_create, path, raw_text, scalar_over};
use crate::object::{Object, Objects};
use crate::select::Target;

/// One field that gets the value.
#[derive(Debug)]
pub(crate) struct AddTarget {
    /// Which objects; all of them when there is none.
    pub(crate) target: Option<Target>,
    /// The field.
    pub(crate) field_path: SmolStr,
    /// The part of a file path before which the value goes, from 1; with 0 the value replaces the field.
    pub(crate) position: usize,
}

/// Writes a value into fields, or into the file paths that they hold.
pub(crate) fn add_value(
    objects: &mut Objects,
    value: &SmolStr,
    targets: &[AddTarget],
    work: Work<'_>,
) -> Why<()> {
    for add in targets {
        super::each(objects, work, |object| {
            let identity = std::sync::Arc::clone(object.identity(work.schema));
            if add.target.as_ref().is_some_and(|target| !target.matches(object, &identity)) {
                return Ok(());
            }
            if add.field_path == "metadata/namespace" {
                return namespace::set_one(object, value, work);
            }
            add_to(object, value, add, work)
        })?;
    }
    Ok(())
}

fn add_to(object: &mut Object, value: &SmolStr, add: &AddTarget, work: Work<'_>) -> Why<()> {
    // Unlike other paths, this one keeps a segment before a leading slash, which the lookup then skips.
    let fields = path::split(&add.field_path, '/');
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let Some(trail) = lookup_create(object.root_mut(), &fields, Kind::Scalar)? else { return Ok(()) };
    let Some(node) = at(object.root(), &trail) else { return Ok(()) };
    if !matches!(node.value, Value::Scalar(_)) {
        return Err(format!("{} is no scalar", add.field_path));
    }
    let new = match add.position.checked_sub(1) {
        Some(position) => with_part(raw_text(node), position, value),
        None => value.to_string(),
    };
    if !new.is_empty() {
        let scalar = scalar_over(Some(node), new, Tag::None);
        let mark = object.mark_in(work.file, work.mark);
        object.write_scalar(&trail, scalar, mark);
    }
    Ok(())
}

/// A file path with a part put in; a leading slash stays in front (kyaml/filesys/util.go, InsertPathPart).
fn with_part(path: &str, position: usize, part: &str) -> String {
    if part.is_empty() {
        return path.to_owned();
    }
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.insert(position.min(parts.len()), part);
    let joined = parts.join("/");
    if absolute { format!("/{joined}") } else { joined }
}
