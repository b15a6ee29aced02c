//! `replicas` (api/internal/builtins/ReplicaCountTransformer.go).

use manifesto_yaml::{Dialect, Scalar, ScalarKind, ScalarStyle, Value};

use super::Work;
use crate::config::FieldSpec;
use crate::file::Replica;
use crate::node::{Kind, Why, at, materialize, sites, style_of};
use crate::object::Objects;

/// Sets the count of every object with the name, now or before. Returns whether there was one.
pub(crate) fn set_replicas(
    objects: &mut Objects,
    replica: &Replica,
    specs: &[FieldSpec],
    work: Work<'_>,
) -> Why<bool> {
    let mut found = false;
    for spec in specs {
        let positions = objects.by_any_id(&replica.name, work.schema, |id| {
            id.name == replica.name && id.gvk.is_selected_by(&spec.gvk)
        });
        found |= !positions.is_empty();
        for position in positions {
            work.meter.charge(8)?;
            objects.change(position, work.schema, |object| {
                let gvk = object.identity(work.schema).current.gvk.clone();
                if !gvk.is_selected_by(&spec.gvk) {
                    return Ok(());
                }
                let mark = object.mark_in(work.file, replica.mark);
                for site in sites(object.root(), &spec.path, spec.create.then_some(Kind::Scalar))? {
                    let trail = materialize(object.root_mut(), &spec.path, &site, Kind::Scalar, mark);
                    let Some(trail) = trail else { continue };
                    let Some(node) = at(object.root(), &trail) else { continue };
                    if !matches!(node.value, Value::Scalar(_)) {
                        return Err(format!("{} is no scalar", spec.path.text()));
                    }
                    let scalar = Scalar::written(replica.count.to_string(), style_of(node), Dialect::GoV3);
                    object.write_scalar(&trail, scalar, mark);
                    if let Some(node) = at(object.root(), &trail)
                        && style_of(node) != ScalarStyle::Plain
                    {
                        object.note_quoted(node.mark, ScalarKind::Int);
                    }
                }
                Ok(())
            })?;
        }
    }
    Ok(found)
}
