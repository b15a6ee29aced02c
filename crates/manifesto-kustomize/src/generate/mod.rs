//! Objects that kustomizations generate: ConfigMaps and Secrets (api/internal/generators), the hash of their content
//! (api/hasher).

mod hash;
mod pairs;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use manifesto_tree::TreePath;
use manifesto_yaml::{Entry, Mapping, Mark, Node, ScalarStyle, SmolStr, Value};

pub(crate) use hash::content_hash;
pub(crate) use pairs::{Pair, file_source, lines, literal};

use crate::file::{Generator, GeneratorOptions, Pairs};
use crate::node::{Tag, Why, new_key, scalar_over, written};
use crate::object::{Object, metadata};

/// What is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generated {
    ConfigMap,
    Secret,
}

impl Generated {
    /// The kind.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }
}

/// Makes the object. The marks of its values are in the files of the pairs, everything else in `file`.
pub(crate) fn generate(
    what: Generated,
    args: &Generator,
    options: Option<&GeneratorOptions>,
    pairs: Vec<Pair>,
    file: &TreePath,
) -> Why<Object> {
    if args.name.is_empty() {
        return Err("it has no `name`".to_owned());
    }
    let text = |text: &str| Node::from(Value::Scalar(scalar_over(None, text, Tag::Text))).at(args.mark);
    let mut metadata_fields = vec![("name", text(&args.name))];
    if !args.namespace.is_empty() {
        metadata_fields.push(("namespace", text(&args.namespace)));
    }
    let mut root: Vec<(&str, Node)> = vec![
        ("apiVersion", text("v1")),
        ("kind", text(what.kind())),
        ("metadata", Node::mapping(Mapping::from_iter(metadata_fields)).at(args.mark)),
    ];
    if what == Generated::Secret {
        root.push(("type", text(if args.kind.is_empty() { "Opaque" } else { &args.kind })));
    }
    let mut object = Object::new(Node::mapping(Mapping::from_iter(root)).at(args.mark), file.clone());
    add_data(&mut object, what, args, unique(args, pairs)?);
    add_options(&mut object, args, options, file)?;
    Ok(object)
}

/// The pairs by key; no key may come twice.
fn unique(args: &Generator, pairs: Vec<Pair>) -> Why<BTreeMap<SmolStr, Pair>> {
    let mut known = BTreeMap::new();
    for pair in pairs {
        let key = pair.key.clone();
        if known.insert(key.clone(), pair).is_some() {
            return Err(format!("`{}` has the key `{key}` twice", args.name));
        }
    }
    Ok(known)
}

fn add_data(object: &mut Object, what: Generated, args: &Generator, pairs: BTreeMap<SmolStr, Pair>) {
    let (mut data, mut binary) = (Vec::new(), Vec::new());
    for (key, pair) in pairs {
        let mark = object.mark_in(&pair.file, pair.mark);
        let (text, is_text) = match (what, std::str::from_utf8(&pair.value)) {
            (Generated::ConfigMap, Ok(text)) => (text.to_owned(), true),
            _ => (wrapped(&STANDARD.encode(&pair.value)), what == Generated::Secret),
        };
        let entry = Entry { key: new_key(&key).at(mark), value: data_value(&text, mark) };
        if is_text { data.push(entry) } else { binary.push(entry) }
    }
    let Some(root) = object.root_mut().as_mapping_mut() else { return };
    // A Secret has its `data` even when it is empty.
    if !data.is_empty() || what == Generated::Secret {
        root.push("data", Node::mapping(data).at(args.mark));
    }
    if !binary.is_empty() {
        root.push("binaryData", Node::mapping(binary).at(args.mark));
    }
}

/// A value of `data` (kyaml/yaml/datamap.go, makeConfigMapValueRNode).
pub(crate) fn data_value(text: &str, mark: Mark) -> Node {
    let scalar = if text.contains('\n') {
        written(text, ScalarStyle::Literal, Tag::Text)
    } else {
        scalar_over(None, text, Tag::Text)
    };
    Node::from(Value::Scalar(scalar)).at(mark)
}

/// Base64 in lines of 70, each with a line break, when it needs more than one line (kyaml/yaml/datamap.go).
fn wrapped(encoded: &str) -> String {
    const LINE: usize = 70;
    if encoded.len() < LINE {
        return encoded.to_owned();
    }
    let mut wrapped = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    let mut rest = encoded;
    while !rest.is_empty() {
        let (line, behind) = rest.split_at_checked(LINE.min(rest.len())).unwrap_or((rest, ""));
        wrapped.push_str(line);
        wrapped.push('\n');
        rest = behind;
    }
    wrapped
}

fn add_options(
    object: &mut Object,
    args: &Generator,
    options: Option<&GeneratorOptions>,
    file: &TreePath,
) -> Why<()> {
    if let Some(options) = options {
        add_pairs(object, "labels", options.labels.as_ref(), file)?;
        add_pairs(object, "annotations", options.annotations.as_ref(), file)?;
        if options.immutable
            && let Some(root) = object.root_mut().as_mapping_mut()
        {
            root.insert("immutable", Node::bool(true).at(args.mark));
        }
    }
    if options.is_none_or(|options| !options.disable_name_suffix_hash) {
        object.set_switch(metadata::NEEDS_HASH, metadata::ENABLED)?;
    }
    let behavior = match args.behavior.as_str() {
        known @ ("create" | "replace" | "merge") => known,
        _ => "unspecified",
    };
    object.set_switch(metadata::GENERATOR_BEHAVIOR, behavior)
}

fn add_pairs(object: &mut Object, field: &str, pairs: Option<&Pairs>, file: &TreePath) -> Why<()> {
    let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty()) else { return Ok(()) };
    let mut map = metadata::TextMap::new();
    for (key, text) in pairs {
        map.insert(key.clone(), (text.value.clone(), object.mark_in(file, text.mark)));
    }
    object.set_text_map(field, &map)
}
