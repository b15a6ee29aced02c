//! `labels`, `commonLabels`, `commonAnnotations` (api/filters/labels, api/filters/annotations).

use manifesto_yaml::{Mark, SmolStr};

use super::{ByKind, Work, each};
use crate::config::FieldSpec;
use crate::node::{Kind, Why, materialize, sites};
use crate::object::Objects;

/// A label or annotation, and where its value is written.
pub(crate) type PairField<'p> = (&'p SmolStr, &'p SmolStr, Mark);

/// Sets labels or annotations in all fields, which are made where they may be.
pub(crate) fn set_pairs(
    objects: &mut Objects,
    pairs: &[PairField<'_>],
    specs: &[FieldSpec],
    work: Work<'_>,
) -> Why<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let mut by_kind = ByKind::new(specs);
    each(objects, work, |object| {
        let gvk = object.identity(work.schema).current.gvk.clone();
        let specs = by_kind.get(&gvk);
        work.meter.charge((pairs.len() * specs.len()) as u64)?;
        for (key, text, mark) in pairs {
            let mark = object.mark_in(work.file, *mark);
            let (mut made, mut overwritten) = (Vec::new(), false);
            for spec in specs {
                let create = spec.create.then_some(Kind::Mapping);
                for site in sites(object.root(), &spec.path, create)? {
                    let trail = materialize(object.root_mut(), &spec.path, &site, Kind::Mapping, mark);
                    if let Some(trail) = trail {
                        match object.set_entry(&trail, key, text, mark)? {
                            Some(entry) => made.push(entry),
                            None => overwritten = true,
                        }
                    }
                }
            }
            if made.len() > 1 {
                let mark = if overwritten { object.set_apart(&made, mark) } else { mark };
                object.share(mark);
            }
        }
        Ok(())
    })
}
