//! One side of a change: how it hangs together and what it deploys.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use manifesto_tree::{FileChange, FileChangeKind, Side, Tree, TreePath};
use rayon::prelude::*;

use crate::affected::is_yaml;
use crate::component::{Component, Source};
use crate::inventory::Inventory;
use crate::kustomizations::is_kustomization_file;
use crate::layout::{Engines, Layout};
use crate::local_charts::is_need_file;
use crate::manifests::is_manifest_file;
use crate::plan::{self, Plan};
use crate::served_apis::{self, ServedApis};
use crate::{Rendering, rendering, values};

/// One side.
#[derive(Debug)]
pub(crate) struct Revision {
    pub(crate) layout: Layout,
    pub(crate) plan: Arc<Plan>,
    /// What APIs the clusters serve, once somebody has asked.
    served: Arc<OnceLock<ServedApis>>,
}

/// Both sides.
#[derive(Debug)]
pub(crate) struct Revisions {
    pub(crate) base: Arc<Revision>,
    pub(crate) head: Arc<Revision>,
}

impl Revisions {
    /// Whether both sides have the same plan: all components are defined as before.
    pub(crate) fn share_their_plan(&self) -> bool {
        Arc::ptr_eq(&self.base.plan, &self.head.plan)
    }

    pub(crate) fn side(&self, side: Side) -> &Revision {
        match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
        }
    }
}

impl Revision {
    pub(crate) fn read(engines: &Engines, inventory: &Inventory, side: Side, tree: &Tree) -> Self {
        let layout = Layout::read(engines, inventory, tree);
        let mut plan = Plan::read(engines, inventory, side, &layout);
        let clusters = clusters(&plan);
        plan.components.iter_mut().for_each(|component| place(component, &clusters));
        Self { layout, plan: Arc::new(plan), served: Arc::default() }
    }

    /// Whether this is the revision of that tree.
    pub(crate) fn is_of(&self, tree: &Tree, inventory: &Inventory) -> bool {
        self.layout.tree.entries() == tree.entries() && self.layout.inventory == *inventory
    }

    /// The same without comparing trees: whether this is the revision of that very tree.
    pub(crate) fn is_of_same(&self, tree: &Tree, inventory: &Inventory) -> bool {
        std::ptr::eq(self.layout.tree.entries(), tree.entries()) && self.layout.inventory == *inventory
    }

    /// The revision of a tree that differs in these files; none when the layout or the plan may depend on one of them.
    pub(crate) fn followed_by(&self, tree: &Tree, files: &[FileChange]) -> Option<Self> {
        let is_apart = files.iter().all(|file| self.is_apart(tree, file));
        let is_served_alike = |served: &ServedApis| !files.iter().any(|file| served.has_read(&file.path));
        let is_known = self.served.get().is_some_and(is_served_alike);
        is_apart.then(|| Self {
            layout: self.layout.of_tree(tree),
            plan: Arc::clone(&self.plan),
            served: if is_known { Arc::clone(&self.served) } else { Arc::default() },
        })
    }

    /// Whether what differs in a file can change neither the layout nor the plan.
    fn is_apart(&self, tree: &Tree, file: &FileChange) -> bool {
        let path = &file.path;
        let speaks_of_definitions = |tree: &Tree| {
            let entry = tree.entry(path).filter(|entry| entry.is_file())?;
            let content = tree.read(entry).ok()?;
            let speaks = plan::mentions_definitions(&content)
                || values::mentions_values(&content)
                || !self.layout.mentions.holds_for(path, &content);
            Some(is_manifest_file(entry) && speaks)
        };
        file.kind == FileChangeKind::Modified
            && !is_kustomization_file(path)
            && !is_need_file(path)
            && !self.plan.has_read(path)
            && !self.layout.generators.iter().any(|generator| generator.matches(path))
            && [&self.layout.tree, tree].iter().all(|tree| speaks_of_definitions(tree) == Some(false))
    }

    /// Renders components, in their order. Not to be called from one of several threads of a pool: what the clusters serve
    /// is read once, by all of them, and who waits for that could be who reads it.
    pub(crate) fn render_all(
        &self,
        engines: &Engines,
        side: Side,
        components: &[Option<&Component>],
    ) -> Vec<Option<Rendering>> {
        let render = |layout: &Layout, component: &Component| {
            Some(rendering::render(engines, side, layout, component))
        };
        let first: Vec<Option<Rendering>> =
            components.par_iter().map(|component| render(&self.layout, (*component)?)).collect();
        if first.iter().flatten().any(|rendering| served_apis::is_asked(&rendering.asked_apis)) {
            self.served(engines, side);
        }
        let both = components.par_iter().zip(first);
        let answered = both.map(|(component, rendering)| {
            let (component, rendering) = ((*component)?, rendering?);
            let again = |layout: &Layout| render(layout, component);
            Some(self.answered(engines, side, component.cluster(), rendering, &again))
        });
        answered.collect()
    }

