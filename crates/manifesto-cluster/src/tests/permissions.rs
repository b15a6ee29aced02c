//! What bindings give, and what of it is new.

use std::fmt::Write as _;

use super::cluster;
use crate::permissions::{BindingFault, Grants, Powers, Reach, Target, compare};

/// `verbs target @reach` for each target, as one line.
fn text(sign: &str, grants: &Grants) -> String {
    grants.iter().fold(String::new(), |mut text, (reach, target, verbs)| {
        let verbs: Vec<&str> = verbs.keys().map(String::as_str).collect();
        let target = match target {
            Target::Url(url) => url.clone(),
            Target::Resource { group, resource, name } => {
                let group = if group.is_empty() { String::new() } else { format!(".{group}") };
                let name = name.as_ref().map(|name| format!("={name}")).unwrap_or_default();
                format!("{resource}{group}{name}")
            }
        };
        let _ = writeln!(text, "  {sign}{} {target}{}", verbs.join(","), at(reach));
        text
    })
}

fn at(reach: &Reach) -> String {
    match reach {
        Reach::Everywhere => String::new(),
        Reach::Namespace(namespace) => format!(" @{namespace}"),
    }
}

fn powers(powers: &Powers) -> String {
    powers.iter().fold(String::new(), |mut text, held| {
        let names: Vec<&str> = held.names.iter().flatten().map(String::as_str).collect();
        let names = if names.is_empty() { String::new() } else { format!(" ={}", names.join(",")) };
        let _ = writeln!(text, "  !{}{}{names}", held.power.id, at(&held.reach));
        text
    })
}

/// Objects in short: `role NAME VERBS RESOURCES`, `bind ROLE SUBJECT`, with `NS/` before the name of a
/// Role and `@NS` after that of a RoleBinding's.
/// A verb or resource list is separated by commas; a resource may be `plural.group` and the rule may end in `=names`.
fn objects(short: &str) -> String {
    let kind = |name: &str, kind: &str| {
        if name.contains('/') { kind.to_owned() } else { format!("Cluster{kind}") }
    };
    let metadata = |name: &str| match name.split_once('/') {
        Some((namespace, name)) => format!("{{name: {name:?}, namespace: {namespace:?}}}"),
        None => format!("{{name: {name:?}}}"),
    };
    let mut yaml = String::new();
    for (index, line) in short.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let object = match *words.as_slice() {
            ["role", name, ref rules @ ..] => format!(
                "kind: {}\nmetadata: {}\nrules: [{}]\n",
                kind(name, "Role"),
                metadata(name),
                rules.chunks(2).map(rule).collect::<Vec<_>>().join(", ")
            ),
            ["part", name, label, verbs, resources] => format!(
                "kind: ClusterRole\nmetadata: {{name: {name}, labels: {{{label}: 'true'}}}}\nrules: [{}]\n",
                rule(&[verbs, resources])
            ),
            ["gather", name, label] => format!(
                "kind: ClusterRole\nmetadata: {{name: {name}, labels: {{from: {label}}}}}\naggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{{label}: 'true'}}}}]}}\nrules: [{{verbs: ['*'], apiGroups: ['*'], resources: ['*']}}]\n"
            ),
            ["bind", role, subject] => {
                let (namespace, role_name) =
                    role.split_once('@').map_or(("", role), |(role, namespace)| (namespace, role));
                let is_role = role_name.starts_with("role=");
                let name = match namespace {
                    "" => format!("b{index}"),
                    namespace => format!("{namespace}/b{index}"),
                };
                format!(
                    "kind: {}\nmetadata: {}\nroleRef: {{kind: {}, name: {}}}\nsubjects: [{}]\n",
                    kind(&name, "RoleBinding"),
                    metadata(&name),
                    if is_role { "Role" } else { "ClusterRole" },
                    role_name.trim_start_matches("role="),
                    subject_yaml(subject)
                )
            }
            _ => panic!("{line}"),
        };
        let _ = write!(yaml, "---\napiVersion: rbac.authorization.k8s.io/v1\n{object}");
    }
    yaml
}

