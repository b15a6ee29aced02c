//! Generators: the parameters that an ApplicationSet is filled with.
//!
//! Upstream: argo-cd v3, applicationset/generators. What a generator asks of a cluster or a forge is not in the
//! repository: clusters come from the inventory or are one element of unknown values, the others are gaps.

use manifesto_objects::LabelSelector;
use manifesto_tree::{Entry, GapReason, Tree, TreePath};
use std::collections::BTreeMap;

use manifesto_yaml::{Dialect, Html, Limits, Mapping, Mark, Node, parse, to_json};

use super::params::{Element, completed, flattened, merged, path_params, selected};
use super::template::{Filler, sanitized};
use crate::argocd::glob::PathPattern;
use crate::inventory::Inventory;
use crate::parsed_files::ParsedFiles;
use crate::unknown::{is_unknown, unknown};

/// Why a generator yields nothing, or less than it will.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) reason: GapReason,
    pub(super) detail: String,
    pub(super) mark: Mark,
}

/// The elements of one generator, and the template that they fill.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) elements: Vec<Element>,
    pub(super) template: Mapping,
}

/// What generators look at.
pub(super) struct Generators<'g> {
    pub(super) files: &'g ParsedFiles,
    pub(super) tree: &'g Tree,
    pub(super) inventory: &'g Inventory,
    pub(super) filler: Filler,
    pub(super) troubles: Vec<Trouble>,
}

/// Generators inside of each other; Argo CD allows two levels.
const DEPTH_MAX: usize = 4;

/// As many elements as one ApplicationSet may have.
const ELEMENTS_MAX: usize = 100_000;

