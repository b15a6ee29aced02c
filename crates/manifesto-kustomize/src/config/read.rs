//! Configurations of the repository (api/internal/plugins/builtinconfig/loaddefaultconfig.go).

use manifesto_yaml::{Dialect, Limits, Mark, Node, parse};

use super::{Config, FieldSpec, NameReference};
use crate::file::{Decode, Misread, Read, Rules, decode_gvk, fields};

/// Reads a configuration. Unknown fields are refused.
pub(crate) fn read_config(bytes: &[u8], limits: &Limits) -> Read<Config> {
    let parsed = parse(bytes, Dialect::SigsV2, limits);
    if let Some(error) = parsed.error.filter(|_| parsed.documents.is_empty()) {
        return Err(Misread::new(error.mark, error.problem));
    }
    let root = parsed.documents.into_iter().next().map_or_else(Node::null, |document| document.root);
    let mut fields = fields(&root, "the configuration", Rules::Strict)?;
    let mut config = Config {
        name_prefix: fields.or_default("namePrefix")?,
        name_suffix: fields.or_default("nameSuffix")?,
        namespace: fields.or_default("namespace")?,
        common_labels: fields.or_default("commonLabels")?,
        labels: fields.or_default("labels")?,
        template_labels: fields.or_default("templateLabels")?,
        common_annotations: fields.or_default("commonAnnotations")?,
        name_references: fields.or_default("nameReference")?,
        var_references: fields.or_default("varReference")?,
        images: fields.or_default("images")?,
        replicas: fields.or_default("replicas")?,
    };
    fields.finish()?;
    config.sort();
    Ok(config)
}

impl Decode for NameReference {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a name reference", rules)?;
        let reference = Self {
            target: decode_gvk(&mut fields)?,
            referrers: fields.or_default::<Vec<FieldSpec>>("fieldSpecs")?,
        };
        fields.finish()?;
        Ok(reference)
    }
}

/// A whole file that is refused.
pub(super) fn refused(why: impl Into<String>) -> Misread {
    Misread::new(Mark::default(), why)
}
