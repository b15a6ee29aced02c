//! YAML as the fuzzer writes it: scalars are kept as they are written.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Yaml {
    /// As written.
    Raw(String),
    /// Documents in a block scalar.
    Block(Vec<Yaml>),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

pub(crate) fn raw(text: impl Into<String>) -> Yaml {
    Yaml::Raw(text.into())
}

pub(crate) fn map<const N: usize>(entries: [(&str, Yaml); N]) -> Yaml {
    Yaml::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

impl Yaml {
    pub(crate) fn set(&mut self, key: &str, value: Yaml) {
        if let Self::Map(entries) = self {
            entries.retain(|(known, _)| known != key);
            entries.push((key.to_owned(), value));
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Yaml> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

impl Yaml {
    /// The ways to all parts, each step behind `separator`.
    pub(crate) fn pointers(&self, separator: &str, escape: &dyn Fn(&str) -> String) -> Vec<String> {
        let steps: Vec<(String, &Yaml)> = match self {
            Self::Map(entries) => entries.iter().map(|(key, value)| (escape(key), value)).collect(),
            Self::List(items) => {
                items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
            }
            Self::Raw(_) | Self::Block(_) => Vec::new(),
        };
        let mut pointers = Vec::new();
        for (step, value) in steps {
            pointers.push(format!("{separator}{step}"));
            let inner = value.pointers(separator, escape);
            pointers.extend(inner.into_iter().map(|rest| format!("{separator}{step}{rest}")));
        }
        pointers
    }
}

/// The documents as text.
pub(crate) fn text(docs: &[Yaml]) -> String {
    docs.iter().map(|doc| block(doc, 0)).collect::<Vec<_>>().join("---\n")
}

fn block(yaml: &Yaml, indent: usize) -> String {
    let pad = " ".repeat(indent);
    match yaml {
        Yaml::Map(entries) if !entries.is_empty() => entries
            .iter()
            .fold(String::new(), |text, (key, value)| text + &pad + key + ":" + &behind(value, indent + 2)),
        Yaml::List(items) if !items.is_empty() => {
            items.iter().fold(String::new(), |text, item| text + &pad + "-" + &behind(item, indent + 2))
        }
        other => format!("{pad}{}", behind(other, indent).trim_start()),
    }
}

fn behind(yaml: &Yaml, indent: usize) -> String {
    match yaml {
        Yaml::Raw(text) if text.is_empty() => "\n".to_owned(),
        Yaml::Raw(text) => format!(" {text}\n"),
        Yaml::Block(docs) => {
            let pad = " ".repeat(indent);
            text(docs).lines().fold(" |\n".to_owned(), |text, line| text + &pad + line + "\n")
        }
        Yaml::List(items) if items.is_empty() => " []\n".to_owned(),
        Yaml::Map(entries) if entries.is_empty() => " {}\n".to_owned(),
        other => format!("\n{}", block(other, indent)),
    }
}
