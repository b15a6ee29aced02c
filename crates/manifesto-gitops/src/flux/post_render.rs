//! What helm-controller makes of the objects of a chart (helm-controller v1, internal/postrender).

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_kustomize::{LoadRestrictor, Options, Resource, Session};
use manifesto_objects::Object;
use manifesto_tree::{Gap, GapReason, MemTree, Place, TreePath};
use manifesto_yaml::{Entry as Pair, Mapping, Node};

use super::definition::{Placed, Written, text_of};
use super::lines::WrittenFile;
use super::metadata::Metadata;
use super::{Built, HelmRelease};

/// What is done with the objects of a chart.
#[derive(Debug, Clone)]
pub struct PostRender {
    /// Patches and images, one kustomization after the other.
    stages: Vec<Stage>,
    labels: BTreeMap<String, Placed<String>>,
    annotations: BTreeMap<String, Placed<String>>,
    /// Whether objects with hooks are changed too.
    with_hooks: bool,
    place: Place,
    files: Arc<[TreePath]>,
}

#[derive(Debug, Clone)]
struct Stage {
    patches: Vec<Node>,
    images: Vec<Node>,
    place: Place,
}

const MANIFESTS: &str = "helm-output.yaml";
const KUSTOMIZATION: &str = "kustomization.yaml";

impl PostRender {
    /// What a HelmRelease asks for.
    pub(super) fn of(release: &HelmRelease) -> Self {
        let written = release.written();
        let strategy = written.text(&["postRenderStrategy"]).unwrap_or_default();
        Self {
            stages: written
                .items(&["postRenderers"])
                .iter()
                .filter_map(|node| Stage::of(written, node))
                .collect(),
            labels: texts(written, "labels"),
            annotations: texts(written, "annotations"),
            with_hooks: matches!(strategy.as_str(), "combined" | "separate"),
            place: release.place.clone(),
            files: Arc::clone(&release.object().files),
        }
    }

    /// Whether nothing is changed.
    pub fn is_nothing(&self) -> bool {
        self.stages.is_empty() && self.labels.is_empty() && self.annotations.is_empty()
    }
}

impl Stage {
    fn of(written: &Written, node: &Node) -> Option<Self> {
        let kustomize = node.get("kustomize").filter(|node| !node.is_null())?;
        let list = |key: &str| kustomize.get(key).map(Node::items).unwrap_or_default();
        let kept = |entry: &&Pair| matches!(entry.key.text(), Some("patch" | "target"));
        let patches = list("patches").iter().map(|patch| {
            let entries: Vec<Pair> = patch.entries().iter().filter(kept).cloned().collect();
            Node::mapping(entries).at(patch.mark)
        });
        Some(Self {
            patches: patches.collect(),
            images: list("images").to_vec(),
            place: written.place_of(kustomize),
        })
    }

    fn kustomization(&self) -> Node {
        let mut root = Mapping::new();
        root.insert("apiVersion", Node::string("kustomize.config.k8s.io/v1beta1"));
        root.insert("kind", Node::string("Kustomization"));
        root.insert("resources", Node::sequence([Node::string(MANIFESTS)]));
        root.insert(
            "sortOptions",
            Node::mapping([("order", Node::string("fifo"))].into_iter().collect::<Mapping>()),
        );
        for (key, items) in [("patches", &self.patches), ("images", &self.images)] {
            if !items.is_empty() {
                root.insert(key, Node::sequence(items.iter().cloned()));
            }
        }
        Node::mapping(root)
    }
}

fn texts(written: &Written, kind: &str) -> BTreeMap<String, Placed<String>> {
    let entries = written.spec(&["commonMetadata", kind]).map(Node::entries).unwrap_or_default();
    let read = |entry: &Pair| {
        let value = Placed { value: text_of(&entry.value)?, place: written.place_of(&entry.value) };
        Some((entry.key.text()?.to_owned(), value))
    };
    entries.iter().filter_map(read).collect()
}

/// Applies patches, images and metadata to the objects of a chart's templates; the definitions of its `crds/` are not
/// among them. What kustomize refuses has no objects and a gap that says why: the controller then installs nothing.
///
/// The labels by which the controller finds its objects again are left out.
pub fn post_render(session: &Session, objects: Vec<Arc<Object>>, how: &PostRender) -> Built {
    let (hooks, objects): (Vec<_>, Vec<_>) =
        objects.into_iter().partition(|object| !how.with_hooks && is_hook(object));
    let mut resources: Vec<Resource> = objects.iter().map(|object| resource_of(object)).collect();
    let mut built = Built::default();
    for stage in &how.stages {
        match run(session, stage, &resources, how, &mut built) {
            Ok(changed) => resources = changed,
            Err(gap) => {
                built.gaps.push(gap);
                return built;
            }
        }
    }
    let metadata = Metadata::from_parts(&how.labels, &how.annotations);
    for mut resource in resources {
        metadata.apply(&mut resource);
        match Object::new(resource.root, resource.files, resource.via) {
            Ok(object) => built.objects.push(Arc::new(object)),
            Err(why) => {
                built.gaps.push(Gap::new(GapReason::BrokenFile, why.to_string()).at(how.place.clone()));
            }
        }
    }
    built.objects.extend(hooks);
    built
}

fn is_hook(object: &Object) -> bool {
    object.annotations().any(|(key, _)| key == "helm.sh/hook")
}

fn resource_of(object: &Object) -> Resource {
    Resource {
        root: object.root.clone(),
        files: Arc::clone(&object.files),
        via: Arc::clone(&object.via),
        sealed: false,
    }
}

fn run(
    session: &Session,
    stage: &Stage,
    resources: &[Resource],
    how: &PostRender,
    built: &mut Built,
) -> Result<Vec<Resource>, Gap> {
    let broken = |why: String| Gap::new(GapReason::BrokenFile, why).at(stage.place.clone());
    let manifests = WrittenFile::stream(TreePath::from_normalized(MANIFESTS), resources, how.place.clone());
    let manifests = manifests.map_err(broken)?;
    let kustomization = WrittenFile::new(
        TreePath::from_normalized(KUSTOMIZATION),
        &stage.kustomization(),
        &how.files,
        stage.place.clone(),
    );
    let kustomization = kustomization.map_err(broken)?;
    let tree = MemTree::new()
        .file(MANIFESTS, &manifests.content)
        .file(KUSTOMIZATION, &kustomization.content)
        .build();
    let options = Options { load_restrictor: LoadRestrictor::None, ..Options::default() };
    let build = session.build(&tree, &TreePath::root(), &options);
    let real = |place: &Place| manifests.place(&kustomization.place(place));
    built
        .gaps
        .extend(build.gaps.iter().map(|gap| Gap { place: gap.place.as_ref().map(real), ..gap.clone() }));
    if let Some(error) = &build.error {
        let gap = broken(format!("{}: {}", error.what, error.why));
        return Err(error.place.iter().map(real).fold(gap, Gap::at));
    }
    Ok(build
        .resources
        .iter()
        .map(|resource| relocated(resource, resources, &manifests, &kustomization))
        .collect())
}

/// The object with its real places, and with what led to it.
fn relocated(
    resource: &Resource,
    before: &[Resource],
    manifests: &WrittenFile,
    kustomization: &WrittenFile,
) -> Resource {
    let number = manifests.document_at(resource.root.mark.line);
    let (root, files) = kustomization.relocated(&resource.root, &resource.files);
    let (root, files) = manifests.relocated(&root, &files);
    let via = before.get(number).map(|before| Arc::clone(&before.via)).unwrap_or_default();
    Resource { root, files, via, sealed: resource.sealed }
}
