//! What is lost by what leaves the repository, for the analyzers that speak of the way back and of what breaks.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_cluster::data::{Departure, Holding, Safeguard, holding, is_hook, safeguard};
use manifesto_cluster::resources::{Demand, demands};
use manifesto_evidence::{Origin, Prose, Side};
use manifesto_gitops::{AffectedComponent, Change, Deployment, Sync, Tool};
use manifesto_objects::{ChangeKind, Object, ObjectChange, ObjectId};

use crate::surroundings::Surroundings;

/// An object that leaves its cluster and takes something with it.
pub(crate) struct Loss<'c> {
    pub(crate) component: &'c AffectedComponent,
    pub(crate) object: Arc<Object>,
    pub(crate) holding: Holding,
    pub(crate) safeguard: Option<Safeguard>,
    pub(crate) how: How,
}

/// What makes an object leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// The sync, by itself.
    Prune(Tool),
    /// The deletion of the Application or Kustomization, which takes all along.
    Cascade(Tool),
    /// The sync asks somebody to confirm.
    Confirmed,
    /// Somebody who prunes; the sync lets it be.
    Somebody,
    /// Somebody who deletes it: its Application goes and leaves it behind.
    Orphaned,
    /// Nothing tells how the component is deployed.
    Unknown,
}

/// Everything that is lost or may be, in the order of the changes.
pub(crate) fn losses<'c>(change: &'c Change, surroundings: &Surroundings<'c>) -> Vec<Loss<'c>> {
    let mut losses = Vec::new();
    for (index, component) in change.components.iter().enumerate() {
        let Some(base) = &component.base else { continue };
        let own = change.objects.real().filter(|object| object.component == index);
        let leaving: Vec<&Arc<Object>> = own.filter_map(leaves).collect();
        if leaving.is_empty() {
            continue;
        }
        let around = surroundings.around(component, Side::Base);
        let cluster = Cluster::new(base.rendering.objects.clone(), Vec::new());
        let demands: BTreeMap<ObjectId, Demand> = demands(&cluster, || around)
            .into_iter()
            .map(|demand| (demand.object.id.clone(), demand))
            .collect();
        let how = how(component);
        let departure = if matches!(how, How::Cascade(_)) { Departure::WithAll } else { Departure::Pruned };
        for object in leaving {
            let demand = demands.get(&object.id);
            let Some(holding) = holding(object, demand) else { continue };
            let safeguard = safeguard(object, demand, departure, around);
            let object = Arc::clone(object);
            losses.push(Loss { component, object, holding, safeguard, how });
        }
    }
    losses
}

/// The object that is deleted: gone, or under its old name. What cannot be updated in place is deleted by somebody, if at
/// all; hooks come and go.
fn leaves(change: &ObjectChange) -> Option<&Arc<Object>> {
    let object = change.base.as_ref()?;
    let goes = matches!(change.kind, ChangeKind::Removed | ChangeKind::Renamed);
    (goes && !is_hook(object)).then_some(object)
}

/// How objects of a component leave.
pub(crate) fn how(component: &AffectedComponent) -> How {
    let Some(base) = &component.base else { return How::Unknown };
    match &component.head {
        Some(head) => {
            let deployment = head.component.deployment.as_ref().or(base.component.deployment.as_ref());
            deployment.map_or(How::Unknown, pruning)
        }
        None => base.component.deployment.as_ref().map_or(How::Unknown, deletion),
    }
}

fn pruning(deployment: &Deployment) -> How {
    if deployment.has_option("Prune=confirm") {
        return How::Confirmed;
    }
    match deployment.sync {
        Sync::Automatic { prune: true, .. } if !deployment.has_option("Prune=false") => {
            How::Prune(deployment.tool)
        }
        _ => How::Somebody,
    }
}

/// The component goes as a whole. What is generated goes with its directory; what is written down goes when somebody, or
/// another component, deletes it.
fn deletion(deployment: &Deployment) -> How {
    match (deployment.cascades, &deployment.generated_by) {
        (true, _) if deployment.has_option("Delete=confirm") => How::Confirmed,
        (true, Some(_)) => How::Cascade(deployment.tool),
        (true, None) => How::Unknown,
        (false, _) => How::Orphaned,
    }
}

impl Loss<'_> {
    /// What has to happen for it to be lost.
    pub(crate) fn when(&self) -> String {
        match self.how {
            How::Prune(tool) => format!(": {tool} prunes it at the next sync"),
            How::Cascade(tool) => format!(": {tool} deletes all of the component"),
            How::Confirmed => " once somebody confirms that it goes".to_owned(),
            How::Somebody => " once somebody prunes it: the sync lets it be".to_owned(),
            How::Orphaned => {
                " once somebody deletes it: its Application goes and leaves it behind".to_owned()
            }
            How::Unknown => ", if what leaves the repository is pruned".to_owned(),
        }
    }

    /// What goes: "5Gi in `PersistentVolumeClaim/data`".
    pub(crate) fn what(&self) -> Prose {
        let short = self.object.id.short();
        let size = |size: &Option<manifesto_objects::Quantity>| {
            size.map_or_else(|| "the data".to_owned(), |size| format!("the {}", size.as_bytes()))
        };
        match &self.holding {
            Holding::Volume(amount) | Holding::Database(amount) => {
                Prose::new().words(size(amount)).words(" of ").code(short)
            }
            Holding::Namespace => Prose::from("everything in ").code(short),
            Holding::Kind(kind) => {
                Prose::from("every ").code(kind).words(" of the cluster, with ").code(short)
            }
            Holding::Outside => Prose::from("what ").code(short).words(" stands for outside the cluster"),
            Holding::Deployed => Prose::from("everything that ").code(short).words(" deploys"),
        }
    }

    /// Where the object stands in base.
    pub(crate) fn origin(&self) -> Origin {
        self.object.origin(Side::Base)
    }
}
