//! What ApplicationSets do with the Applications that they have made: a change of a template need not reach them.
//!
//! Upstream: argo-cd, docs/operator-manual/applicationset, Controlling-Resource-Modification.md and Progressive-Syncs.md.

use manifesto_evidence::{Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change, Component, SetPolicy, Source};
use manifesto_objects::ObjectId;

use crate::statements::Statements;

pub(super) fn facts(change: &Change) -> Vec<Fact> {
    let mut statements = Statements::default();
    for component in &change.components {
        let [base, head] = Side::BOTH.map(|side| component.side(side).map(|side| &side.component));
        match (base, head) {
            (Some(base), None) => gone(change, component, base, &mut statements),
            (base, Some(head)) => there(change, component, base, head, &mut statements),
            (None, None) => {}
        }
    }
    statements.facts(Topic::DeploymentMethod).collect()
}

/// Whether it depends on a switch of Argo CD, which no repository shows, who syncs a component.
pub(super) fn is_rolled_out(change: &Change, component: &AffectedComponent) -> bool {
    let head = component.side(Side::Head);
    head.and_then(|head| change.set_policy(Side::Head, &head.component))
        .is_some_and(|policy| policy.steps.is_some())
}

fn set_of(component: &Component) -> String {
    let deployment = component.deployment.as_ref();
    deployment
        .and_then(|deployment| deployment.generated_by.as_ref())
        .map(ObjectId::short)
        .unwrap_or_default()
}

fn origin(policy: &SetPolicy) -> [Origin; 1] {
    [Origin::direct(Side::Head, policy.place.clone())]
}

/// Whether the Application says something else. That a tree was rendered beforehand, or is no more, is no word of its.
fn is_redefined(base: &Component, head: &Component) -> bool {
    let (base, head) = (base.definition_without_lines(), head.definition_without_lines());
    let is_rendered = [&base, &head]
        .iter()
        .any(|side| side.sources().any(|source| matches!(source, Source::Rendered { .. })));
    base.deployment != head.deployment || (!is_rendered && !base.sources().eq(head.sources()))
}

/// An Application that is generated no more, and that the set leaves in the cluster. With the set itself it would go.
fn gone(change: &Change, component: &AffectedComponent, base: &Component, statements: &mut Statements) {
    let Some(policy) = change.set_policy(Side::Head, base).filter(|policy| !policy.deletes) else { return };
    let text = Prose::from(" is generated no more, and stays in the cluster: ")
        .code(set_of(base))
        .words(" does not delete what it has made");
    statements.add(Weight::Notable, None, (Prose::new(), component.name.clone(), text), origin(policy));
}

fn there(
    change: &Change,
    component: &AffectedComponent,
    base: Option<&Component>,
    head: &Component,
    statements: &mut Statements,
) {
    let Some(policy) = change.set_policy(Side::Head, head) else { return };
    let set = set_of(head);
    let is_redefined = base.is_some_and(|base| is_redefined(base, head));
    let after = match (is_redefined, policy.updates, policy.ignored.as_slice()) {
        (true, false, _) => Prose::from(" is defined anew, which does not reach the cluster: ")
            .code(&set)
            .words(" does not update what it has made"),
        (true, true, [_, ..]) => Prose::from(" is defined anew, but for what ")
            .code(&set)
            .words(" leaves as it is in the cluster: ")
            .list(&policy.ignored, 6),
        _ => Prose::new(),
    };
    let name = || component.name.clone();
    if !after.is_empty() {
        statements.add(Weight::Notable, None, (Prose::new(), name(), after), origin(policy));
    }
    if let Some(steps) = policy.steps {
        let text = Prose::from(" is synced by ").code(set).words(format!(
            " in {steps} steps where Argo CD has progressive syncs switched on, and by its own policy elsewhere"
        ));
        statements.add(Weight::Plain, None, (Prose::new(), name(), text), origin(policy));
    }
}