fn rule(words: &[&str]) -> String {
    let [verbs, what] = words else { panic!("{words:?}") };
    let list = |text: &str| text.split(',').map(|item| format!("{item:?}")).collect::<Vec<_>>().join(", ");
    if what.starts_with("url:") {
        return format!(
            "{{verbs: [{}], nonResourceURLs: [{}]}}",
            list(verbs),
            list(&what.replace("url:", ""))
        );
    }
    let (what, names) = what.split_once('=').map_or((*what, None), |(what, names)| (what, Some(names)));
    let names = names.map(|names| format!(", resourceNames: [{}]", list(names))).unwrap_or_default();
    let (resources, group) = what.split_once('.').unwrap_or((what, ""));
    format!("{{verbs: [{}], apiGroups: [{group:?}], resources: [{}]{names}}}", list(verbs), list(resources))
}

fn subject_yaml(subject: &str) -> String {
    match subject.split_once('/') {
        Some(("group", name)) => format!("{{kind: Group, name: {name:?}}}"),
        Some(("user", name)) => format!("{{kind: User, name: {name:?}}}"),
        Some((namespace, name)) => format!("{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}"),
        None => format!("{{kind: ServiceAccount, name: {subject}}}"),
    }
}

#[track_caller]
fn check(base: &str, head: &str, expected: &str) {
    let (base, head) = (cluster(&objects(base)), cluster(&objects(head)));
    let comparison = compare(base.permissions(), head.permissions());
    let found = comparison.deltas.iter().fold(String::new(), |mut found, delta| {
        let _ = writeln!(found, "{} {}", delta.subject.kind(), delta.subject);
        found + &text("+", &delta.gained) + &text("-", &delta.lost) + &powers(&delta.powers)
    });
    let trim =
        |text: &str| text.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(trim(&found), trim(expected));
}

#[test]
fn a_new_binding_gives_what_its_role_says_inside_of_its_reach() {
    check(
        "role reader get,list secrets,nodes get url:/metrics",
        "role reader get,list secrets,nodes get url:/metrics
         bind reader@a web/app
         bind reader ops/app",
        "ServiceAccount ops/app
           +get,list nodes
           +get,list secrets
           +get /metrics
           !read-secrets
         ServiceAccount web/app
           +get,list secrets @a
           !read-secrets @a",
    );
}

#[test]
fn what_another_role_still_gives_is_not_lost() {
    check(
        "role one get pods get secrets
         role two get,list pods
         bind one web/app
         bind two web/app",
        "role one get secrets
         role two get,list pods
         bind one web/app
         bind two web/app",
        "",
    );
}

#[test]
fn roles_may_be_split_renamed_and_bound_otherwise_without_a_difference() {
    check(
        "role one get,list pods,services
         bind one web/app",
        "role pods get,list pods
         role services list services get services
         bind pods web/app
         bind services web/app",
        "",
    );
}

#[test]
fn wildcards_absorb_what_they_hold() {
    check(
        "role one get pods
         bind one web/app",
        "role one get pods *,list *.apps get deployments.apps get,delete pods,pods/log * *
         bind one web/app",
        "ServiceAccount web/app
           +* *
           +* *.apps
           !read-secrets
           !start-pods
           !run-commands
           !make-tokens
           !impersonate
           !use-kubelets
           !change-nodes
           !make-volumes
           !label-namespaces",
    );
}

#[test]
fn subresources_are_apart_and_a_star_before_the_slash_is_a_pattern() {
    check(
        "role one * pods
         bind one web/app",
        "role one * pods get pods/* create */exec
         bind one web/app",
        "ServiceAccount web/app
           +create */exec
           !run-commands",
    );
}

#[test]
fn names_limit_what_is_asked_for_with_a_name() {
    check(
        "",
        "role one get,create,deletecollection,list secrets=a,b create pods/exec=c
         bind one web/app",
        "ServiceAccount web/app
           +create pods/exec=c
           +get,list secrets=a
           +get,list secrets=b
           !read-secrets =a,b
           !run-commands =c",
    );
    check(
        "role one get secrets
           bind one web/app",
        "role one get secrets get secrets=a
           bind one web/app",
        "",
    );
}

#[test]
fn binding_moves_from_one_namespace_to_another() {
    check(
        "role r create pods/exec
         bind r@a web/app",
        "role r create pods/exec
         bind r@b web/app",
        "ServiceAccount web/app
           +create pods/exec @b
           -create pods/exec @a
           !run-commands @b",
    );
}

