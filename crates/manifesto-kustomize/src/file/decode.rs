//! From YAML to typed fields, with the rules of Go's encoding/json.

use std::collections::BTreeMap;

use manifesto_yaml::{Entry, Mark, Node, Number, ScalarKind, SmolStr, Value};

/// Why a file does not say what it has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misread {
    /// Where.
    pub(crate) mark: Mark,
    /// Why, as a clause.
    pub(crate) why: String,
}

/// A decoded value, or why there is none.
pub(crate) type Read<T> = Result<T, Misread>;

impl Misread {
    pub(crate) fn new(mark: Mark, why: impl Into<String>) -> Self {
        Self { mark, why: why.into() }
    }
}

/// How strict a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Kustomizations: unknown fields are refused, numbers are no text (api/types/kustomization.go, Unmarshal).
    Kustomization,
    /// Configurations: unknown fields are refused, scalars become text (sigs.k8s.io/yaml, UnmarshalStrict).
    Strict,
    /// Plugins and replacements in files: unknown fields are ignored, scalars become text (sigs.k8s.io/yaml, Unmarshal).
    Lenient,
}

/// The fields of a mapping, taken out one by one.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    entries: Vec<&'n Entry>,
    /// What the mapping is, for messages.
    what: &'static str,
    /// The rules that hold for its parts.
    pub(crate) rules: Rules,
}

/// A part of a file that is made of a node.
pub(crate) trait Decode: Sized {
    /// Makes it.
    fn decode(node: &Node, rules: Rules) -> Read<Self>;
}

/// The fields of `node`; none where it is null. `what` names it in messages.
pub(crate) fn fields<'n>(node: &'n Node, what: &'static str, rules: Rules) -> Read<Fields<'n>> {
    match &node.value {
        Value::Mapping(mapping) => Ok(Fields { entries: mapping.entries().iter().collect(), what, rules }),
        _ if node.is_null() => Ok(Fields { entries: Vec::new(), what, rules }),
        _ => Err(Misread::new(node.mark, format!("{what} has to be a mapping, and is {}", article(node)))),
    }
}

fn article(node: &Node) -> &'static str {
    match node.kind_name() {
        "array" => "a list",
        "object" => "a mapping",
        "string" => "text",
        "number" => "a number",
        "boolean" => "true or false",
        _ => "null",
    }
}

impl<'n> Fields<'n> {
    /// Takes a field out. Its name may be written with other capitals, as encoding/json allows.
    pub(crate) fn take(&mut self, name: &str) -> Option<&'n Node> {
        let text = |entry: &Entry| entry.key.text().unwrap_or_default().to_owned();
        let exact = self.entries.iter().rposition(|entry| text(entry) == name);
        let position =
            exact.or_else(|| self.entries.iter().rposition(|e| text(e).eq_ignore_ascii_case(name)))?;
        let entry = self.entries.get(position).copied();
        self.entries.retain(|entry| !text(entry).eq_ignore_ascii_case(name));
        entry.map(|entry| &entry.value)
    }

    /// A field that is made of a node; none where it is missing or null.
    pub(crate) fn read<T: Decode>(&mut self, name: &str) -> Read<Option<T>> {
        match self.take(name).filter(|node| !node.is_null()) {
            Some(node) => T::decode(node, self.rules).map(Some),
            None => Ok(None),
        }
    }

    /// A field, or its zero value.
    pub(crate) fn or_default<T: Decode + Default>(&mut self, name: &str) -> Read<T> {
        Ok(self.read(name)?.unwrap_or_default())
    }

    /// Refuses what was not taken, when the rules say so.
    pub(crate) fn finish(self) -> Read<()> {
        match self.entries.first().filter(|_| self.rules != Rules::Lenient) {
            None => Ok(()),
            Some(entry) => {
                let name = entry.key.text().unwrap_or_default();
                Err(Misread::new(entry.key.mark, format!("{} has no field `{name}`", self.what)))
            }
        }
    }
}

/// A value and where it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub mark: Mark,
}

impl<T: Decode> Decode for Written<T> {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        Ok(Self { value: T::decode(node, rules)?, mark: node.mark })
    }
}

impl Decode for SmolStr {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let refused =
            || Misread::new(node.mark, format!("text is needed here, and {} is there", article(node)));
        let scalar = node.as_scalar().ok_or_else(refused)?;
        match scalar.kind() {
            ScalarKind::Null => Ok(Self::default()),
            ScalarKind::String | ScalarKind::Timestamp | ScalarKind::Binary => {
                scalar.json_string().map(Self::from).ok_or_else(refused)
            }
            _ if rules == Rules::Kustomization => {
                let hint = format!("; write it in quotes: \"{}\"", scalar.text());
                let mut misread = refused();
                misread.why.push_str(&hint);
                Err(misread)
            }
            ScalarKind::Bool => Ok(Self::new(if scalar.as_bool() == Some(true) { "true" } else { "false" })),
            ScalarKind::Int | ScalarKind::Float => {
                scalar.as_number().map(|number| number.yaml_text().into()).ok_or_else(refused)
            }
        }
    }
}

impl Decode for String {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        SmolStr::decode(node, rules).map(Into::into)
    }
}

impl Decode for bool {
    fn decode(node: &Node, _: Rules) -> Read<Self> {
        node.as_bool().ok_or_else(|| {
            Misread::new(node.mark, format!("true or false is needed here, and {} is there", article(node)))
        })
    }
}

impl Decode for i64 {
    fn decode(node: &Node, _: Rules) -> Read<Self> {
        let number =
            node.as_number().filter(|number| !matches!(number, Number::Float(f) if f.fract() != 0.0));
        number.and_then(Number::to_i64).ok_or_else(|| {
            Misread::new(node.mark, format!("a whole number is needed here, and {} is there", article(node)))
        })
    }
}

impl Decode for Node {
    fn decode(node: &Node, _: Rules) -> Read<Self> {
        Ok(node.clone())
    }
}

impl<T: Decode + Default> Decode for Vec<T> {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let Value::Sequence(items) = &node.value else {
            return Err(Misread::new(
                node.mark,
                format!("a list is needed here, and {} is there", article(node)),
            ));
        };
        items
            .iter()
            .map(|item| if item.is_null() { Ok(T::default()) } else { T::decode(item, rules) })
            .collect()
    }
}

impl<T: Decode + Default> Decode for BTreeMap<SmolStr, T> {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let Value::Mapping(mapping) = &node.value else {
            return Err(Misread::new(
                node.mark,
                format!("a mapping is needed here, and {} is there", article(node)),
            ));
        };
        let entries = mapping.entries().iter().map(|entry| {
            let key = SmolStr::from(entry.key.text().unwrap_or_default());
            let value = if entry.value.is_null() { T::default() } else { T::decode(&entry.value, rules)? };
            Ok((key, value))
        });
        entries.collect()
    }
}
