//! The listing in the terms of its JSON.

use manifesto_gitops as gitops;
use manifesto_gitops::{Sync, Tool};

use super::from::gap;
use super::listing_v1 as v1;

impl From<&gitops::Listing> for v1::Listing {
    fn from(listing: &gitops::Listing) -> Self {
        Self {
            version: 1,
            components: listing.components.iter().map(component).collect(),
            duplicates: listing.duplicates.iter().map(duplicate).collect(),
            gaps: listing.gaps.iter().map(gap).collect(),
        }
    }
}

fn component(listed: &gitops::ListedComponent) -> v1::Component {
    let (component, rendering) = (&listed.component, &listed.rendering);
    v1::Component {
        name: listed.name.clone(),
        path: component.path.to_string(),
        cluster: component.cluster().to_owned(),
        deployment: component.deployment.as_ref().map(deployment),
        objects_count: rendering.objects.len(),
        complete: rendering.is_complete(),
        gaps: rendering.gaps.iter().map(gap).collect(),
        reads: rendering.reads.iter().map(ToString::to_string).collect(),
    }
}

fn deployment(deployment: &gitops::Deployment) -> v1::Deployment {
    let tool = match deployment.tool {
        Tool::ArgoCd => "argo-cd",
        Tool::Flux => "flux",
    };
    let (sync, prune, self_heal) = match deployment.sync {
        Sync::Manual => ("manual", false, false),
        Sync::Suspended => ("suspended", false, false),
        Sync::Automatic { prune, self_heal, .. } => ("automatic", prune, self_heal),
    };
    v1::Deployment {
        tool: tool.to_owned(),
        definition: deployment.definition.short(),
        place: deployment.place.to_string(),
        generated_by: deployment.generated_by.as_ref().map(manifesto_objects::ObjectId::short),
        namespace: deployment.namespace.clone(),
        sync: sync.to_owned(),
        prune,
        self_heal,
        options: deployment.options.clone(),
        wave: deployment.wave,
        depends_on: deployment.depends_on.clone(),
        project: deployment.project.clone(),
        revision: deployment.revision.clone(),
    }
}

fn duplicate(duplicate: &gitops::Duplicate) -> v1::Duplicate {
    v1::Duplicate {
        definition: duplicate.definition.short(),
        cluster: duplicate.cluster.clone(),
        places: duplicate.places.iter().map(ToString::to_string).collect(),
    }
}