impl Generators<'_> {
    /// Every generator of a list entry. `outer` are the parameters of the matrix that this is the second half of.
    pub(super) fn transform(
        &mut self,
        generator: &Node,
        template: &Mapping,
        outer: Option<&Mapping>,
        depth: usize,
    ) -> Vec<Generated> {
        let selector = generator.get("selector").map(LabelSelector::parse);
        let selector = match selector.transpose() {
            Ok(selector) => selector,
            Err(error) => {
                self.trouble(GapReason::BrokenFile, error.to_string(), generator);
                return Vec::new();
            }
        };
        let mut generated = Vec::new();
        for entry in generator.entries() {
            let Some(kind) = entry.key.text().filter(|kind| *kind != "selector") else { continue };
            let filled = match outer.filter(|outer| !outer.is_empty()) {
                Some(outer) => self.filler.node(&entry.value, outer),
                None => Ok(entry.value.clone()),
            };
            let own = match filled {
                Ok(own) => own,
                Err(why) => {
                    self.trouble(
                        GapReason::BrokenFile,
                        format!("the generator {kind} cannot be filled: {why}"),
                        &entry.value,
                    );
                    continue;
                }
            };
            let Some(mut elements) = self.elements(kind, &own, depth) else { continue };
            if let Some(selector) = &selector {
                elements.retain(|element| selected(selector, &element.params));
            }
            let nothing = Mapping::new();
            let own_template = own.get("template").and_then(Node::as_mapping).unwrap_or(&nothing);
            generated.push(Generated { elements, template: completed(own_template, template) });
        }
        generated
    }

    fn elements(&mut self, kind: &str, own: &Node, depth: usize) -> Option<Vec<Element>> {
        let elements = match kind {
            "list" => self.list(own),
            "clusters" => self.clusters(own),
            "git" => self.git(own),
            "matrix" if depth < DEPTH_MAX => self.matrix(own, depth),
            "merge" if depth < DEPTH_MAX => self.merge(own, depth),
            "matrix" | "merge" => Err("generators are nested too deep".to_owned()),
            "scmProvider" | "pullRequest" | "plugin" | "clusterDecisionResource" => {
                let detail = format!("what the generator {kind} finds is not in the repository");
                self.trouble(GapReason::RemoteSource, detail, own);
                return None;
            }
            other => Err(format!("{other} is no generator")),
        };
        match elements {
            Ok(elements) if elements.len() <= ELEMENTS_MAX => Some(elements),
            Ok(_) => {
                self.trouble(
                    GapReason::OverBudget,
                    format!("the generator {kind} has too many elements"),
                    own,
                );
                None
            }
            Err(why) => {
                self.trouble(GapReason::BrokenFile, format!("the generator {kind} fails: {why}"), own);
                None
            }
        }
    }

    fn trouble(&mut self, reason: GapReason, detail: String, node: &Node) {
        self.troubles.push(Trouble { reason, detail, mark: node.mark });
    }

    fn list(&self, own: &Node) -> Result<Vec<Element>, String> {
        let mut found = Vec::new();
        for element in own.get("elements").map(Node::items).unwrap_or_default() {
            let mapping = element.as_mapping().ok_or("an element is no mapping")?;
            found.push(Element::new(if self.filler.is_go {
                mapping.clone()
            } else {
                flat_element(mapping)?
            }));
        }
        if let Some(text) = own.get("elementsYaml").and_then(Node::as_str).filter(|text| !text.is_empty()) {
            let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
            let document = parsed.documents.first().map(|document| &document.root);
            for element in document.map(Node::items).unwrap_or_default() {
                found.push(Element::new(element.as_mapping().ok_or("an element is no mapping")?.clone()));
            }
        }
        Ok(found)
    }

    fn clusters(&mut self, own: &Node) -> Result<Vec<Element>, String> {
        let selector =
            own.get("selector").map(LabelSelector::parse).transpose().map_err(|e| e.to_string())?;
        let selector = selector.unwrap_or_default();
        let mut all: Vec<Mapping> = if let Some(clusters) = &self.inventory.clusters {
            let matching = clusters
                .iter()
                .filter(|cluster| selector.matches(|key| cluster.labels.get(key).map(String::as_str)));
            matching.map(|cluster| cluster.params(self.filler.is_go)).collect()
        } else {
            let detail = "which clusters Argo CD knows is not in the repository".to_owned();
            self.trouble(GapReason::UnknownValue, detail, own);
            vec![unknown_cluster(self.filler.is_go)]
        };
        for params in &mut all {
            self.add_values(own, params)?;
        }
        if own.get("flatList").and_then(Node::as_bool) == Some(true) {
            let mut params = Mapping::new();
            params.insert("clusters", Node::sequence(all.into_iter().map(Node::mapping)));
            return Ok(vec![Element::new(params)]);
        }
        Ok(all.into_iter().map(Element::new).collect())
    }

    /// The generator's own `values`, which may use its parameters.
    fn add_values(&self, own: &Node, params: &mut Mapping) -> Result<(), String> {
        let Some(values) = own.get("values").and_then(Node::as_mapping) else { return Ok(()) };
        let mut filled = Mapping::new();
        for (key, value) in values.iter() {
            let text = self.filler.text(value.as_str().unwrap_or_default(), params)?;
            if self.filler.is_go {
                filled.insert(key, Node::string(text));
            } else {
                filled.insert(format!("values.{key}"), Node::string(text));
            }
        }
        if self.filler.is_go {
            params.insert("values", Node::mapping(filled));
        } else {
            filled.iter().for_each(|(key, value)| drop(params.insert(key, value.clone())));
        }
        Ok(())
    }

    fn git(&self, own: &Node) -> Result<Vec<Element>, String> {
        let items = |key: &str| own.get(key).map(Node::items).unwrap_or_default();
        if !items("directories").is_empty() {
            self.git_directories(own, items("directories"))
        } else if items("files").is_empty() {
            Err("it names neither directories nor files".to_owned())
        } else {
            self.git_files(own, items("files"))
        }
    }

    fn git_directories(&self, own: &Node, items: &[Node]) -> Result<Vec<Element>, String> {
        let patterns: Vec<(PathPattern, bool)> = items
            .iter()
            .filter_map(|item| Some((PathPattern::new(item.get("path")?.as_str()?)?, is_excluded(item))))
            .collect();
        let prefix = own.get("pathParamPrefix").and_then(Node::as_str).filter(|prefix| !prefix.is_empty());
        let mut found = Vec::new();
        for directory in directories(self.tree) {
            let hits: Vec<(Vec<String>, bool)> = patterns
                .iter()
                .filter_map(|(pattern, excluded)| Some((pattern.captures(directory.as_str())?, *excluded)))
                .collect();
            if hits.is_empty() || hits.iter().any(|(_, excluded)| *excluded) {
                continue;
            }
            let hint = hits.into_iter().flat_map(|(captures, _)| captures).next();
            let mut params = path_params(self.filler.is_go, prefix, directory.as_str(), None);
            self.add_values(own, &mut params)?;
            found.push(Element { params, hint });
        }
        Ok(found)
    }

    fn git_files(&self, own: &Node, items: &[Node]) -> Result<Vec<Element>, String> {
        let patterns = |excluded: bool| {
            let paths = items.iter().filter(move |item| is_excluded(item) == excluded);
            let paths = paths.filter_map(|item| item.get("path")?.as_str());
            paths.map(FilePattern::new).collect::<Vec<_>>()
        };
        let (wanted, unwanted) = (patterns(false), patterns(true));
        let prefix = own.get("pathParamPrefix").and_then(Node::as_str).filter(|prefix| !prefix.is_empty());
        let mut found = Vec::new();
        for entry in self.tree.entries().iter().filter(|entry| entry.is_file()) {
            let path = entry.path.as_str();
            let first =
                |patterns: &'_ [FilePattern]| patterns.iter().position(|pattern| pattern.is_match(path));
            let Some(pattern) = first(&wanted).filter(|_| first(&unwanted).is_none()) else { continue };
            let hint = wanted.get(pattern).and_then(|pattern| pattern.capture(path));
            for content in self.contents(entry)? {
                let path = entry.path.parent().unwrap_or_else(TreePath::root);
                let path = if path.is_root() { "." } else { path.as_str() };
                let own_params = path_params(self.filler.is_go, prefix, path, Some(entry.path.file_name()));
                let mut params = if self.filler.is_go { content } else { flattened(&content) };
                own_params.iter().for_each(|(key, value)| drop(params.insert(key, value.clone())));
                self.add_values(own, &mut params)?;
                found.push(Element { params, hint: hint.clone() });
            }
        }
        Ok(found)
    }

    /// The mappings in a file: one, or a list of them.
    fn contents(&self, entry: &Entry) -> Result<Vec<Mapping>, String> {
        let parsed = self.files.parse(self.tree, entry).map_err(|error| error.to_string())?;
        let broken = || format!("{} holds neither a mapping nor a list of them", entry.path);
        if let Some(error) = &parsed.error {
            return Err(format!("{}:{}: {}", entry.path, error.mark.line, error.problem));
        }
        let Some(document) = parsed.documents.first().filter(|document| !document.root.is_null()) else {
            return Ok(vec![Mapping::new()]);
        };
        if let Some(mapping) = document.root.as_mapping() {
            return Ok(vec![mapping.clone()]);
        }
        let items = document.root.as_sequence().ok_or_else(broken)?;
        items.iter().map(|item| item.as_mapping().cloned().ok_or_else(broken)).collect()
    }

    fn child(&mut self, node: &Node, outer: Option<&Mapping>, depth: usize) -> Result<Vec<Element>, String> {
        let before = self.troubles.len();
        let mut generated = self.transform(node, &Mapping::new(), outer, depth + 1);
        if generated.len() > 1 {
            return Err("a generator inside of it is two".to_owned());
        }
        match generated.pop() {
            Some(generated) => Ok(generated.elements),
            None if self.troubles.len() > before => Ok(Vec::new()),
            None => Err("a generator inside of it yields nothing".to_owned()),
        }
    }

    fn matrix(&mut self, own: &Node, depth: usize) -> Result<Vec<Element>, String> {
        let [first, second] = own.get("generators").map(Node::items).unwrap_or_default() else {
            return Err("it takes two generators".to_owned());
        };
        let mut found = Vec::new();
        for a in self.child(first, None, depth)? {
            for b in self.child(second, Some(&a.params), depth)? {
                let params = if self.filler.is_go {
                    merged(&b.params, &a.params)
                } else {
                    combined(&a.params, &b.params)?
                };
                found.push(Element { params, hint: b.hint.or_else(|| a.hint.clone()) });
            }
            if found.len() > ELEMENTS_MAX {
                break;
            }
        }
        Ok(found)
    }

    fn merge(&mut self, own: &Node, depth: usize) -> Result<Vec<Element>, String> {
        let keys = own.get("mergeKeys").map(Node::items).unwrap_or_default();
        let keys: Vec<&str> = keys.iter().filter_map(Node::as_str).collect();
        let generators = own.get("generators").map(Node::items).unwrap_or_default();
        if generators.len() < 2 {
            return Err("it takes two generators or more".to_owned());
        }
        if keys.is_empty() {
            return Err("it has no merge keys".to_owned());
        }
        let key = |element: &Element| -> Vec<Option<String>> {
            keys.iter()
                .map(|key| {
                    element.params.get(key).map(|node| to_json(node, Html::Escaped).unwrap_or_default())
                })
                .collect()
        };
        let mut base: Vec<Element> = Vec::new();
        for (index, generator) in generators.iter().enumerate() {
            let elements = self.child(generator, None, depth)?;
            let mut keyed: BTreeMap<Vec<Option<String>>, Element> = BTreeMap::new();
            for element in &elements {
                if keyed.insert(key(element), element.clone()).is_some() {
                    return Err("two elements have the same merge keys".to_owned());
                }
            }
            if index == 0 {
                base = elements;
                continue;
            }
            for element in &mut base {
                let Some(over) = keyed.get(&key(element)) else { continue };
                element.params = if self.filler.is_go {
                    merged(&element.params, &over.params)
                } else {
                    over.params.iter().fold(element.params.clone(), |mut params, (key, value)| {
                        params.insert(key, value.clone());
                        params
                    })
                };
            }
        }
        Ok(base)
    }
}

