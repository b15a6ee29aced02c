//! What ApplicationSets do with the Applications that they have made: a change of a template need not reach them.

use manifesto_evidence::{Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change, Deployment, SetPolicy};

use super::deployment_of;
use crate::statements::Statements;

pub(super) fn facts(change: &Change) -> Vec<Fact> {
    let mut statements = Statements::default();
    for component in &change.components {
        let base = component.base.as_ref().and_then(|side| side.component.deployment.as_ref());
        match (base, deployment_of(component)) {
            (Some(base), None) => gone(component, base, &mut statements),
            (base, Some(head)) => there(component, base, head, &mut statements),
            (None, None) => {}
        }
    }
    statements.facts(Topic::DeploymentMethod).collect()
}

fn policy_of(deployment: &Deployment) -> Option<(&SetPolicy, String)> {
    Some((deployment.set_policy.as_ref()?, deployment.generated_by.as_ref()?.short()))
}

/// An Application that is generated no more, and that the set leaves in the cluster.
fn gone(component: &AffectedComponent, base: &Deployment, statements: &mut Statements) {
    let Some((policy, set)) = policy_of(base).filter(|(policy, _)| !policy.deletes) else { return };
    let text = Prose::from(" is generated no more, and stays in the cluster: ")
        .code(set)
        .words(" does not delete what it has made");
    let origin = Origin::direct(Side::Base, policy.place.clone());
    statements.add(Weight::Notable, None, (Prose::new(), component.name.clone(), text), [origin]);
}

fn there(
    component: &AffectedComponent,
    base: Option<&Deployment>,
    head: &Deployment,
    statements: &mut Statements,
) {
    let Some((policy, set)) = policy_of(head) else { return };
    let origin = || [Origin::direct(Side::Head, policy.place.clone())];
    let definition = |side: &manifesto_gitops::ComponentSide| side.component.definition_without_lines();
    let is_redefined = component.base.as_ref().map(definition) != component.head.as_ref().map(definition);
    if base.is_some() && is_redefined && !policy.updates {
        let text = Prose::from(" is defined anew, which does not reach the cluster: ")
            .code(&set)
            .words(" does not update what it has made");
        statements.add(Weight::Notable, None, (Prose::new(), component.name.clone(), text), origin());
    } else if base.is_some() && is_redefined && !policy.ignored.is_empty() {
        let text = Prose::from(" is defined anew, but for what ")
            .code(&set)
            .words(" leaves as it is in the cluster: ")
            .list(&policy.ignored, 6);
        statements.add(Weight::Notable, None, (Prose::new(), component.name.clone(), text), origin());
    }
    if let Some(steps) = policy.steps {
        let text = Prose::from(" is synced by ")
            .code(&set)
            .words(format!(" when its turn comes, in {steps} steps, whatever its own policy says"));
        statements.add(Weight::Plain, None, (Prose::new(), component.name.clone(), text), origin());
    }
}
