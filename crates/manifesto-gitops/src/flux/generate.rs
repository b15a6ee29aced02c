//! The kustomization that kustomize-controller builds: that of the directory, or one that names every manifest in it,
//! with what the Flux Kustomization adds.
//!
//! Upstream: fluxcd/pkg, kustomize/kustomize_generator.go. The controller reads the file into a struct and writes it
//! anew, so that only the fields of the struct are left.

use manifesto_kustomize::kustomization_names;
use manifesto_tree::{Entry, Place, Tree, TreePath};
use manifesto_yaml::{Dialect, Entry as Pair, Html, Limits, Mapping, Mark, Node, parse, to_json};

use super::Kustomization;
use super::definition::{Written, text_of};
use super::lines::{WrittenFile, file_number};

/// The fields of a kustomization file (kustomize v5, api/types/kustomization.go).
const FIELDS: &[&str] = &[
    "apiVersion",
    "bases",
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "crds",
    "generatorOptions",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "helmGlobals",
    "imageTags",
    "images",
    "kind",
    "labels",
    "metadata",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "openapi",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "resources",
    "secretGenerator",
    "sortOptions",
    "transformers",
    "validators",
    "vars",
];

/// Why there is no kustomization to build.
#[derive(Debug)]
pub(super) struct NotGenerated {
    pub(super) why: String,
    pub(super) place: Place,
}

/// The kustomization of a directory as the controller completes it.
pub(super) fn generate(tree: &Tree, kustomization: &Kustomization) -> Result<WrittenFile, NotGenerated> {
    let directory = kustomization.directory();
    let written = kustomization.written();
    // Where a directory has several, the first one is completed; kustomize then refuses them together.
    let mut files = kustomization_names().iter().filter_map(|name| tree.lookup(&directory.child(name)).ok());
    let mut completion = match files.find(|file| file.is_file()) {
        Some(file) => Completion::of_file(tree, file, written)?,
        None => Completion::of_manifests(tree, &directory, kustomization),
    };
    completion.add_names();
    completion.add_patches();
    completion.add_components(tree, &directory)?;
    completion.add_images();
    completion.add_build_metadata();
    let Completion { path, root, files, .. } = completion;
    let default = kustomization.place_at(&["path"]);
    WrittenFile::new(path, &Node::mapping(root), &files, default)
        .map_err(|why| NotGenerated { why, place: kustomization.place.clone() })
}

struct Completion<'c> {
    written: &'c Written,
    path: TreePath,
    root: Mapping,
    /// What the marks of `root` count: the kustomization file, then the files of the Flux Kustomization.
    files: Vec<TreePath>,
}

impl<'c> Completion<'c> {
    fn of_file(tree: &Tree, file: &Entry, written: &'c Written) -> Result<Self, NotGenerated> {
        let at = |line: u32| Place::line(file.path.clone(), line);
        let refused = |why: String, line: u32| NotGenerated { why, place: at(line) };
        let content = tree.read(file).map_err(|error| refused(error.to_string(), 0))?;
        let parsed = parse(&content, Dialect::SigsV2, &Limits::default());
        let root = parsed.documents.into_iter().next().map(|document| document.root);
        let root = match (root, parsed.error) {
            (Some(root), _) if root.as_mapping().is_some() => root,
            (_, Some(error)) => return Err(refused(error.problem, error.mark.line)),
            (Some(root), None) if !root.is_null() => {
                return Err(refused("the kustomization is not a mapping".to_owned(), root.mark.line));
            }
            _ => Node::mapping(Mapping::new()),
        };
        let known = |entry: &&Pair| entry.key.text().is_some_and(|key| FIELDS.contains(&key));
        let fields: Vec<Pair> =
            root.entries().iter().filter(known).filter(|e| !e.value.is_null()).cloned().collect();
        let mut completion =
            Self { written, path: file.path.clone(), root: fields.into(), files: vec![file.path.clone()] };
        completion.default_type();
        if completion.list("resources").is_empty() {
            // Otherwise kustomize takes the file for empty.
            completion.root.insert("buildMetadata", Node::sequence([Node::string("originAnnotations")]));
        }
        Ok(completion)
    }

