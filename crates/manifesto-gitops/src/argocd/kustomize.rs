//! What an Application's `kustomize` options do to the kustomization before it is built.
//!
//! Upstream: argo-cd v3, util/kustomize/kustomize.go, which calls `kustomize edit` and rewrites the file.

use manifesto_kustomize::kustomization_file;
use manifesto_tree::{Gap, GapReason, Place, Tree, TreePath};
use manifesto_yaml::{Dialect, Limits, Mapping, Node, Writer, parse, to_yaml};

use crate::unknown::is_unknown;

/// The tree as Argo CD leaves it before it builds `directory`, and what of the options is not known.
pub(crate) fn edited(tree: &Tree, directory: &TreePath, options: &Node, place: &Place) -> (Tree, Vec<Gap>) {
    let mut gaps = Vec::new();
    let Some(file) = kustomization_file(tree, directory) else { return (tree.clone(), gaps) };
    let Ok(content) = tree.read(file) else { return (tree.clone(), gaps) };
    let parsed = parse(&content, Dialect::SigsV2, &Limits::default());
    let [document] = parsed.documents.as_slice() else { return (tree.clone(), gaps) };
    let Some(kustomization) = document.root.as_mapping() else { return (tree.clone(), gaps) };
    let mut edits = Edits { tree, directory, place, kustomization, changed: Mapping::new(), gaps: &mut gaps };
    edits.all(options);
    let changed = edits.changed;
    if changed.is_empty() {
        return (tree.clone(), gaps);
    }
    (tree.with_file(&file.path, written(&content, kustomization, &changed)), gaps)
}

/// The edited file. What only adds keys is put at the end, so that every line keeps its number.
fn written(content: &[u8], kustomization: &Mapping, changed: &Mapping) -> Vec<u8> {
    let is_new = changed.iter().all(|(key, _)| kustomization.get(key).is_none());
    let is_block = content.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{');
    if is_new && is_block {
        let added = to_yaml(&Node::mapping(changed.clone()), Writer::Sigs).unwrap_or_default();
        return [content, b"\n", added.as_bytes()].concat();
    }
    let mut all = kustomization.clone();
    changed.iter().for_each(|(key, value)| drop(all.insert(key, value.clone())));
    to_yaml(&Node::mapping(all), Writer::Sigs).unwrap_or_default().into_bytes()
}

struct Edits<'e> {
    tree: &'e Tree,
    directory: &'e TreePath,
    place: &'e Place,
    kustomization: &'e Mapping,
    changed: Mapping,
    gaps: &'e mut Vec<Gap>,
}

