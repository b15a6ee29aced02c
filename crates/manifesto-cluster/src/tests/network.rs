use super::cluster;
use crate::network::{Comparison, DifferenceKind, PeerKey, PortSet, Protocol, differences};

/// Prints what differs between the connections of two clusters, one line for each pair.
pub(crate) fn compare(base: &str, head: &str) -> Vec<String> {
    let comparison = Comparison::new(&cluster(base), &cluster(head));
    let [before, after] = comparison.networks();
    let universe = &comparison.universe;
    let mut lines = Vec::new();
    for difference in differences(universe, &before, &after) {
        let kind = match &difference.kind {
            DifferenceKind::Gained => "+".to_owned(),
            DifferenceKind::Lost => "-".to_owned(),
            DifferenceKind::Restricted { base, head } => format!("~[{base}|{head}]"),
            DifferenceKind::HalfOpen(direction) => format!("half {}", direction.name()),
        };
        let name = |index: usize| universe.peers[index].key.to_string();
        for destination in difference.destinations.iter() {
            for source in difference.sources.iter() {
                lines.push(format!("{kind} {} -> {} {}", name(source), name(destination), difference.ports));
            }
        }
    }
    lines.sort();
    lines
}

const PODS: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: a, ports: [{name: http, containerPort: 8080}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: shop, labels: {app: api}}, spec: {containers: [{name: a, ports: [{name: http, containerPort: 9090}]}]}}
---
";

fn policy(name: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {name}, namespace: shop}}, spec: {spec}}}\n---\n"
    )
}

fn cilium(name: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{name: {name}, namespace: shop}}, spec: {spec}}}\n---\n"
    )
}

#[test]
fn sets_of_ports_are_cut_and_joined() {
    let a = PortSet::range(Protocol::Tcp, 80, 90).union(&PortSet::one(Protocol::Tcp, 91));
    assert_eq!(a, PortSet::range(Protocol::Tcp, 80, 91));
    assert_eq!(a.without(&PortSet::one(Protocol::Tcp, 85)).to_string(), "TCP 80-84,86-91");
    assert!(PortSet::all().without(&PortSet::all()).is_empty());
    assert!(PortSet::all().is_all() && PortSet::range(Protocol::Udp, 9, 3).is_empty());
    let pieces = PortSet::pieces([&a, &PortSet::range(Protocol::Tcp, 90, 65535)]);
    assert!(pieces.contains(&(Protocol::Tcp, 90, 91)) && pieces.contains(&(Protocol::Tcp, 92, 65535)));
}

#[test]
fn the_empty_rule_allows_all_to_kubernetes_and_nothing_to_cilium() {
    let closed =
        PODS.to_owned() + &policy("deny", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}");
    let open = closed.clone() + &policy("open", "{podSelector: {matchLabels: {app: web}}, ingress: [{}]}");
    assert!(compare(&closed, &open).contains(&"+ shop/api -> shop/web every port".to_owned()));
    let cilium =
        closed.clone() + &cilium("open", "{endpointSelector: {matchLabels: {app: web}}, ingress: [{}]}");
    assert!(compare(&closed, &cilium).is_empty(), "{:?}", compare(&closed, &cilium));
}

#[test]
fn a_label_that_changes_opens_traffic_though_no_policy_does() {
    let rule = policy(
        "api",
        "{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {matchLabels: {role: client}}}], ports: [{port: http}]}]}",
    );
    let head = PODS.replace("labels: {app: web}", "labels: {app: web, role: client}");
    let found = compare(&(PODS.to_owned() + &rule), &(head + &rule));
    assert_eq!(found, ["+ shop/web -> shop/api TCP 9090"]);
}

#[test]
fn a_named_port_is_the_destinations() {
    let base = PODS.to_owned() + &policy("deny", "{podSelector: {}, policyTypes: [Ingress]}");
    let head = base.clone()
        + &policy("http", "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: http}]}]}");
    let found = compare(&base, &head);
    assert_eq!(found, ["+ shop/api -> shop/web TCP 8080", "+ shop/web -> shop/api TCP 9090"]);
}

#[test]
fn a_rule_for_ports_alone_takes_the_restriction_of_another_away() {
    let base = PODS.to_owned()
        + &cilium(
            "http",
            "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEndpoints: [{matchLabels: {app: api}}], toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{method: GET, path: /public}]}}]}]}",
        );
    let head = base.clone()
        + &cilium(
            "tcp",
            "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEndpoints: [{matchLabels: {app: api}}], toPorts: [{ports: [{port: '80', protocol: TCP}]}]}]}",
        );
    assert_eq!(compare(&base, &head), ["~[HTTP GET /public|] shop/api -> shop/web TCP 80"]);
}