#[test]
fn groups_give_to_their_members() {
    check(
        "role r get pods
         bind r group/system:serviceaccounts",
        "role r get pods
         bind r group/system:serviceaccounts
         bind r web/app
         bind r user/system:serviceaccount:web:other
         bind r user/eve",
        "user eve
           +get pods",
    );
    check(
        "role r get pods
         bind r web/app",
        "role r get pods
         bind r group/system:serviceaccounts:web",
        "group system:serviceaccounts:web
           +get pods",
    );
}

#[test]
fn a_label_on_a_new_role_widens_the_roles_of_the_cluster() {
    check(
        "bind edit web/app",
        "part x rbac.authorization.k8s.io/aggregate-to-edit get widgets.example.org
         bind edit web/app",
        "ServiceAccount web/app
           +get widgets.example.org
         holders of ClusterRole admin
           +get widgets.example.org
         holders of ClusterRole edit
           +get widgets.example.org",
    );
    check(
        "",
        "part x rbac.authorization.k8s.io/aggregate-to-view get secrets",
        "holders of ClusterRole view
           +get secrets
           !read-secrets",
    );
}

#[test]
fn gathered_roles_say_what_their_parts_say() {
    check(
        "part one to-all get pods
         gather all to-all
         bind all web/app",
        "part one to-all get pods
         part two to-all get services
         gather all to-all
         bind all web/app",
        "ServiceAccount web/app
           +get services",
    );
}

#[test]
fn roles_of_the_cluster_are_known() {
    check(
        "",
        "bind cluster-admin web/app
         bind cluster-admin@a web/one
         bind system:auth-delegator web/two",
        "ServiceAccount web/app
           +* *.*
           +* *
           !everything
         ServiceAccount web/one
           +* *.* @a
           !everything @a
         ServiceAccount web/two
           +create tokenreviews.authentication.k8s.io
           +create subjectaccessreviews.authorization.k8s.io",
    );
}

#[test]
fn ways_through_other_controllers_are_powers() {
    check(
        "role r get applications.argoproj.io
         bind r web/app",
        "role r get,patch applications.argoproj.io create externalsecrets.external-secrets.io bind clusterroles.rbac.authorization.k8s.io
         bind r web/app",
        "ServiceAccount web/app
           +patch applications.argoproj.io
           +create externalsecrets.external-secrets.io
           +bind clusterroles.rbac.authorization.k8s.io
           !give-roles
           !deploy-by-argo-cd
           !read-by-external-secrets",
    );
}

#[test]
fn a_power_that_is_held_otherwise_is_not_new() {
    check(
        "role all * *.*
         bind all web/app",
        "role all * *.*
         role more get secrets create pods
         bind all web/app
         bind more web/app",
        "",
    );
}

#[test]
fn bindings_with_something_wrong_are_told() {
    let cluster = cluster(&objects(
        "bind gone web/default
         bind role=gone@a web/default
         bind system:something web/default
         role r get pods
         bind r web/nobody
         bind r nowhere",
    ));
    let faults: Vec<String> = cluster
        .permissions()
        .faults()
        .iter()
        .map(|faulty| match &faulty.fault {
            BindingFault::NoRole(role) => format!("no {} {}{}", role.kind, role.namespace, role.name),
            BindingFault::UnknownRules(role) => format!("unknown {}", role.name),
            BindingFault::TooManyRules(role) => format!("too many {}", role.name),
            BindingFault::NoServiceAccount(subject) => format!("nobody makes {subject}"),
            BindingFault::NoNamespace(name) => format!("no namespace for {name}"),
        })
        .collect();
    let expected = [
        "no ClusterRole gone",
        "unknown system:something",
        "nobody makes web/nobody",
        "no namespace for nowhere",
        "no Role agone",
    ];
    assert_eq!(faults, expected);
}

#[test]
fn roles_that_multiply_out_are_refused() {
    let many: Vec<String> = (0..200).map(|i| format!("r{i}")).collect();
    let yaml = objects(&format!("role big {} {}\nbind big web/default", many.join(","), many.join(",")));
    let cluster = cluster(&yaml);
    assert!(matches!(cluster.permissions().faults()[0].fault, BindingFault::TooManyRules(_)));
}