    /// A kustomization of every manifest below a directory, and of the directories below that have a kustomization.
    fn of_manifests(tree: &Tree, directory: &TreePath, kustomization: &'c Kustomization) -> Self {
        let path = directory.child("kustomization.yaml");
        let mut completion =
            Self { written: kustomization.written(), path, root: Mapping::new(), files: Vec::new() };
        completion.default_type();
        let mark = completion.mark_of(&kustomization.place_at(&["path"]));
        let resources = manifests(tree, directory);
        if resources.is_empty() {
            completion.root.insert("namespace", Node::string("_placeholder").at(mark));
        } else {
            let resources = resources.into_iter().map(|way| Node::string(format!("./{way}")).at(mark));
            completion.root.insert("resources", Node::sequence(resources));
        }
        completion
    }

    fn default_type(&mut self) {
        for (key, value) in [("apiVersion", "kustomize.config.k8s.io/v1beta1"), ("kind", "Kustomization")] {
            if self.root.get(key).is_none() {
                self.root.insert(key, Node::string(value));
            }
        }
        // The controller calls kustomize without an order, which the command line never does.
        if self.root.get("sortOptions").is_none() {
            let order: Mapping = [("order", Node::string("fifo"))].into_iter().collect();
            self.root.insert("sortOptions", Node::mapping(order));
        }
    }

    fn list(&self, key: &str) -> &[Node] {
        self.root.get(key).map(Node::items).unwrap_or_default()
    }

    /// The mark of a place in the files of the written kustomization.
    fn mark_of(&mut self, place: &Place) -> Mark {
        let file = file_number(&mut self.files, &place.path).unwrap_or(0);
        Mark { line: place.line, column: u16::try_from(place.column).unwrap_or(u16::MAX), file }
    }

    /// A node of the Flux Kustomization, with its marks in the files of the written kustomization.
    fn adopted(&mut self, node: &Node) -> Node {
        let mut adopted = node.clone();
        self.adopt(&mut adopted);
        adopted
    }

    fn adopt(&mut self, node: &mut Node) {
        let mark = |completion: &mut Self, node: &Node| {
            let place = completion.written.place_of(node);
            completion.mark_of(&place)
        };
        node.mark = mark(self, node);
        if let Some(items) = node.as_sequence_mut() {
            for item in items {
                self.adopt(item);
            }
        } else if let Some(mapping) = node.as_mapping_mut() {
            for entry in mapping.entries_mut() {
                entry.key.mark = mark(self, &entry.key);
                self.adopt(&mut entry.value);
            }
        }
    }

    fn append(&mut self, key: &str, items: Vec<Node>) {
        if items.is_empty() {
            return;
        }
        let list = self.list(key).iter().cloned().chain(items).collect::<Vec<_>>();
        let mark = self.root.get(key).or(list.first()).map(|node| node.mark).unwrap_or_default();
        self.root.insert(key, Node::sequence(list).at(mark));
    }

    fn add_names(&mut self) {
        for (from, to) in
            [("targetNamespace", "namespace"), ("namePrefix", "namePrefix"), ("nameSuffix", "nameSuffix")]
        {
            if let Some(node) = self.written.spec(&[from]) {
                let node = self.adopted(node);
                self.root.insert(to, node);
            }
        }
    }

    fn add_patches(&mut self) {
        let written = self.written;
        let patches = written.items(&["patches"]).iter().map(|node| self.patch(node)).collect();
        self.append("patches", patches);
        // Older versions of the API. The patches are objects there, and texts in the kustomization.
        let json = |completion: &mut Self, node: &Node| {
            let place = written.place_of(node);
            let mark = completion.mark_of(&place);
            Node::string(to_json(node, Html::Plain).unwrap_or_default()).at(mark)
        };
        let strategic =
            written.items(&["patchesStrategicMerge"]).iter().map(|node| json(self, node)).collect();
        self.append("patchesStrategicMerge", strategic);
        let operations = written.items(&["patchesJson6902"]).iter();
        let operations = operations.map(|node| {
            let mut patch = self.patch(node);
            if let (Some(operations), Some(mapping)) = (node.get("patch"), patch.as_mapping_mut()) {
                mapping.insert("patch", json(self, operations));
            }
            patch
        });
        let operations = operations.collect();
        self.append("patchesJson6902", operations);
    }

