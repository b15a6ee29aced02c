//! The fields of a kustomization that change objects.

use std::collections::BTreeMap;

use manifesto_yaml::{Mark, Node, SmolStr};

use super::{Decode, Pairs, Read, Rules, Selector, Text, decode_gvk, decode_id, fields};
use crate::config::FieldSpec;
use crate::object::{Gvk, Id};

impl Default for FieldSpec {
    fn default() -> Self {
        Self::new(Gvk::default(), "", false)
    }
}

impl Decode for FieldSpec {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a field specification", rules)?;
        let gvk = decode_gvk(&mut fields)?;
        let path: SmolStr = fields.or_default("path")?;
        let spec = Self::new(gvk, &path, fields.or_default("create")?);
        fields.finish()?;
        Ok(spec)
    }
}

/// An entry of `labels`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Label {
    pub(crate) pairs: Pairs,
    pub(crate) include_selectors: bool,
    pub(crate) include_templates: bool,
    pub(crate) fields: Vec<FieldSpec>,
}

impl Decode for Label {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "an entry of `labels`", rules)?;
        let label = Self {
            pairs: fields.or_default("pairs")?,
            include_selectors: fields.or_default("includeSelectors")?,
            include_templates: fields.or_default("includeTemplates")?,
            fields: fields.or_default("fields")?,
        };
        fields.finish()?;
        Ok(label)
    }
}

/// An entry of `patches`, `patchesJson6902`, or a transformer of these kinds.
#[expect(clippy::struct_field_names, reason = "it is the name of the field in the file")]
#[derive(Debug, Clone, Default)]
pub(crate) struct Patch {
    pub(crate) path: Text,
    pub(crate) patch: Text,
    pub(crate) target: Option<Selector>,
    pub(crate) options: BTreeMap<SmolStr, bool>,
    pub(crate) mark: Mark,
}

impl Decode for Patch {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a patch", rules)?;
        let patch = Self {
            path: fields.or_default("path")?,
            patch: fields.or_default("patch")?,
            target: fields.read("target")?,
            options: fields.or_default("options")?,
            mark: node.mark,
        };
        fields.finish()?;
        Ok(patch)
    }
}

/// An entry of `images`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Image {
    pub(crate) name: SmolStr,
    pub(crate) new_name: SmolStr,
    pub(crate) tag_suffix: SmolStr,
    pub(crate) new_tag: SmolStr,
    pub(crate) digest: SmolStr,
    pub(crate) mark: Mark,
}

impl Decode for Image {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "an image", rules)?;
        let image = Self {
            name: fields.or_default("name")?,
            new_name: fields.or_default("newName")?,
            tag_suffix: fields.or_default("tagSuffix")?,
            new_tag: fields.or_default("newTag")?,
            digest: fields.or_default("digest")?,
            mark: node.mark,
        };
        fields.finish()?;
        Ok(image)
    }
}

/// An entry of `replicas`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Replica {
    pub(crate) name: SmolStr,
    pub(crate) count: i64,
    pub(crate) mark: Mark,
}

impl Decode for Replica {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "an entry of `replicas`", rules)?;
        let replica =
            Self { name: fields.or_default("name")?, count: fields.or_default("count")?, mark: node.mark };
        fields.finish()?;
        Ok(replica)
    }
}

/// An entry of `vars`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Var {
    pub(crate) name: SmolStr,
    /// The object that has the value.
    pub(crate) object: Id,
    /// The field that holds it.
    pub(crate) field: SmolStr,
    pub(crate) mark: Mark,
}

impl Decode for Var {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a variable", rules)?;
        let reference: FieldReference = fields.or_default("fieldref")?;
        let object: ObjectReference = fields.or_default("objref")?;
        let field = if reference.0.is_empty() { SmolStr::new_static("metadata.name") } else { reference.0 };
        let var = Self { name: fields.or_default("name")?, object: object.0, field, mark: node.mark };
        fields.finish()?;
        Ok(var)
    }
}

#[derive(Default)]
struct FieldReference(SmolStr);

impl Decode for FieldReference {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "`fieldref`", rules)?;
        let reference = Self(fields.or_default("fieldPath")?);
        // `fieldpath` is the same name to encoding/json.
        fields.finish()?;
        Ok(reference)
    }
}

#[derive(Default)]
struct ObjectReference(Id);