fn is_excluded(item: &Node) -> bool {
    item.get("exclude").and_then(Node::as_bool) == Some(true)
}

/// An element of a list without Go templates: texts, and texts below `values`.
fn flat_element(element: &Mapping) -> Result<Mapping, String> {
    let mut params = Mapping::new();
    for (key, value) in element.iter() {
        if key == "values" {
            for (name, value) in value.as_mapping().ok_or("`values` is no mapping")?.iter() {
                let text = value.as_str().ok_or_else(|| format!("values.{name} is no text"))?;
                params.insert(format!("values.{name}"), Node::string(text));
            }
        } else {
            params.insert(key, Node::string(value.as_str().ok_or_else(|| format!("{key} is no text"))?));
        }
    }
    Ok(params)
}

/// Both; the same key must have the same value.
fn combined(a: &Mapping, b: &Mapping) -> Result<Mapping, String> {
    let mut both = a.clone();
    for (key, value) in b.iter() {
        if both.get(key).is_some_and(|known| known != value) {
            return Err(format!("both generators set {key}, to different values"));
        }
        both.insert(key, value.clone());
    }
    Ok(both)
}

fn unknown_cluster(is_go: bool) -> Mapping {
    let mut params = Mapping::new();
    params.insert("name", Node::string(unknown("cluster-name")));
    params.insert("nameNormalized", Node::string(sanitized(&unknown("cluster-name"))));
    params.insert("server", Node::string(unknown("cluster-server")));
    params.insert("project", Node::string(""));
    if is_go {
        let mut metadata = Mapping::new();
        metadata.insert("annotations", Node::mapping(Mapping::new()));
        metadata.insert("labels", Node::mapping(Mapping::new()));
        params.insert("metadata", Node::mapping(metadata));
    }
    params
}

