//! LimitRanges: what a namespace adds to its pods, and what it refuses.

use std::sync::Arc;

use manifesto_objects::{Object, Quantity};
use manifesto_yaml::{Mark, Node};

use super::amounts::Amounts;
use super::pod::PodResources;
use crate::Cluster;

/// All LimitRanges of a namespace. Where several give a default, the first by name counts; the API server does not
/// promise an order.
#[derive(Debug, Clone, Default)]
pub struct LimitRanges {
    /// The limits of containers that say none.
    pub default_limits: Amounts,
    /// The requests of containers that say none.
    pub default_requests: Amounts,
    bounds: Vec<Bound>,
}

#[derive(Debug, Clone)]
struct Bound {
    object: Arc<Object>,
    mark: Mark,
    subject: Subject,
    min: Amounts,
    max: Amounts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Container,
    Pod,
    Claim,
}

/// A pod or claim that a LimitRange refuses.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The LimitRange.
    pub range: Arc<Object>,
    /// Where its bound stands.
    pub mark: Mark,
    /// What breaks the bound: "the memory limit of `web`".
    pub resource: String,
    /// The container that breaks it; none for pods and claims.
    pub container: Option<String>,
    /// What it asks for; none where it asks for nothing and must.
    pub amount: Option<Quantity>,
    /// The bound.
    pub bound: Quantity,
    /// Whether the bound is a maximum.
    pub is_maximum: bool,
}

impl LimitRanges {
    /// The LimitRanges of a namespace.
    pub fn of(cluster: &Cluster, namespace: &str) -> Self {
        let mut found: Vec<&Arc<Object>> =
            cluster.of_kind("", "LimitRange").filter(|object| object.id.namespace == namespace).collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let mut ranges = Self::default();
        for object in found {
            for item in object.at(&["spec", "limits"]).map(Node::items).unwrap_or_default() {
                ranges.read(object, item);
            }
        }
        ranges
    }

    /// One item, with the defaults that the API server gives it (`defaults.go`, `SetDefaults_LimitRangeItem`).
    fn read(&mut self, object: &Arc<Object>, item: &Node) {
        let mut unread = Vec::new();
        let mut amounts = |key: &str| Amounts::read(item.get(key), &mut unread);
        let (min, max) = (amounts("min"), amounts("max"));
        let (mut limits, mut requests) = (amounts("default"), amounts("defaultRequest"));
        let subject = match item.get("type").and_then(Node::as_str) {
            Some("Container") => Subject::Container,
            Some("Pod") => Subject::Pod,
            Some("PersistentVolumeClaim") => Subject::Claim,
            _ => return,
        };
        if subject == Subject::Container {
            limits.complete_with(&max);
            requests.complete_with(&limits);
            requests.complete_with(&min);
            self.default_limits.complete_with(&limits);
            self.default_requests.complete_with(&requests);
        }
        self.bounds.push(Bound { object: Arc::clone(object), mark: item.mark, subject, min, max });
    }

    /// The bounds that a pod breaks; the API server refuses it for the first.
    pub fn refusals(&self, pod: &PodResources) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for bound in &self.bounds {
            match bound.subject {
                Subject::Container => {
                    for container in &pod.containers {
                        let name = Some(container.name.as_str());
                        bound.check(name, &container.requests, &container.limits, &mut refusals);
                    }
                }
                Subject::Pod => bound.check(None, &pod.requests, &pod.limits, &mut refusals),
                Subject::Claim => {}
            }
        }
        refusals
    }

    /// The bounds that a claim of this size breaks.
    pub fn claim_refusals(&self, size: Quantity) -> Vec<Refusal> {
        let mut amounts = Amounts::default();
        amounts.0.insert("storage".to_owned(), size);
        let mut refusals = Vec::new();
        for bound in self.bounds.iter().filter(|bound| bound.subject == Subject::Claim) {
            bound.check(None, &amounts, &amounts, &mut refusals);
        }
        refusals
    }
}

impl Bound {
    /// A minimum binds requests, a maximum limits (`plugin/pkg/admission/limitranger`, `minConstraint`, `maxConstraint`).
    fn check(
        &self,
        container: Option<&str>,
        requests: &Amounts,
        limits: &Amounts,
        refusals: &mut Vec<Refusal>,
    ) {
        let mut refuse = |resource: &str, amount, bound, is_maximum| {
            refusals.push(Refusal {
                range: Arc::clone(&self.object),
                mark: self.mark,
                resource: resource.to_owned(),
                container: container.map(str::to_owned),
                amount,
                bound,
                is_maximum,
            });
        };
        for (resource, bound) in &self.min.0 {
            let amount = requests.get(resource);
            if amount.is_none_or(|amount| amount < *bound) {
                refuse(resource, amount, *bound, false);
            }
        }
        for (resource, bound) in &self.max.0 {
            let amount = limits.get(resource);
            if amount.is_none_or(|amount| amount > *bound) {
                refuse(resource, amount, *bound, true);
            }
        }
    }
}
