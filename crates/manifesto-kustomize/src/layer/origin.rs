//! `buildMetadata`: annotations that say where objects come from (api/resource/origin.go).

use manifesto_yaml::{Mark, Node, SmolStr, Writer, to_yaml};

use crate::node::{FieldPath, Kind, Why, materialize, sites};
use crate::object::{Id, Object, metadata};

/// Where an object, or a transformer, comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) path: String,
    pub(crate) configured_in: String,
    /// The plugin that is configured there: apiVersion, kind, name and namespace.
    pub(crate) configured_by: Option<[SmolStr; 4]>,
}

impl Origin {
    /// A path below this one.
    pub(crate) fn append(&self, path: &str) -> Self {
        Self { path: join(&self.path, path), ..self.clone() }
    }

    /// A built-in plugin that a field of the kustomization file stands for.
    pub(crate) fn builtin(&self, file_name: &str, kind: &str) -> Self {
        let none = SmolStr::default;
        Self {
            path: String::new(),
            configured_in: join(&self.path, file_name),
            configured_by: Some([SmolStr::new_static("builtin"), kind.into(), none(), none()]),
        }
    }

    /// A plugin with a configuration of its own.
    pub(crate) fn plugin(configured_in: &str, id: &Id) -> Self {
        let by = [id.gvk.api_version(), id.gvk.kind.clone(), id.name.clone(), id.namespace.clone()];
        Self { path: String::new(), configured_in: configured_in.to_owned(), configured_by: Some(by) }
    }

    /// As text: the fields in this order, empty ones left out.
    pub(crate) fn text(&self) -> String {
        let mut lines = line("path", &self.path) + &line("configuredIn", &self.configured_in);
        if let Some(by) = &self.configured_by {
            lines.push_str("configuredBy:\n");
            for (key, value) in ["apiVersion", "kind", "name", "namespace"].into_iter().zip(by) {
                let line = line(key, value);
                if !line.is_empty() {
                    lines.push_str("  ");
                    lines.push_str(&line);
                }
            }
        }
        lines
    }

    /// As an item of a list.
    fn item(&self) -> String {
        let text = self.text();
        let marks = std::iter::once("- ").chain(std::iter::repeat("  "));
        text.lines().zip(marks).flat_map(|(line, mark)| [mark, line, "\n"]).collect()
    }
}

/// A field as a line; none for the empty value.
fn line(key: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    format!("{key}: {}", to_yaml(&Node::string(value), Writer::GoV3 { indent: 2 }).unwrap_or_default())
}

/// filepath.Join: without `.` and `x/..`, and without a slash at the end.
fn join(base: &str, path: &str) -> String {
    let absolute = if base.is_empty() { path.starts_with('/') } else { base.starts_with('/') };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

impl Object {
    /// Sets an annotation the way labels and annotations are set (api/filters/annotations).
    pub(crate) fn annotate(&mut self, name: &str, text: &str) -> Why<()> {
        let path = FieldPath::new("metadata/annotations");
        for site in sites(self.root(), &path, Some(Kind::Mapping))? {
            let made = materialize(self.root_mut(), &path, &site, Kind::Mapping, Mark::default());
            if let Some(trail) = made {
                self.set_entry(&trail, name, text, Mark::default())?;
            }
        }
        Ok(())
    }

    /// Notes that a transformer worked on the object, or made it when nothing says where it comes from
    /// (AddTransformerAnnotation).
    pub(crate) fn add_transformation(&mut self, origin: &Origin) -> Why<()> {
        if metadata::annotation(self.root(), metadata::ORIGIN).is_none() {
            return self.set_switch(metadata::ORIGIN, &origin.text());
        }
        let known = metadata::annotation(self.root(), metadata::TRANSFORMATIONS).unwrap_or_default();
        let text = format!("{known}{}", origin.item());
        self.set_switch(metadata::TRANSFORMATIONS, &text)
    }
}
