//! `Chart.yaml` (pkg/chart/v2/metadata.go, dependency.go).

use std::collections::{BTreeMap, BTreeSet};

use manifesto_gotmpl::{Version, is_print, is_space};
use manifesto_yaml::Node;

use super::decode::{self, Decoded};

/// What a chart says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// A page about it.
    pub home: String,
    /// Where its source is.
    pub sources: Vec<String>,
    /// Its version.
    pub version: String,
    /// One sentence.
    pub description: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Who keeps it.
    pub maintainers: Vec<Maintainer>,
    /// A picture.
    pub icon: String,
    /// `v1` or `v2`.
    pub api_version: String,
    /// Not used by Helm any more.
    pub condition: String,
    /// Not used by Helm any more.
    pub tags: String,
    /// The version of what it installs.
    pub app_version: String,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Anything; none where the file has none.
    pub annotations: Option<BTreeMap<String, String>>,
    /// The versions of Kubernetes that it is for.
    pub kube_version: String,
    /// The charts that it needs; none where the file says nothing of them.
    pub dependencies: Option<Vec<Dependency>>,
    /// `application`, `library` or empty.
    pub chart_type: String,
    /// A list that has nothing among its elements.
    list_with_nothing: Option<&'static str>,
}

/// Who keeps a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// The name.
    pub name: String,
    /// An address.
    pub email: String,
    /// A page.
    pub url: String,
}

/// A chart that another one needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependency {
    /// Its name; while dependencies are worked out, its alias.
    pub name: String,
    /// A version or a range.
    pub version: String,
    /// Where it comes from.
    pub repository: String,
    /// Paths of values that switch it, with commas between.
    pub condition: String,
    /// Names under `tags` that switch it.
    pub tags: Vec<String>,
    /// Whether it is on.
    pub enabled: bool,
    /// Values that the parent takes over.
    pub import_values: Vec<ImportValue>,
    /// Another name for it.
    pub alias: String,
}

/// Values that a chart takes over from a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportValue {
    /// From a path of the child to a path of the parent.
    Path {
        /// The path in the child.
        child: String,
        /// The path in the parent; `.` is all of it.
        parent: String,
    },
    /// All below a key of the child's `exports`.
    Export(String),
}

