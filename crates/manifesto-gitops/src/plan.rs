//! The plan of one side: every component that definitions deploy.
//!
//! Definitions are Applications, ApplicationSets and what Flux has of the kind. They are files like any other: they are
//! rendered by kustomizations and charts, deployed by other definitions, and patched on the way. So the plan is a fixed
//! point: components make definitions, definitions make components, until nothing changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, Place, Side, TreePath};
use rayon::prelude::*;

use crate::argocd::{self, Application, ApplicationSource, Refusal, expand};
use crate::chart_store::ChartName;
use crate::component::{Component, Source};
use crate::deployment::{Cluster, SetPolicy};
use crate::inputs::Inputs;
use crate::inventory::Inventory;
use crate::layout::{Engines, Layout};
use crate::rendering::{self, Rendering};
use crate::{flux_plan, own_releases, resource_sets};

/// What one side deploys.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The components, each once.
    pub(crate) components: Vec<Component>,
    /// The definitions that two components claim to be: the same program, cluster, namespace and name.
    pub(crate) duplicates: Vec<Duplicate>,
    /// What each ApplicationSet does with what it has made, by the cluster of Argo CD and the set.
    set_policies: BTreeMap<(String, ObjectId), SetPolicy>,
    /// The AppProjects, each with the cluster that Argo CD runs in there.
    projects: Vec<(String, Arc<Object>)>,
    /// What is not known of what a definition generates, by the definition.
    pub(crate) gaps: BTreeMap<ObjectId, Vec<Gap>>,
    /// Which of the components may read a file.
    pub(crate) inputs: Inputs,
    /// The files that definitions were read from, at any remove.
    reads: BTreeSet<TreePath>,
}

/// Two definitions that come out as the same object: the program that deploys them gets only one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duplicate {
    /// What both are called.
    pub definition: ObjectId,
    /// The cluster of the program.
    pub cluster: String,
    /// Where they are written.
    pub places: Vec<Place>,
}

/// A definition and the cluster that it is read in.
#[derive(Debug, Clone)]
struct Definition {
    object: Arc<Object>,
    control: String,
    hint: Option<String>,
}

impl Definition {
    fn new(object: &Arc<Object>, control: &str, hint: Option<&str>) -> Self {
        Self { object: Arc::clone(object), control: control.to_owned(), hint: hint.map(str::to_owned) }
    }
}

/// Definitions that deploy definitions that deploy definitions. Nobody goes deeper.
const ROUNDS_MAX: usize = 8;

impl Plan {
    /// Finds what one side deploys.
    pub(crate) fn read(engines: &Engines, inventory: &Inventory, side: Side, layout: &Layout) -> Self {
        let mut reader = Reader { engines, inventory, side, layout, rendered: BTreeMap::new() };
        let mut plan = Self::default();
        for _ in 0..ROUNDS_MAX {
            let next = reader.round(&plan);
            let settled = next.components == plan.components;
            plan = next;
            if settled {
                break;
            }
        }
        plan.reads = reader.rendered.values().flat_map(|rendering| rendering.reads.iter().cloned()).collect();
        plan.reads.extend(layout.definitions.iter().map(|(file, _)| file.clone()));
        plan.reads.extend(layout.definition_charts.iter().cloned());
        plan
    }

    /// Whether a component is what this object deploys.
    pub(crate) fn deploys(&self, definition: &ObjectId) -> bool {
        let deployments = self.components.iter().filter_map(|component| component.deployment.as_ref());
        deployments.into_iter().any(|deployment| deployment.definition == *definition)
    }

    /// What the set that makes this component does with it once it is made; none when no such set is there.
    pub(crate) fn set_policy(&self, component: &Component) -> Option<&SetPolicy> {
        let set = component.deployment.as_ref()?.generated_by.clone()?;
        self.set_policies.get(&(component.control.clone(), set))
    }

    /// What AppProjects refuse of the Applications. A project that is there twice, or that is not known, refuses nothing here.
    pub(crate) fn refusals(&self, inventory: &Inventory) -> Vec<Refusal> {
        let of_component = |component: &Component| {
            let deployment = component.deployment.as_ref()?;
            let named = |(control, project): &&(String, Arc<Object>)| {
                let is_there = project.id.namespace.is_empty()
                    || project.id.namespace == deployment.definition.namespace;
                *control == component.control
                    && is_there
                    && Some(&project.id.name) == deployment.project.as_ref()
            };
            let mut found = self.projects.iter().filter(named);
            let (_, project) = found.next()?;
            found.next().is_none().then(|| argocd::refusals(project, deployment, inventory))
        };
        self.components.iter().filter_map(of_component).flatten().collect()
    }