impl Edits<'_> {
    fn all(&mut self, options: &Node) {
        for key in ["namePrefix", "nameSuffix", "namespace"] {
            let value = options.get(key).and_then(Node::as_str).filter(|value| !value.is_empty());
            if let Some(value) = value.filter(|value| self.is_known(key, value)) {
                self.changed.insert(key, Node::string(value));
            }
        }
        let images = items(options, "images").iter().filter_map(Node::as_str).map(image).collect();
        self.by_name("images", images);
        let replicas = items(options, "replicas").iter().filter_map(|replica| {
            let mut mapping = Mapping::new();
            mapping.insert("name", replica.get("name")?.clone());
            mapping.insert("count", replica.get("count")?.clone());
            Some(mapping)
        });
        self.by_name("replicas", replicas.collect());
        self.labels(options);
        self.mapping("commonAnnotations", options.get("commonAnnotations"));
        // What a patch writes may be unknown; what it does not write is known all the same.
        let patches = items(options, "patches").to_vec();
        if patches.iter().any(has_unknown) {
            self.gap("patches", GapReason::UnknownValue);
        }
        self.append("patches", patches);
        let mut components = self.known_components(options);
        if options.get("ignoreMissingComponents").and_then(Node::as_bool) == Some(true) {
            components.retain(|component| {
                let path = component.as_str().and_then(|path| self.directory.join(path).ok());
                path.is_some_and(|path| self.tree.is_directory(&path))
            });
        }
        self.append("components", components);
    }

    fn is_known(&mut self, key: &str, text: &str) -> bool {
        if is_unknown(text) {
            self.gap(key, GapReason::UnknownValue);
            return false;
        }
        true
    }

    fn gap(&mut self, key: &str, reason: GapReason) {
        let detail = format!(
            "the Application's kustomize.{key} depend on a cluster that the repository does not name"
        );
        let gap = Gap::new(reason, detail)
            .at(self.place.clone())
            .remedy("declare the clusters: `manifesto inventory`");
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn known_components(&mut self, options: &Node) -> Vec<Node> {
        let all = items(options, "components").iter().cloned();
        let (known, unknown): (Vec<_>, Vec<_>) = all.partition(|item| !has_unknown(item));
        if !unknown.is_empty() {
            self.gap("components", GapReason::Unsupported);
        }
        known
    }

    /// Puts items into a list; one of the same name takes its place (`kustomize edit set`).
    fn by_name(&mut self, key: &str, items: Vec<Mapping>) {
        if items.is_empty() {
            return;
        }
        let mut all: Vec<Node> = self.kustomization.get(key).map(Node::items).unwrap_or_default().to_vec();
        for item in items {
            let name = item.get("name").and_then(Node::as_str).map(str::to_owned);
            let known =
                all.iter_mut().find(|known| known.get("name").and_then(Node::as_str) == name.as_deref());
            match known {
                Some(known) => *known = image_over(known, &item),
                None => all.push(Node::mapping(item)),
            }
        }
        self.changed.insert(key, Node::sequence(all));
    }

    fn labels(&mut self, options: &Node) {
        let Some(labels) = options.get("commonLabels").filter(|labels| !labels.entries().is_empty()) else {
            return;
        };
        let is = |key: &str| options.get(key).and_then(Node::as_bool).unwrap_or(false);
        if !is("labelWithoutSelector") {
            return self.mapping("commonLabels", Some(labels));
        }
        let mut entry = Mapping::new();
        entry.insert("pairs", labels.clone());
        if is("labelIncludeTemplates") {
            entry.insert("includeTemplates", Node::bool(true));
        }
        self.append("labels", vec![Node::mapping(entry)]);
    }

    fn mapping(&mut self, key: &str, values: Option<&Node>) {
        let values = values.map(Node::entries).unwrap_or_default();
        if values.is_empty() {
            return;
        }
        let mut all = self.kustomization.get(key).and_then(Node::as_mapping).cloned().unwrap_or_default();
        for entry in values {
            if let (Some(name), Some(value)) = (entry.key.text(), entry.value.text())
                && self.is_known(key, value)
            {
                all.insert(name, Node::string(value));
            }
        }
        self.changed.insert(key, Node::mapping(all));
    }

    fn append(&mut self, key: &str, items: Vec<Node>) {
        if items.is_empty() {
            return;
        }
        let mut all: Vec<Node> = self.kustomization.get(key).map(Node::items).unwrap_or_default().to_vec();
        for item in items {
            // `kustomize edit add component` leaves out what is there; patches may come twice.
            if key == "patches" || !all.contains(&item) {
                all.push(item);
            }
        }
        self.changed.insert(key, Node::sequence(all));
    }
}

fn items<'n>(options: &'n Node, key: &str) -> &'n [Node] {
    options.get(key).map(Node::items).unwrap_or_default()
}

fn has_unknown(node: &Node) -> bool {
    node.as_str().is_some_and(is_unknown)
        || node.items().iter().any(has_unknown)
        || node.entries().iter().any(|entry| has_unknown(&entry.key) || has_unknown(&entry.value))
}

/// `name=newName:tag@digest` as `kustomize edit set image` reads it.
fn image(text: &str) -> Mapping {
    let mut image = Mapping::new();
    let (name, new) = text.split_once('=').map_or((None, text), |(name, new)| (Some(name), new));
    let (rest, digest) = new.split_once('@').map_or((new, None), |(rest, digest)| (rest, Some(digest)));
    let after_host = rest.rfind('/').map_or(0, |slash| slash + 1);
    let colon = rest.get(after_host..).and_then(|last| last.find(':')).map(|at| after_host + at);
    let (path, tag) = colon.map_or((rest, None), |at| (rest.get(..at).unwrap_or(rest), rest.get(at + 1..)));
    image.insert("name", Node::string(name.unwrap_or(path)));
    if name.is_some_and(|name| name != path) {
        image.insert("newName", Node::string(path));
    }
    if let Some(tag) = tag.filter(|tag| *tag != "*") {
        image.insert("newTag", Node::string(tag));
    }
    if let Some(digest) = digest {
        image.insert("digest", Node::string(digest));
    }
    image
}

/// A set image keeps the known new name where it sets none; a tag and a digest exclude each other.
fn image_over(known: &Node, item: &Mapping) -> Node {
    let mut all = known.as_mapping().cloned().unwrap_or_default();
    if item.get("newTag").is_some() {
        all.remove("digest");
    }
    if item.get("digest").is_some() {
        all.remove("newTag");
    }
    item.iter().for_each(|(key, value)| drop(all.insert(key, value.clone())));
    Node::mapping(all)
}