impl Decode for ObjectReference {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "`objref`", rules)?;
        let api_version: SmolStr = fields.or_default("apiVersion")?;
        let mut id = decode_id(&mut fields)?;
        fields.finish()?;
        // The apiVersion wins over group and version; one with two slashes is ignored (api/types/var.go, GVK).
        match api_version.split('/').collect::<Vec<_>>().as_slice() {
            _ if api_version.is_empty() => {}
            [version] => id.gvk.version = (*version).into(),
            [group, version] => (id.gvk.group, id.gvk.version) = ((*group).into(), (*version).into()),
            _ => {}
        }
        Ok(Self(id))
    }
}

/// `sortOptions`.
#[derive(Debug, Clone, Default)]
pub(crate) struct SortOptions {
    pub(crate) order: Text,
    /// The kinds that come first, and those that come last.
    pub(crate) legacy: Option<LegacyOrder>,
    pub(crate) mark: Mark,
}

/// `legacySortOptions`.
#[derive(Debug, Clone, Default)]
pub(crate) struct LegacyOrder {
    pub(crate) first: Vec<SmolStr>,
    pub(crate) last: Vec<SmolStr>,
}

impl Decode for SortOptions {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "`sortOptions`", rules)?;
        let options = Self {
            order: fields.or_default("order")?,
            legacy: fields.read("legacySortOptions")?,
            mark: node.mark,
        };
        fields.finish()?;
        Ok(options)
    }
}

impl Decode for LegacyOrder {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "`legacySortOptions`", rules)?;
        let order = Self { first: fields.or_default("orderFirst")?, last: fields.or_default("orderLast")? };
        fields.finish()?;
        Ok(order)
    }
}

/// An entry of `replacements`: a replacement, or a file with some.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReplacementField {
    pub(crate) replacement: Replacement,
    pub(crate) path: Text,
}

/// Where a value comes from, and where it goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Replacement {
    pub(crate) source: Option<SourceSelector>,
    pub(crate) source_value: Option<Text>,
    pub(crate) targets: Option<Vec<TargetSelector>>,
    pub(crate) mark: Mark,
}

impl Decode for ReplacementField {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a replacement", rules)?;
        let path = fields.or_default("path")?;
        let replacement = Replacement::of(&mut fields, node.mark)?;
        fields.finish()?;
        Ok(Self { replacement, path })
    }
}

impl Decode for Replacement {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a replacement", rules)?;
        let replacement = Self::of(&mut fields, node.mark)?;
        fields.finish()?;
        Ok(replacement)
    }
}

impl Replacement {
    fn of(fields: &mut super::Fields<'_>, mark: Mark) -> Read<Self> {
        Ok(Self {
            source: fields.read("source")?,
            source_value: fields.read("sourceValue")?,
            targets: fields.read("targets")?,
            mark,
        })
    }
}

/// The object and the field that a value comes from.
#[derive(Debug, Clone, Default)]
pub(crate) struct SourceSelector {
    pub(crate) id: Id,
    pub(crate) field_path: SmolStr,
    pub(crate) options: Option<FieldOptions>,
    pub(crate) mark: Mark,
}

impl Decode for SourceSelector {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "the `source` of a replacement", rules)?;
        let source = Self {
            id: decode_id(&mut fields)?,
            field_path: fields.or_default("fieldPath")?,
            options: fields.read("options")?,
            mark: node.mark,
        };
        fields.finish()?;
        Ok(source)
    }
}

/// The objects and the fields that a value goes to.
#[derive(Debug, Clone, Default)]
pub(crate) struct TargetSelector {
    pub(crate) select: Option<Selector>,
    pub(crate) reject: Vec<Selector>,
    pub(crate) field_paths: Vec<Text>,
    pub(crate) options: Option<FieldOptions>,
    pub(crate) mark: Mark,
}

impl Decode for TargetSelector {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a target of a replacement", rules)?;
        let target = Self {
            select: fields.read("select")?,
            reject: fields.or_default("reject")?,
            field_paths: fields.or_default("fieldPaths")?,
            options: fields.read("options")?,
            mark: node.mark,
        };
        fields.finish()?;
        Ok(target)
    }
}

/// How a value is taken out of a field, or put into one.
#[derive(Debug, Clone, Default)]
pub(crate) struct FieldOptions {
    pub(crate) delimiter: SmolStr,
    pub(crate) index: i64,
    pub(crate) create: bool,
}

impl Decode for FieldOptions {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "the `options` of a replacement", rules)?;
        let options = Self {
            delimiter: fields.or_default("delimiter")?,
            index: fields.or_default("index")?,
            create: fields.or_default("create")?,
        };
        fields.read::<SmolStr>("encoding")?;
        fields.finish()?;
        Ok(options)
    }
}