    /// Whether a definition was read from this file, at any remove.
    pub(crate) fn has_read(&self, file: &TreePath) -> bool {
        self.reads.contains(file)
    }

    /// The components that may read this file, by their index.
    pub(crate) fn readers(&self, layout: &Layout, file: &TreePath) -> BTreeSet<usize> {
        self.inputs.readers(layout, file)
    }
}

struct Reader<'r> {
    engines: &'r Engines,
    inventory: &'r Inventory,
    side: Side,
    layout: &'r Layout,
    /// What the components with definitions in them rendered to in the rounds before.
    rendered: BTreeMap<Component, Arc<Rendering>>,
}

impl Reader<'_> {
    fn round(&mut self, before: &Plan) -> Plan {
        let mut plan = Plan::default();
        let definitions = self.definitions(before);
        let mut known: BTreeMap<(String, ObjectId), (Place, Option<ObjectId>)> = BTreeMap::new();
        for definition in &definitions {
            let (control, object) = (&definition.control, &definition.object);
            match object.id.kind.as_str() {
                "AppProject" => plan.projects.push((control.clone(), Arc::clone(object))),
                "ApplicationSet" => {
                    let key = (control.clone(), object.id.clone());
                    plan.set_policies.insert(key, argocd::policy(object));
                }
                _ => {}
            }
            let found = self.components_of(definition, &mut plan.gaps);
            for component in found {
                let Some(deployment) = &component.deployment else { continue };
                let key = (definition.control.clone(), deployment.definition.clone());
                let claim = (deployment.place.clone(), deployment.generated_by.clone());
                match known.get(&key) {
                    Some(first) if *first == claim => {}
                    Some((first, _)) => plan.duplicates.push(Duplicate {
                        definition: key.1,
                        cluster: key.0,
                        places: vec![first.clone(), claim.0],
                    }),
                    None => {
                        known.insert(key, claim);
                        plan.components.push(component);
                    }
                }
            }
        }
        plan.components.sort();
        plan.duplicates.sort();
        plan.duplicates.dedup();
        plan.inputs = Inputs::of(self.engines, self.layout, &plan.components);
        plan
    }

    /// The definitions as they are deployed: those in files that a component or a kustomization renders come from
    /// there, those that nothing renders are applied by hand. So are those that a carrier would render and cannot.
    fn definitions(&mut self, before: &Plan) -> Vec<Definition> {
        let layout = self.layout;
        let mut carried: BTreeMap<Component, Vec<&Arc<Object>>> = BTreeMap::new();
        let mut definitions = Vec::new();
        for (file, objects) in layout.definitions.iter() {
            let carriers = self.carriers(before, file);
            if carriers.is_empty() && !layout.is_in_chart(file) && !layout.is_sample(file) {
                let is_beside = before.inputs.is_below_a_component(file);
                let applied = objects.iter().filter(|object| !is_beside || self.is_root(file, object));
                let control = layout.cluster_of(file);
                definitions.extend(applied.map(|object| Definition::new(object, control, None)));
            }
            for carrier in carriers {
                carried.entry(carrier).or_default().extend(objects);
            }
        }
        for template in layout.definition_charts.iter() {
            let carriers = self.carriers_of_template(before, template);
            carried.extend(carriers.into_iter().map(|carrier| (carrier, Vec::new())));
        }
        // What a set makes may be definitions, and no file has them.
        let sets = before.components.iter();
        let sets = sets.filter(|component| matches!(component.source, Source::ResourceSet { .. }));
        carried.extend(sets.map(|component| (component.clone(), Vec::new())));
        let carriers: Vec<Component> = carried.keys().cloned().collect();
        for (carrier, rendering) in self.render(carriers) {
            let hint = match carrier.deployment.as_ref().map(|deployment| &deployment.cluster) {
                Some(Cluster::Unknown(hint)) => hint.as_deref(),
                _ => None,
            };
            let found: Vec<&Arc<Object>> = rendering
                .objects
                .iter()
                .filter(|object| is_definition(object) || is_project(object))
                .collect();
            let written = carried.get(&carrier).into_iter().flatten().copied();
            let missing = written.filter(|written| is_definition(written)).filter(|written| {
                !found
                    .iter()
                    .any(|known| known.id.name == written.id.name && known.id.kind == written.id.kind)
                    && rendering.may_hide(written)
            });
            let all = found.iter().copied().chain(missing);
            definitions.extend(all.map(|object| Definition::new(object, carrier.cluster(), hint)));
        }
        definitions
    }

    /// Whether a definition that lies where a component is and that the component does not name is applied by hand all the
    /// same: it deploys other definitions, so everything hangs from it. Anything else there was switched off.
    fn is_root(&self, file: &TreePath, object: &Object) -> bool {
        let sources = Application::read(&self.layout.tree, object, None).sources;
        let paths: Vec<TreePath> = sources.into_iter().filter_map(|source| source.path).collect();
        let others = self.layout.definitions.iter().map(|(path, _)| path).filter(|path| *path != file);
        object.id.kind == "Application"
            && others.into_iter().any(|other| paths.iter().any(|path| other.starts_with(path)))
    }

    /// What renders the definitions of a file: the components that read it, or else the kustomizations that do and that no
    /// definition deploys.
    fn carriers(&self, before: &Plan, file: &TreePath) -> Vec<Component> {
        let layout = self.layout;
        let readers = before.readers(layout, file).into_iter();
        let deployed: Vec<Component> =
            readers.filter_map(|index| before.components.get(index).cloned()).collect();
        if !deployed.is_empty() || layout.is_sample(file) {
            return deployed;
        }
        let readers = layout.kustomizations.readers(&layout.tree, file).into_iter();
        let roots = readers.filter(|directory| layout.kustomizations.is_root(directory));
        let component = |directory: TreePath| {
            let source = Source::Kustomization { directory: directory.clone(), options: None };
            let cluster = layout.cluster_of(&directory).to_owned();
            Component::undeployed(directory, source, &cluster)
        };
        roots.map(component).collect()
    }

    /// What renders a template with definitions: the components that read it, or else its chart as it lies, once for each
    /// environment. What bootstraps a cluster is deployed by nothing.
    fn carriers_of_template(&self, before: &Plan, template: &TreePath) -> Vec<Component> {
        let layout = self.layout;
        let readers = before.readers(layout, template);
        if !readers.is_empty() || layout.is_sample(template) {
            return readers.iter().filter_map(|index| before.components.get(*index).cloned()).collect();
        }
        let paths = layout.concerned_by(template).into_iter();
        paths.filter(|path| layout.is_chart(path)).flat_map(|path| layout.components_at(&path)).collect()
    }

    fn render(&mut self, carriers: Vec<Component>) -> Vec<(Component, Arc<Rendering>)> {
        let (engines, side, layout, known) = (self.engines, self.side, self.layout, &self.rendered);
        let rendered: Vec<(Component, Arc<Rendering>)> = carriers
            .into_par_iter()
            .map(|carrier| {
                let rendering = known.get(&carrier).cloned();
                let rendering =
                    rendering.unwrap_or_else(|| Arc::new(rendering::render(engines, side, layout, &carrier)));
                (carrier, rendering)
            })
            .collect();
        self.rendered.extend(rendered.iter().cloned());
        rendered
    }

    fn components_of(
        &self,
        definition: &Definition,
        gaps: &mut BTreeMap<ObjectId, Vec<Gap>>,
    ) -> Vec<Component> {
        let (tree, object) = (&self.layout.tree, &definition.object);
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("argoproj.io", "Application") => {
                let application = Application::read(tree, object, definition.hint.as_deref());
                self.component(application, None, definition).into_iter().collect()
            }
            ("argoproj.io", "ApplicationSet") => {
                let expansion = expand(&self.engines.files, tree, self.inventory, object);
                let known = gaps.entry(object.id.clone()).or_default();
                known.extend(expansion.gaps);
                known.sort();
                known.dedup();
                let generated = expansion.applications.iter().filter_map(|generated| {
                    let hint = generated.cluster_hint.as_deref().or(definition.hint.as_deref());
                    let application = Application::read(tree, &generated.object, hint);
                    self.component(application, Some(object.id.clone()), definition)
                });
                generated.collect()
            }
            ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
                flux_plan::component(self.layout, object, &definition.control).into_iter().collect()
            }
            ("helm.toolkit.fluxcd.io", "HelmRelease") => {
                own_releases::component(self.layout, object, &definition.control).into_iter().collect()
            }
            ("fluxcd.controlplane.io", "ResourceSet") => {
                vec![resource_sets::component(object, &definition.control)]
            }
            _ => Vec::new(),
        }
    }

    fn component(
        &self,
        application: Application,
        generated_by: Option<ObjectId>,
        definition: &Definition,
    ) -> Option<Component> {
        let Application { mut deployment, sources } = application;
        deployment.generated_by = generated_by;
        if let Cluster::Named(address) = &deployment.cluster
            && let Some(name) = self.inventory.name_of(address)
        {
            deployment.cluster = Cluster::Named(name.to_owned());
        }
        let mut found: Vec<Source> =
            sources.iter().filter_map(|source| self.source(source, &sources)).collect();
        if found.is_empty() {
            return None;
        }
        let own = found.iter().position(|source| !matches!(source, Source::Elsewhere { .. })).unwrap_or(0);
        let source = found.remove(own);
        let path = match &source {
            Source::Rendered { from, .. } => from.clone(),
            other => other.directory().clone(),
        };
        let name = Some(deployment.definition.name.clone()).filter(|name| !crate::is_unknown(name));
        Some(Component {
            path,
            given_name: name,
            source,
            further_sources: found,
            deployment: Some(deployment),
            control: definition.control.clone(),
        })
    }

    /// A chart that is not in the repository: as far as anybody knows it, it can be rendered.
    fn remote_chart(
        &self,
        chart: &str,
        source: &ApplicationSource,
        all: &[ApplicationSource],
        file: TreePath,
    ) -> Source {
        let name = ChartName { repository: &source.repository, name: chart, range: &source.revision };
        if self.engines.charts.remote.find(name).is_none() {
            let detail = format!("{name} is not in the repository");
            return Source::Elsewhere { detail, chart: Some(name.wanted()), file };
        }
        Source::RemoteChart {
            repository: source.repository.clone(),
            name: chart.to_owned(),
            version: source.revision.clone(),
            options: source.helm.clone(),
            references: self.references(all),
            file,
        }
    }

    /// The names by which sources of this repository are referred to.
    fn references(&self, all: &[ApplicationSource]) -> Vec<String> {
        let home = all.iter().filter(|source| self.layout.home.may_be(&source.repository));
        home.filter_map(|source| source.reference.clone()).collect()
    }

    fn source(&self, source: &ApplicationSource, all: &[ApplicationSource]) -> Option<Source> {
        let file = source.place.path.clone();
        if let Some(chart) = &source.chart {
            return Some(self.remote_chart(chart, source, all, file));
        }
        // A source that only lends its files to others.
        let written = source.written_path.as_deref()?;
        if source.has_plugin {
            let detail = format!("{written} is rendered by a plugin");
            return Some(Source::Elsewhere { detail, chart: None, file });
        }
        match &source.path {
            Some(path) if self.layout.home.may_be(&source.repository) => {
                let mut found = self.layout.source_for(path, source);
                if let Source::Chart { references, .. } = &mut found {
                    references.extend(self.references(all));
                }
                Some(found)
            }
            _ if crate::is_unknown(written) => None,
            _ => {
                let detail = format!("{written} of {} is not in this repository", source.repository);
                Some(Source::Elsewhere { detail, chart: None, file })
            }
        }
    }
}

