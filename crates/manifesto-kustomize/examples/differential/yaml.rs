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

/// The documents as text.
pub(crate) fn text(docs: &[Yaml]) -> String {
    docs.iter().map(|doc| block(doc, 0)).collect::<Vec<_>>().join("---\n")
}

fn block(yaml: &Yaml, indent: usize) -> String {
    let pad = " ".repeat(indent);
    match yaml {
        Yaml::Map(entries) if !entries.is_empty() => {
            entries.iter().map(|(key, value)| format!("{pad}{key}:{}", behind(value, indent + 2))).collect()
        }
        Yaml::List(items) if !items.is_empty() => {
            items.iter().map(|item| format!("{pad}-{}", behind(item, indent + 2))).collect()
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
            let lines: String = text(docs).lines().map(|line| format!("{pad}{line}\n")).collect();
            format!(" |\n{lines}")
        }
        Yaml::List(items) if items.is_empty() => " []\n".to_owned(),
        Yaml::Map(entries) if entries.is_empty() => " {}\n".to_owned(),
        other => format!("\n{}", block(other, indent)),
    }
}
