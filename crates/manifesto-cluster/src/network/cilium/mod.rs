//! CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.
//!
//! The rules follow Cilium 1.18: pkg/policy/api (`rule_validation.go`, `ingress.go`, `egress.go`, `entity.go`) and
//! pkg/k8s/apis/cilium.io/utils (`getEndpointSelector`).

mod ports;
mod rule;
mod selector;

use std::sync::Arc;

use manifesto_objects::{LabelSelector, Object};
use manifesto_yaml::Node;

use super::policy::{Direction, NamespaceScope, PodSelector, Policy, Tier};
use crate::Cluster;

/// Where a rule stands: what its selectors and references depend on.
#[derive(Clone, Copy)]
struct Context<'c> {
    cluster: &'c Cluster,
    /// The policy's namespace; none of a policy for the whole cluster.
    namespace: Option<&'c str>,
}

/// Reads a policy: one per `spec` and item of `specs`. What selects nodes is not about pods, and left out.
pub(super) fn read(cluster: &Cluster, object: &Arc<Object>) -> Vec<Policy> {
    let namespaced = object.id.kind == "CiliumNetworkPolicy";
    let context = Context { cluster, namespace: namespaced.then_some(object.id.namespace.as_str()) };
    let specs =
        object.at(&["spec"]).into_iter().chain(object.at(&["specs"]).map(Node::items).unwrap_or_default());
    let mut policies: Vec<Policy> = specs.filter_map(|spec| policy(context, object, spec)).collect();
    // One bad rule and Cilium takes nothing of the object (pkg/k8s/apis/cilium.io/v2/cnp_types.go, `Parse`).
    let invalid = policies.iter().find_map(|policy| policy.invalid.clone());
    for policy in &mut policies {
        policy.invalid.clone_from(&invalid);
    }
    policies
}

fn policy(context: Context<'_>, object: &Arc<Object>, spec: &Node) -> Option<Policy> {
    let endpoints = spec.get("endpointSelector")?;
    let subject = match selector::subject(context, endpoints) {
        Ok(subject) => subject,
        Err(error) => {
            let anything = PodSelector { namespaces: NamespaceScope::All, pods: LabelSelector::default() };
            let mut policy = Policy::new(object, Tier::Namespace, anything);
            policy.invalid = Some((error, endpoints.mark));
            return Some(policy);
        }
    };
    let mut policy = Policy::new(object, Tier::Namespace, subject);
    for direction in Direction::BOTH {
        read_direction(context, &mut policy, spec, direction);
    }
    Some(policy)
}

fn read_direction(context: Context<'_>, policy: &mut Policy, spec: &Node, direction: Direction) {
    let deny = format!("{}Deny", direction.name());
    let (mut count, lists) = (0, [(direction.name(), false), (deny.as_str(), true)]);
    for (field, denies) in lists {
        for node in spec.get(field).map(Node::items).unwrap_or_default() {
            count += 1;
            let place = rule::Place { context, direction, denies };
            match rule::read(place, node, &mut policy.unknown) {
                Ok(rules) => policy.rules.extend(rules),
                Err(error) => policy.invalid = policy.invalid.take().or(Some((error, node.mark))),
            }
        }
    }
    let switch = spec.path(&["enableDefaultDeny", direction.name()]).and_then(Node::as_bool);
    if let Some(isolates) = policy.isolates.get_mut(direction as usize) {
        *isolates = switch.unwrap_or(count > 0);
    }
}
