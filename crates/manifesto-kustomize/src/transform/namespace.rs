//! `namespace` (api/filters/namespace/namespace.go).

use std::collections::HashMap;

use manifesto_yaml::{Mark, SmolStr, Value};

use super::{Work, each};
use crate::config::FieldSpec;
use crate::node::{FieldPath, Kind, Tag, Why, at, materialize, raw_text, scalar_over, sites, value_text};
use crate::object::{Key, Object, Objects};

/// Which subjects of role bindings get the namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subjects {
    /// Those with the name `default`.
    Default,
    /// All ServiceAccounts.
    ServiceAccounts,
    /// None.
    None,
}

impl Subjects {
    /// From the text of `setRoleBindingSubjects`.
    pub(crate) fn new(text: &str) -> Why<Self> {
        match text {
            "" | "defaultOnly" => Ok(Self::Default),
            "allServiceAccounts" => Ok(Self::ServiceAccounts),
            "none" => Ok(Self::None),
            other => Err(format!(
                "`setRoleBindingSubjects` is `{other}`, and has to be defaultOnly, allServiceAccounts or none"
            )),
        }
    }
}

/// How a namespace is set.
#[derive(Debug, Clone)]
struct Setter<'s> {
    namespace: &'s SmolStr,
    unset_only: bool,
    mark: Mark,
}

/// Sets the namespace of everything that may have one, and of some references. Two objects must not become one.
pub(crate) fn set_namespace(
    objects: &mut Objects,
    namespace: &SmolStr,
    specs: &[FieldSpec],
    unset_only: bool,
    subjects: Subjects,
    work: Work<'_>,
) -> Why<()> {
    if namespace.is_empty() {
        return Ok(());
    }
    let mut taken: HashMap<Key, usize> = HashMap::new();
    for object in objects.iter() {
        *taken.entry(Key::of(&object.identity(work.schema).current)).or_default() += 1;
    }
    let metadata_namespace = FieldPath::new("metadata/namespace");
    each(objects, work, |object| {
        let before = Key::of(&object.identity(work.schema).current);
        object.store_previous_id(work.schema)?;
        let mark = object.mark_in(work.file, work.mark);
        let setter = Setter { namespace, unset_only, mark };
        transform(object, specs, &metadata_namespace, subjects, &setter, work)?;
        let id = object.identity(work.schema).current.clone();
        if let Some(count) = taken.get_mut(&before) {
            *count -= 1;
        }
        let count = taken.entry(Key::of(&id)).or_default();
        *count += 1;
        if *count > 1 {
            Err(format!("there are {count} of them in the namespace `{namespace}`"))
        } else {
            Ok(())
        }
    })
}

/// Sets the namespace of one object, outside of any layer (ValueAddTransformer).
pub(super) fn set_one(object: &mut Object, namespace: &SmolStr, work: Work<'_>) -> Why<()> {
    let mark = object.mark_in(work.file, work.mark);
    let setter = Setter { namespace, unset_only: false, mark };
    transform(object, &[], &FieldPath::new("metadata/namespace"), Subjects::Default, &setter, work)
}

fn transform(
    object: &mut Object,
    specs: &[FieldSpec],
    metadata_namespace: &FieldPath,
    subjects: Subjects,
    setter: &Setter<'_>,
    work: Work<'_>,
) -> Why<()> {
    let identity = std::sync::Arc::clone(object.identity(work.schema));
    let gvk = &identity.current.gvk;
    if !identity.current.cluster_scoped {
        setter.set(object, metadata_namespace, true)?;
    }
    let is_binding = matches!(gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding");
    if is_binding {
        setter.set_subjects(object, subjects)?;
    }
    let is_core = gvk.group.is_empty() && gvk.version == "v1";
    let binding_kind =
        |spec: &FieldSpec| matches!(spec.gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding");
    for spec in specs.iter().filter(|spec| gvk.is_selected_by(&spec.gvk)) {
        // These are handled above, and names of other things than core Namespaces are left alone.
        let skipped = match spec.path.text() {
            "metadata/namespace" => true,
            "metadata/name" => !is_core,
            "subjects/namespace" => is_binding && binding_kind(spec),
            _ => false,
        };
        if !skipped {
            setter.set(object, &spec.path, spec.create)?;
        }
    }
    Ok(())
}

impl Setter<'_> {
    fn set(&self, object: &mut Object, path: &FieldPath, create: bool) -> Why<()> {
        for site in sites(object.root(), path, create.then_some(Kind::Scalar))? {
            if let Some(trail) = materialize(object.root_mut(), path, &site, Kind::Scalar, self.mark) {
                self.set_at(object, &trail)?;
            }
        }
        Ok(())
    }

    fn set_at(&self, object: &mut Object, trail: &[usize]) -> Why<()> {
        let Some(node) = at(object.root(), trail) else { return Ok(()) };
        if self.unset_only && !value_text(node).is_empty() {
            return Ok(());
        }
        if !matches!(node.value, Value::Scalar(_)) {
            return Err("a namespace is to be written where no scalar is".to_owned());
        }
        let scalar = scalar_over(Some(node), self.namespace.clone(), Tag::Text);
        object.write_scalar(trail, scalar, self.mark);
        Ok(())
    }

    /// Role bindings name accounts of their own namespace, or of others.
    fn set_subjects(&self, object: &mut Object, subjects: Subjects) -> Why<()> {
        let (field, wanted) = match subjects {
            Subjects::None => return Ok(()),
            Subjects::Default => ("name", "default"),
            Subjects::ServiceAccounts => ("kind", "ServiceAccount"),
        };
        let Some(list) = object.root().get("subjects").filter(|list| !list.is_null()) else { return Ok(()) };
        if list.as_sequence().is_none() {
            return Err("its `subjects` are no list".to_owned());
        }
        let mut chosen = Vec::new();
        for (position, subject) in list.items().iter().enumerate() {
            if subject.as_mapping().is_none() && !subject.is_null() {
                return Err("one of its `subjects` is no mapping".to_owned());
            }
            match subject.get(field).filter(|value| !value.is_null()) {
                Some(value) if value.as_scalar().is_none() => {
                    return Err(format!("the `{field}` of one of its `subjects` is no scalar"));
                }
                Some(value) if raw_text(value) == wanted => chosen.push(position),
                _ => {}
            }
        }
        let Some(subjects) = object.root().as_mapping().and_then(|root| root.position("subjects")) else {
            return Ok(());
        };
        for position in chosen {
            self.set_subject(object, &[subjects, position])?;
        }
        Ok(())
    }

    fn set_subject(&self, object: &mut Object, subject: &[usize]) -> Why<()> {
        let found = at(object.root(), subject)
            .and_then(|s| s.as_mapping())
            .map(|s| (s.position("namespace"), s.len()));
        let Some((found, length)) = found else { return Ok(()) };
        if found.is_none()
            && let Some(mapping) =
                crate::node::at_mut(object.root_mut(), subject).and_then(|subject| subject.as_mapping_mut())
        {
            mapping.push("namespace", Kind::Scalar.empty().at(self.mark));
        }
        let trail = [subject, &[found.unwrap_or(length)]].concat();
        self.set_at(object, &trail)
    }
}