/// The directories that Argo CD offers: all but those below a directory that starts with a dot.
fn directories(tree: &Tree) -> Vec<TreePath> {
    let mut found: Vec<TreePath> = Vec::new();
    let mut last: Option<TreePath> = None;
    for entry in tree.entries() {
        let parent = entry.path.parent();
        if parent == last {
            continue;
        }
        last.clone_from(&parent);
        let Some(parent) = parent.filter(|p| !p.is_root()) else { continue };
        let is_hidden = parent.segments().any(|segment| segment.starts_with('.'));
        if !is_hidden {
            found.extend(parent.ancestors().filter(|ancestor| !ancestor.is_root()));
            found.push(parent);
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A pattern for files as `git ls-files` takes it: `*` goes over `/`, and a directory stands for all below it.
struct FilePattern {
    text: String,
    matcher: Option<globset::GlobMatcher>,
}

impl FilePattern {
    fn new(text: &str) -> Self {
        let known = crate::unknown::known_pieces(text).join("*");
        let glob = globset::GlobBuilder::new(&known).literal_separator(false).build();
        Self {
            text: text.trim_end_matches('/').to_owned(),
            matcher: glob.ok().map(|glob| glob.compile_matcher()),
        }
    }

    fn is_match(&self, path: &str) -> bool {
        let below = path.strip_prefix(self.text.as_str()).is_some_and(|rest| rest.starts_with('/'));
        below || self.matcher.as_ref().is_some_and(|matcher| matcher.is_match(path))
    }

    /// What an unknown piece stood for in a path that matches.
    fn capture(&self, path: &str) -> Option<String> {
        let pattern = PathPattern::new(&self.text).filter(|_| is_unknown(&self.text))?;
        pattern.captures(path)?.into_iter().next()
    }
}