    /// `patch` and `target`; the API has nothing else.
    fn patch(&mut self, node: &Node) -> Node {
        let node = self.adopted(node);
        let kept = |entry: &&Pair| matches!(entry.key.text(), Some("patch" | "target"));
        let entries: Vec<Pair> = node.entries().iter().filter(kept).cloned().collect();
        Node::mapping(entries).at(node.mark)
    }

    fn add_components(&mut self, tree: &Tree, directory: &TreePath) -> Result<(), NotGenerated> {
        let ignores_missing = self.written.is_on(&["ignoreMissingComponents"]);
        let mut components = Vec::new();
        for node in self.written.items(&["components"]) {
            let path = text_of(node).unwrap_or_default();
            if !is_local(&path) {
                let why = format!("the component path `{path}` must be local and relative");
                return Err(NotGenerated { why, place: self.written.place_of(node) });
            }
            let there = directory.join(&path).is_ok_and(|path| tree.resolve(&path).is_ok());
            if there || !ignores_missing {
                components.push(self.adopted(node));
            }
        }
        self.append("components", components);
        Ok(())
    }

    /// An image of a known name changes what is written of it. A tag and a digest replace each other.
    fn add_images(&mut self) {
        let added = self.written.items(&["images"]);
        if added.is_empty() {
            return;
        }
        let mut images: Vec<Node> = self.list("images").to_vec();
        for node in added {
            let node = self.adopted(node);
            let name = node.get("name").and_then(Node::text).unwrap_or_default();
            match images.iter_mut().find(|image| image.get("name").and_then(Node::text) == Some(name)) {
                Some(image) => override_image(image, &node),
                None => images.push(node),
            }
        }
        let mark = self.root.get("images").or(images.first()).map(|node| node.mark).unwrap_or_default();
        self.root.insert("images", Node::sequence(images).at(mark));
    }

    fn add_build_metadata(&mut self) {
        if let Some(node) = self.written.spec(&["buildMetadata"]).filter(|node| !node.items().is_empty()) {
            let node = self.adopted(node);
            self.root.insert("buildMetadata", node);
        }
    }
}

fn override_image(image: &mut Node, node: &Node) {
    let field = |key: &str| node.get(key).filter(|value| value.text().is_some_and(|text| !text.is_empty()));
    let Some(mapping) = image.as_mapping_mut() else { return };
    if let Some(name) = field("newName") {
        mapping.insert("newName", name.clone());
    }
    if field("newTag").is_none() && field("digest").is_none() {
        return;
    }
    for key in ["newTag", "digest"] {
        match field(key) {
            Some(value) => drop(mapping.insert(key, value.clone())),
            None => drop(mapping.remove(key)),
        }
    }
}

/// What is no URL and no absolute path (`IsLocalRelativePath`).
fn is_local(path: &str) -> bool {
    const REMOTE: &[&str] =
        &["git::", "gh:", "ssh://", "https://", "http://", "git@", "github.com:", "github.com/"];
    let lower = path.to_lowercase();
    let is_remote = REMOTE.iter().any(|prefix| lower.len() > prefix.len() && lower.starts_with(prefix));
    !is_remote && !lower.strip_prefix("file://").unwrap_or(&lower).starts_with('/')
}

/// The manifests below a directory and the directories with a kustomization, in the order of `filepath.Walk`.
fn manifests(tree: &Tree, directory: &TreePath) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = vec![directory.clone()];
    while let Some(path) = rest.pop() {
        if let Some(entry) = tree.entry(&path) {
            if entry.is_file() && matches!(path.extension(), Some("yaml" | "yml")) {
                found.extend(path.strip_prefix(directory).map(str::to_owned));
            }
            continue;
        }
        let is_own = path == *directory;
        if !is_own && kustomization_names().iter().any(|name| tree.entry(&path.child(name)).is_some()) {
            found.extend(path.strip_prefix(directory).map(str::to_owned));
            continue;
        }
        let mut below: Vec<TreePath> = tree.files_in(&path).map(|entry| entry.path.clone()).collect();
        below.extend(tree.directories_in(&path));
        below.sort_by(|a, b| b.file_name().cmp(a.file_name()));
        rest.extend(below);
    }
    found
}