#[test]
fn denials_win_over_policies_of_every_kind() {
    let base = PODS.to_owned()
        + &policy(
            "allow",
            "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]}",
        );
    let head = base.clone()
        + &cilium(
            "deny",
            "{endpointSelector: {matchLabels: {app: web}}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: api}}], toPorts: [{ports: [{port: '22', protocol: TCP}]}]}]}",
        );
    assert_eq!(compare(&base, &head), ["- shop/api -> shop/web TCP 22"]);
}

#[test]
fn one_bad_rule_and_the_whole_policy_is_refused() {
    let base = PODS.to_owned() + &policy("deny", "{podSelector: {}, policyTypes: [Ingress]}");
    let head = base.clone()
        + &cilium(
            "bad",
            "{endpointSelector: {}, ingress: [{fromEndpoints: [{}], fromCIDR: [10.0.0.0/8]}, {fromEndpoints: [{}]}]}",
        );
    assert!(compare(&base, &head).is_empty());
}

#[test]
fn addresses_are_outside_of_the_cluster() {
    let base = PODS.to_owned() + &policy("deny", "{podSelector: {}, policyTypes: [Egress]}");
    let head = base.clone()
        + &policy(
            "out",
            "{podSelector: {matchLabels: {app: web}}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 443}]}]}",
        );
    let found = compare(&base, &head);
    assert_eq!(found, ["+ shop/web -> 10.0.0.0/16 TCP 443", "+ shop/web -> 10.2.0.0-10.255.255.255 TCP 443"]);
}

#[test]
fn pods_that_nobody_has_seen_are_peers() {
    let base = PODS.to_owned() + &policy("deny", "{podSelector: {}, policyTypes: [Ingress]}");
    let head = base.clone()
        + &policy(
            "prom",
            "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}, podSelector: {matchLabels: {app: prometheus}}}], ports: [{port: 8080}]}]}",
        );
    let found = compare(&base, &head);
    assert_eq!(found, ["+ [kubernetes.io/metadata.name=monitoring]/[app=prometheus] -> shop/web TCP 8080"]);
}

#[test]
fn one_open_end_is_no_connection() {
    let base = PODS.to_owned() + &policy("deny", "{podSelector: {}, policyTypes: [Ingress, Egress]}");
    let head = base.clone()
        + &policy(
            "in",
            "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}",
        );
    assert_eq!(compare(&base, &head), ["half ingress shop/api -> shop/web every port"]);
}

#[test]
fn a_wildcard_stands_for_one_label() {
    let covers = |pattern: &str, name: &str| {
        let (pattern, name) =
            (crate::network::NamePattern::new(pattern), crate::network::NamePattern::new(name));
        pattern.covers(&name)
    };
    assert!(covers("*.example.com", "a.example.com") && covers("A.example.com.", "a.example.com"));
    assert!(!covers("*.example.com", "a.b.example.com") && covers("**.example.com", "a.b.example.com"));
    assert!(
        covers("*", "*.b") && !covers("*.b", "*") && covers("a*c.d", "abc.d") && !covers("a*c.d", "ab.d")
    );
}

#[test]
fn keys_are_shown_as_people_read_them() {
    let range = crate::network::AddressRange::parse("10.0.0.0/8").unwrap();
    assert_eq!(PeerKey::Addresses(range).to_string(), "10.0.0.0/8");
    assert!(!range.is_public() && crate::network::AddressRange::V4.is_public());
}

#[test]
fn what_new_pods_may_reach_outside_is_gained() {
    let head = PODS.to_owned()
        + "{apiVersion: v1, kind: Pod, metadata: {name: newt, namespace: newt, labels: {app: newt}}, spec: {containers: [{name: a}]}}\n---\n"
        + &cilium("out", "{endpointSelector: {matchLabels: {app: newt}}, egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '53'}], rules: {dns: [{}]}}]}, {toFQDNs: [{matchName: a.example.org}], toPorts: [{ports: [{port: '443', protocol: TCP}]}, {ports: [{port: '51820', protocol: UDP}]}]}]}").replace("namespace: shop", "namespace: newt");
    assert_eq!(compare(PODS, &head), ["+ newt/newt -> a.example.org TCP 443, UDP 51820"]);
    let unseen = head.replace("kind: Pod, metadata: {name: newt", "kind: Dog, metadata: {name: newt");
    assert_eq!(compare(PODS, &unseen), Vec::<String>::new(), "all pods of the namespace are known");
}
