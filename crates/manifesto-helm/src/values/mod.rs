//! What a chart is told (pkg/cli/values/options.go), and how it is put together.

mod coalesce;
mod set;
mod set_json;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_gotmpl::{Map, MapKind, Value, value_of};
use manifesto_tree::{Place, TreePath};
use manifesto_yaml::{Dialect, Limits, Node, parse};

use crate::error::{ErrorKind, HelmError};
pub(crate) use coalesce::{coalesce_values, merge_tables, merge_values};
pub(crate) use table::{as_table, at_path, deep_copy, empty_table, table_at};

/// What a chart is told, in the order in which Helm takes it: the later wins.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// `--values`: files, by name.
    pub files: Vec<ValuesFile>,
    /// `--set-json`.
    pub set_json: Vec<String>,
    /// `--set`.
    pub set: Vec<String>,
    /// `--set-string`.
    pub set_string: Vec<String>,
    /// `--set-file`: `key=path`.
    pub set_file: Vec<String>,
    /// `--set-literal`.
    pub set_literal: Vec<String>,
    /// What the paths hold that `set_file` names.
    pub file_contents: BTreeMap<String, Arc<[u8]>>,
}

/// A file of values.
#[derive(Debug, Clone)]
pub struct ValuesFile {
    /// Its name in messages.
    pub name: String,
    /// What it holds.
    pub content: Arc<[u8]>,
    /// Where in the tree it is; none for what is written elsewhere.
    pub path: Option<TreePath>,
}

impl Values {
    /// Those of one file.
    pub fn from_file(name: impl Into<String>, content: impl Into<Arc<[u8]>>) -> Self {
        let file = ValuesFile { name: name.into(), content: content.into(), path: None };
        Self { files: vec![file], ..Self::default() }
    }

    /// Where the last of these keys stands in the last of the files that have them.
    pub(crate) fn place_of(&self, path: &[String]) -> Option<Place> {
        let of = |file: &ValuesFile| {
            let root = documents(&file.content, &Limits::default()).ok()?;
            let (last, above) = path.split_last()?;
            let table = above.iter().try_fold(&root, |node, key| node.get(key))?;
            let entry = table.entries().iter().find(|entry| entry.key.text() == Some(last))?;
            Some(entry.key.mark.line)
        };
        let (file, line) = self.files.iter().rev().find_map(|file| Some((file, of(file)?)))?;
        Some(Place::line(file.path.clone()?, line))
    }

    /// `MergeValues`: all of it as one table.
    pub(crate) fn merged(&self, limits: &Limits) -> Result<Map, HelmError> {
        let failed = |message: String| HelmError::new(ErrorKind::Values, message);
        let mut base = Node::mapping(Vec::new());
        for file in &self.files {
            let values = documents(&file.content, limits)
                .map_err(|reason| failed(format!("failed to parse {}: {reason}", file.name)))?;
            base = merge_maps(base, values);
        }
        let Value::Map(mut base) = value_of(&base) else { return Ok(empty_table()) };
        for text in &self.set_json {
            base = set_json::parse_into(text, base, limits)
                .map_err(|form| failed(format!("failed parsing --set-json {form} {text}")))?;
        }
        let groups = [
            (&self.set, "--set", set::Reading::Typed),
            (&self.set_string, "--set-string", set::Reading::Text),
            (&self.set_file, "--set-file", set::Reading::File(&self.file_contents)),
            (&self.set_literal, "--set-literal", set::Reading::Literal),
        ];
        for (texts, option, reading) in groups {
            for text in texts {
                set::parse_into(text, &base, reading)
                    .map_err(|reason| failed(format!("failed parsing {option} data: {reason}")))?;
            }
        }
        Ok(base)
    }
}

/// `LoadValues`: documents of a file, the later over the earlier ones.
pub(crate) fn documents(text: &[u8], limits: &Limits) -> Result<Node, String> {
    let mut values = Node::mapping(Vec::new());
    for document in split(text) {
        let parsed = parse(&document, Dialect::SigsV2, limits);
        let root = match (parsed.documents.into_iter().next(), parsed.error) {
            (Some(document), _) => document.root,
            (None, Some(error)) => {
                return Err(format!(
                    "cannot unmarshal yaml document: error converting YAML to JSON: yaml: {error}"
                ));
            }
            (None, None) => continue,
        };
        if root.is_null() {
            continue;
        }
        if root.as_mapping().is_none() {
            return Err(format!(
                "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot \
                 unmarshal {} into Go value of type map[string]interface {{}}",
                root.kind_name()
            ));
        }
        values = merge_maps(values, root);
    }
    Ok(values)
}

/// k8s.io/apimachinery pkg/util/yaml, YAMLReader: cuts at lines that begin with `---` and hold nothing else but a
/// comment. The first such line belongs to its document.
fn split(text: &[u8]) -> Vec<Vec<u8>> {
    let mut documents = Vec::new();
    let mut current: Vec<u8> = Vec::new();
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(rest) = line.strip_prefix(b"---") {
            let rest = rest.trim_ascii_start();
            if (rest.is_empty() || rest.starts_with(b"#")) && !current.is_empty() {
                documents.push(std::mem::take(&mut current));
                continue;
            }
        }
        current.extend_from_slice(line);
        current.push(b'\n');
    }
    if !current.is_empty() {
        documents.push(current);
    }
    documents
}

/// `MergeMaps`: tables are merged, anything else is replaced.
fn merge_maps(mut into: Node, from: Node) -> Node {
    if into.entries().is_empty() {
        return from;
    }
    let Some(target) = into.as_mapping_mut() else { return from };
    for entry in from.entries() {
        let Some(key) = entry.key.text() else { continue };
        let value = entry.value.clone();
        match target.get_mut(key) {
            Some(old) if old.as_mapping().is_some() && value.as_mapping().is_some() => {
                let before = std::mem::replace(old, Node::null());
                *old = merge_maps(before, value);
            }
            Some(old) => *old = value,
            None => target.push(key, value),
        }
    }
    into
}

/// The same of tables that templates see.
fn merge_map_values(into: &Map, from: &Map) -> Map {
    let out = Map::new(MapKind::Any, into.entries().into_iter().collect());
    for (key, value) in from.entries() {
        let merged = match (out.get(&key), &value) {
            (Some(Value::Map(old)), Value::Map(new)) => Value::Map(merge_map_values(&old, new)),
            _ => value,
        };
        out.set(key, merged);
    }
    out
}
