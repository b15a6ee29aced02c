//! Which objects a patch or a replacement is for (api/types/selector.go).

use manifesto_yaml::{Mark, Node, SmolStr};

use super::{Decode, Fields, Read, Rules, fields};
use crate::object::{Gvk, Id};

/// Conditions that all have to hold; empty ones always do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) gvk: Gvk,
    pub(crate) name: SmolStr,
    pub(crate) namespace: SmolStr,
    pub(crate) annotations: SmolStr,
    pub(crate) labels: SmolStr,
    pub(crate) mark: Mark,
}

impl Selector {
    /// The id that it names, for exact comparisons.
    pub(crate) fn id(&self) -> Id {
        Id {
            gvk: self.gvk.clone(),
            name: self.name.clone(),
            namespace: self.namespace.clone(),
            cluster_scoped: false,
        }
    }

    /// As messages show it.
    pub(crate) fn words(&self) -> String {
        let parts = [
            ("group", &self.gvk.group),
            ("version", &self.gvk.version),
            ("kind", &self.gvk.kind),
            ("name", &self.name),
            ("namespace", &self.namespace),
            ("labelSelector", &self.labels),
            ("annotationSelector", &self.annotations),
        ];
        let said: Vec<String> = parts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name} `{value}`"))
            .collect();
        if said.is_empty() { "anything".to_owned() } else { said.join(", ") }
    }
}

impl Decode for Selector {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a target", rules)?;
        let id = decode_id(&mut fields)?;
        let selector = Self {
            gvk: id.gvk,
            name: id.name,
            namespace: id.namespace,
            annotations: fields.or_default("annotationSelector")?,
            labels: fields.or_default("labelSelector")?,
            mark: node.mark,
        };
        fields.finish()?;
        Ok(selector)
    }
}

/// `group`, `version` and `kind`.
pub(crate) fn decode_gvk(fields: &mut Fields<'_>) -> Read<Gvk> {
    Ok(Gvk {
        group: fields.or_default("group")?,
        version: fields.or_default("version")?,
        kind: fields.or_default("kind")?,
    })
}

/// The same with `name` and `namespace`.
pub(crate) fn decode_id(fields: &mut Fields<'_>) -> Read<Id> {
    Ok(Id {
        gvk: decode_gvk(fields)?,
        name: fields.or_default("name")?,
        namespace: fields.or_default("namespace")?,
        cluster_scoped: false,
    })
}
