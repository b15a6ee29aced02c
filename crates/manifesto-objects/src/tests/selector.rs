use super::node;
use crate::LabelSelector;

#[track_caller]
fn matches(selector: &str, labels: &[(&str, &str)]) -> bool {
    let selector = LabelSelector::parse(&node(selector)).unwrap();
    selector.matches(|key| labels.iter().find(|(label, _)| *label == key).map(|(_, value)| *value))
}

#[test]
fn selectors_match_as_kubernetes_does() {
    assert!(matches("{}", &[]), "the empty selector matches all");
    assert!(matches("matchLabels: {app: web}", &[("app", "web"), ("tier", "front")]));
    assert!(!matches("matchLabels: {app: web, tier: back}", &[("app", "web"), ("tier", "front")]));
    let not_in = "matchExpressions: [{key: app, operator: NotIn, values: [db]}]";
    assert!(matches(not_in, &[("app", "web")]) && matches(not_in, &[]), "an absent key is not in");
    assert!(!matches(not_in, &[("app", "db")]));
    let absent = "matchExpressions: [{key: app, operator: DoesNotExist}]";
    assert!(matches(absent, &[]) && !matches(absent, &[("app", "")]));
    assert!(matches("matchExpressions: [{key: app, operator: Exists}]", &[("app", "")]));
    assert!(LabelSelector::parse(&node("matchExpressions: [{key: app, operator: Gt}]")).is_err());
}