    /// Renders something for a cluster whose APIs charts may ask for.
    pub(crate) fn answering(
        &self,
        engines: &Engines,
        side: Side,
        cluster: &str,
        render: &dyn Fn(&Layout) -> Option<Rendering>,
    ) -> Option<Rendering> {
        Some(self.answered(engines, side, cluster, render(&self.layout)?, render))
    }

    /// Renders again as long as charts ask for APIs that the cluster has by what the repository installs.
    fn answered(
        &self,
        engines: &Engines,
        side: Side,
        cluster: &str,
        first: Rendering,
        render: &dyn Fn(&Layout) -> Option<Rendering>,
    ) -> Rendering {
        let (mut rendering, mut known) = (first, BTreeSet::new());
        for _ in 0..ANSWERS_MAX {
            let asked = &rendering.asked_apis;
            let mut answers = served_apis::of_kubernetes(asked);
            if served_apis::is_asked(asked) {
                answers.extend(self.served(engines, side).answers(cluster, asked));
            }
            if answers.is_subset(&known) {
                break;
            }
            known.extend(answers);
            let Some(next) = render(&self.layout.serving(&known)) else { break };
            rendering = next;
        }
        rendering.served_apis = known;
        rendering
    }

    fn served(&self, engines: &Engines, side: Side) -> &ServedApis {
        self.served.get_or_init(|| ServedApis::read(engines, side, self))
    }

    /// The components at a path that no definition deploys.
    pub(crate) fn undeployed_at(&self, path: &TreePath) -> Vec<Component> {
        if self.plan.inputs.is_source(path) {
            return Vec::new();
        }
        let mut found = self.layout.components_at(path);
        found.retain(|component| self.stands_alone(component));
        let clusters = clusters(&self.plan);
        for component in &mut found {
            place(component, &clusters);
        }
        found
    }

    /// Whether nothing else has taken the component in: a directory whose manifests a kustomization names is none.
    fn stands_alone(&self, component: &Component) -> bool {
        match &component.source {
            Source::Kustomization { directory, .. } => self.layout.kustomizations.is_root(directory),
            Source::Manifests { directory, .. } => {
                let mut files = self.layout.tree.files_in(directory);
                files.any(|file| self.undeployed_by(&file.path).contains(directory))
            }
            _ => true,
        }
    }

    /// The components that no definition deploys that may read this file, by the path that people edit. A file that
    /// definitions deploy is in no other component unless a kustomization that they do not deploy uses it too.
    pub(crate) fn undeployed_by(&self, file: &TreePath) -> BTreeSet<TreePath> {
        if self.layout.is_ignored(file) {
            return BTreeSet::new();
        }
        let mut paths = self.layout.concerned_by(file);
        if !self.plan.inputs.deployers(&self.layout, file).is_empty() {
            let is_elsewhere = |path: &TreePath| !file.starts_with(path);
            paths.retain(|path| self.layout.kustomizations.contains(path) || is_elsewhere(path));
        }
        // A kustomization inside of what a component takes in as a whole is a part of it.
        paths.retain(|path| !self.plan.inputs.takes_in(path));
        paths
    }

    /// Every component: those that definitions deploy, and what else could be deployed.
    pub(crate) fn all_components(&self) -> Vec<Component> {
        let files =
            self.layout.tree.entries().par_iter().map(|entry| &entry.path).filter(|path| is_yaml(path));
        let paths: BTreeSet<TreePath> = files.flat_map_iter(|file| self.undeployed_by(file)).collect();
        let paths = paths.iter().filter(|path| !self.layout.is_sample(path));
        let undeployed = paths.flat_map(|path| self.undeployed_at(path));
        self.plan.components.iter().cloned().chain(undeployed).collect()
    }
}

/// How often a chart is rendered again because an answer made it ask another question.
const ANSWERS_MAX: usize = 4;

/// The names of the clusters that something is deployed to.
fn clusters(plan: &Plan) -> BTreeSet<String> {
    let deployments = plan.components.iter().filter_map(|component| component.deployment.as_ref());
    let names = deployments.map(|deployment| deployment.cluster.label().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// Puts what nobody deploys to a cluster of any name where its path says: beside what goes to the cluster that is called
/// like one of its directories.
fn place(component: &mut Component, clusters: &BTreeSet<String>) {
    if component.cluster().is_empty()
        && let Some(named) = component.path.segments().find(|segment| clusters.contains(*segment))
    {
        component.control = named.to_owned();
    }
}