/// Whether this object makes components.
fn is_definition(object: &Object) -> bool {
    matches!(
        (object.id.group.as_str(), object.id.kind.as_str()),
        ("argoproj.io", "Application" | "ApplicationSet")
            | ("kustomize.toolkit.fluxcd.io", "Kustomization")
            | ("fluxcd.controlplane.io", "ResourceSet")
    ) || own_releases::is_one(object)
}

/// Whether this object says where definitions take their files from.
fn is_source(object: &Object) -> bool {
    matches!(object.id.group.as_str(), "source.toolkit.fluxcd.io" | "source.extensions.fluxcd.io")
}

/// Whether this object says what definitions may do.
fn is_project(object: &Object) -> bool {
    object.id.group == "argoproj.io" && object.id.kind == "AppProject"
}

/// Whether an object of a file tells what is deployed.
pub(crate) fn is_read(object: &Object) -> bool {
    is_definition(object) || is_source(object) || is_project(object)
}

/// The tree of definitions is read from these groups; Crossplane's tells which objects make others in the cluster.
pub(crate) const GROUPS: &[&str] = &[
    "argoproj.io/",
    "kustomize.toolkit.fluxcd.io/",
    "source.toolkit.fluxcd.io/",
    "source.extensions.fluxcd.io/",
    "fluxcd.controlplane.io/",
    "apiextensions.crossplane.io/",
];

/// Whether a file may hold definitions, by its bytes.
pub(crate) fn mentions_definitions(content: &[u8]) -> bool {
    let mentions = |text: &str| memchr::memmem::find(content, text.as_bytes()).is_some();
    // Nearly all HelmReleases take their charts from elsewhere, and tell nothing of what else is deployed.
    GROUPS.iter().any(|group| mentions(group))
        || mentions("helm.toolkit.fluxcd.io/") && mentions("GitRepository")
}