impl Metadata {
    /// Takes what a file says; what it does not name stays as it was.
    pub(super) fn read(&mut self, node: &Node) -> Decoded<()> {
        for (key, value) in decode::fields(node, "v2.Metadata")? {
            let field = format!("Metadata.{key}");
            match key.as_str() {
                "name" => decode::string(value, &field, &mut self.name)?,
                "home" => decode::string(value, &field, &mut self.home)?,
                "sources" => decode::strings(value, &field, &mut self.sources)?,
                "version" => decode::string(value, &field, &mut self.version)?,
                "description" => decode::string(value, &field, &mut self.description)?,
                "keywords" => decode::strings(value, &field, &mut self.keywords)?,
                "maintainers" => {
                    self.note_nothing(value, "maintainers");
                    self.maintainers = decode::list(value, &field, "[]*v2.Maintainer", maintainer)?;
                }
                "icon" => decode::string(value, &field, &mut self.icon)?,
                "apiversion" => decode::string(value, &field, &mut self.api_version)?,
                "condition" => decode::string(value, &field, &mut self.condition)?,
                "tags" => decode::string(value, &field, &mut self.tags)?,
                "appversion" => decode::string(value, &field, &mut self.app_version)?,
                "deprecated" => decode::boolean(value, &field, &mut self.deprecated)?,
                "annotations" => decode::string_map(value, &field, &mut self.annotations)?,
                "kubeversion" => decode::string(value, &field, &mut self.kube_version)?,
                "dependencies" => {
                    self.note_nothing(value, "dependencies");
                    let dependencies = decode::list(value, &field, "[]*v2.Dependency", dependency)?;
                    self.dependencies = (!value.is_null()).then_some(dependencies);
                }
                "type" => decode::string(value, &field, &mut self.chart_type)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn note_nothing(&mut self, list: &Node, name: &'static str) {
        if list.items().iter().any(Node::is_null) {
            self.list_with_nothing.get_or_insert(name);
        }
    }

    /// Whether it only lends its templates to others.
    pub fn is_library(&self) -> bool {
        self.chart_type.eq_ignore_ascii_case("library")
    }

    /// `Validate`: cleans texts and refuses what no chart may say.
    pub(super) fn validate(&mut self) -> Result<(), String> {
        for text in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ] {
            sanitize(text);
        }
        self.sources.iter_mut().chain(&mut self.keywords).for_each(sanitize);
        let problem = if self.name.is_empty() {
            "chart.metadata.name is required".to_owned()
        } else if self.name == "." || self.name == ".." {
            format!("chart.metadata.name {:?} is not allowed", self.name)
        } else if self.name.contains('/') {
            format!("chart.metadata.name {:?} is invalid", self.name)
        } else if self.version.is_empty() {
            "chart.metadata.version is required".to_owned()
        } else if Version::parse(&self.version).is_err() {
            format!("chart.metadata.version {:?} is invalid", self.version)
        } else if !matches!(self.chart_type.as_str(), "" | "application" | "library") {
            "chart.metadata.type must be application or library".to_owned()
        } else {
            return self.validate_parts();
        };
        Err(format!("validation: {problem}"))
    }

    fn validate_parts(&mut self) -> Result<(), String> {
        for maintainer in &mut self.maintainers {
            [&mut maintainer.name, &mut maintainer.email, &mut maintainer.url].into_iter().for_each(sanitize);
        }
        if let Some(list) = self.list_with_nothing {
            return Err(format!("validation: {list} must not contain empty or null nodes"));
        }
        let mut keys = BTreeSet::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            dependency.sanitize();
            let allowed = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-');
            if !dependency.alias.chars().all(allowed) {
                let name = &dependency.name;
                return Err(format!(
                    "validation: dependency {name:?} has disallowed characters in the alias"
                ));
            }
            let key = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
            if !keys.insert(key.clone()) {
                return Err(format!("validation: more than one dependency with name or alias {key:?}"));
            }
        }
        Ok(())
    }
}

impl Dependency {
    fn sanitize(&mut self) {
        [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition]
            .into_iter()
            .chain(&mut self.tags)
            .for_each(sanitize);
    }
}

fn maintainer(node: &Node) -> Decoded<Maintainer> {
    let mut maintainer = Maintainer::default();
    for (key, value) in decode::fields(node, "v2.Maintainer")? {
        let field = format!("Maintainer.maintainers.{key}");
        match key.as_str() {
            "name" => decode::string(value, &field, &mut maintainer.name)?,
            "email" => decode::string(value, &field, &mut maintainer.email)?,
            "url" => decode::string(value, &field, &mut maintainer.url)?,
            _ => {}
        }
    }
    Ok(maintainer)
}

fn dependency(node: &Node) -> Decoded<Dependency> {
    let mut dependency = Dependency::default();
    for (key, value) in decode::fields(node, "v2.Dependency")? {
        let field = format!("Dependency.dependencies.{key}");
        match key.as_str() {
            "name" => decode::string(value, &field, &mut dependency.name)?,
            "version" => decode::string(value, &field, &mut dependency.version)?,
            "repository" => decode::string(value, &field, &mut dependency.repository)?,
            "condition" => decode::string(value, &field, &mut dependency.condition)?,
            "tags" => decode::strings(value, &field, &mut dependency.tags)?,
            "enabled" => decode::boolean(value, &field, &mut dependency.enabled)?,
            "alias" => decode::string(value, &field, &mut dependency.alias)?,
            "import-values" => {
                let imports = decode::list(value, &field, "[]interface {}", |item| Ok(import_value(item)))?;
                dependency.import_values = imports.into_iter().flatten().collect();
            }
            _ => {}
        }
    }
    Ok(dependency)
}

/// Helm takes maps and texts and passes over anything else.
fn import_value(node: &Node) -> Option<ImportValue> {
    if let Some(mapping) = node.as_mapping() {
        let part = |key| mapping.get(key).map_or_else(|| "<nil>".to_owned(), printed);
        return Some(ImportValue::Path { child: part("child"), parent: part("parent") });
    }
    node.as_str().map(|key| ImportValue::Export(key.to_owned()))
}

/// `%v` of what should be a text.
fn printed(node: &Node) -> String {
    if node.is_null() { "<nil>".to_owned() } else { node.text().unwrap_or_default().to_owned() }
}

/// `sanitizeString`: any space is a blank, and what cannot be printed is left out.
fn sanitize(text: &mut String) {
    *text = text
        .chars()
        .filter_map(|char| if is_space(char) { Some(' ') } else { is_print(char).then_some(char) })
        .collect();
}
