//! `crds`: fields that OpenAPI definitions of custom resources mark as names, labels and so on
//! (api/internal/accumulator/loadconfigfromcrds.go).

use manifesto_yaml::{Dialect, Limits, Node, SmolStr, parse};

use super::read::refused;
use super::{Config, FieldSpec, NameReference, add};
use crate::file::{Misread, Read};
use crate::meter::Meter;
use crate::node::value_text;
use crate::object::Gvk;

/// Definitions inside each other; upstream has no limit, and never ends on one that holds itself.
const DEPTH_MAX: usize = 100;

/// Reads the fields off definitions, by name.
pub(crate) fn config_of_crds(bytes: &[u8], limits: &Limits, meter: &Meter) -> Read<Config> {
    let parsed = parse(bytes, Dialect::SigsV2, limits);
    if let Some(error) = parsed.error.filter(|_| parsed.documents.is_empty()) {
        return Err(Misread::new(error.mark, error.problem));
    }
    let root = parsed.documents.into_iter().next().map_or_else(Node::null, |document| document.root);
    if root.as_mapping().is_none() && !root.is_null() || bytes.is_empty() {
        return Err(refused("the definitions have to be a mapping"));
    }
    let mut config = Config::default();
    for entry in root.entries() {
        let schema = schema_of(&entry.value);
        let property =
            |name| schema.and_then(|schema| schema.get("properties")).is_some_and(|p| p.get(name).is_some());
        if !["kind", "apiVersion", "metadata"].into_iter().all(property) {
            continue;
        }
        let name = value_text(&entry.key);
        let kind = name.rsplit('.').next().unwrap_or_default();
        let gvk = Gvk { kind: kind.into(), ..Gvk::default() };
        let mut walk = Walk { root: &root, gvk, path: Vec::new(), config: &mut config, meter };
        walk.definition(name).map_err(refused)?;
    }
    config.sort();
    Ok(config)
}

fn schema_of(definition: &Node) -> Option<&Node> {
    definition
        .entries()
        .iter()
        .find(|entry| value_text(&entry.key).eq_ignore_ascii_case("schema"))
        .map(|e| &e.value)
}

struct Walk<'w> {
    root: &'w Node,
    gvk: Gvk,
    path: Vec<SmolStr>,
    config: &'w mut Config,
    meter: &'w Meter,
}

impl Walk<'_> {
    fn definition(&mut self, name: &str) -> Result<(), String> {
        if self.path.len() > DEPTH_MAX {
            return Err(format!("the definitions are nested more than {DEPTH_MAX} deep"));
        }
        let properties = self.root.get(name).and_then(schema_of).and_then(|schema| schema.get("properties"));
        for entry in properties.map(Node::entries).unwrap_or_default() {
            self.meter.charge(1)?;
            self.path.push(value_text(&entry.key).into());
            self.property(&entry.value)?;
            self.path.pop();
        }
        Ok(())
    }

    fn property(&mut self, property: &Node) -> Result<(), String> {
        // encoding/json lowers the names of extensions, so case does not count.
        let extension = |name: &str| {
            let found = property.entries().iter().find(|e| value_text(&e.key).eq_ignore_ascii_case(name));
            found.and_then(|entry| entry.value.as_str())
        };
        let field = |gvk: &Gvk, path: &[SmolStr]| FieldSpec::new(gvk.clone(), &path.join("/"), false);
        if extension("x-kubernetes-annotation").is_some() {
            add(&mut self.config.common_annotations, &field(&self.gvk, &self.path))?;
        }
        if extension("x-kubernetes-label-selector").is_some() {
            add(&mut self.config.common_labels, &field(&self.gvk, &self.path))?;
        }
        if extension("x-kubernetes-identity").is_some() {
            add(&mut self.config.name_prefix, &field(&self.gvk, &self.path))?;
        }
        if let (Some(version), Some(kind)) =
            (extension("x-kubernetes-object-ref-api-version"), extension("x-kubernetes-object-ref-kind"))
        {
            let key = extension("x-kubernetes-object-ref-name-key").unwrap_or("name");
            self.path.push(key.into());
            let reference = NameReference {
                target: Gvk { group: SmolStr::default(), version: version.into(), kind: kind.into() },
                referrers: vec![field(&self.gvk, &self.path)],
            };
            self.path.pop();
            self.config.add_name_reference(&reference, self.meter)?;
        }
        if let Some(reference) = property.get("$ref").and_then(Node::as_str) {
            self.definition(reference)?;
        }
        Ok(())
    }
}
