//! Which composite is made by which composition, and what Crossplane adds.

use super::support::{objects, printed};
use crate::crossplane::{CompositeDefinition, compose, composites};

const DEFINITION: &str = "\
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata: {name: xbuckets.example.org}
spec:
  group: example.org
  names: {kind: XBucket, plural: xbuckets}
  claimNames: {kind: Bucket, plural: buckets}
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              region: {type: string, default: eu}
              options: {type: object, default: {}, properties: {versioned: {type: boolean, default: true}}}
              rules: {type: array, items: {type: object, properties: {days: {type: integer, default: 30}}}}
              unset: {type: object, properties: {a: {default: b}}}
";

fn composition(name: &str, labels: &str) -> String {
    format!(
        "---\napiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {{name: {name}, labels: {{{labels}}}}}\nspec:\n  \
         compositeTypeRef: {{apiVersion: example.org/v1, kind: XBucket}}\n  resources:\n  - name: bucket\n    base: {{apiVersion: s3.example.org/v1, kind: Bucket}}\n    \
         patches: [{{fromFieldPath: spec}}]\n"
    )
}

fn claim(spec: &str) -> String {
    format!(
        "---\napiVersion: example.org/v1\nkind: Bucket\nmetadata: {{name: data, namespace: apps}}\nspec: {spec}\n"
    )
}

/// The composition of the claim, or why it is not known.
fn chosen(text: &str) -> String {
    let found = composites(&objects("all.yaml", text));
    assert_eq!(found.len(), 1, "{text}");
    match &found[0].composition {
        Some(composition) => composition.id.name.clone(),
        None => found[0].why.clone().unwrap(),
    }
}

#[test]
fn compositions_are_chosen_as_crossplane_chooses() {
    let (one, two) = (composition("one", "tier: a"), composition("two", "tier: b"));
    let both = format!("{DEFINITION}{one}{two}");
    let with = |field: &str| {
        both.replacen("  group: example.org\n", &format!("  group: example.org\n  {field}\n"), 1)
    };
    assert_eq!(chosen(&format!("{DEFINITION}{one}{}", claim("{}"))), "one");
    assert_eq!(
        chosen(&format!("{both}{}", claim("{}"))),
        "Crossplane chooses one of 2 compositions by chance"
    );
    assert_eq!(chosen(&format!("{both}{}", claim("{compositionRef: {name: two}}"))), "two");
    assert_eq!(chosen(&format!("{both}{}", claim("{crossplane: {compositionRef: {name: two}}}"))), "two");
    assert_eq!(chosen(&format!("{both}{}", claim("{compositionSelector: {matchLabels: {tier: b}}}"))), "two");
    let none = claim("{compositionSelector: {matchLabels: {tier: c}}}");
    assert_eq!(
        chosen(&format!("{both}{none}")),
        "no composition for Bucket/data in apps is in the repository"
    );
    let missing = claim("{compositionRef: {name: three}}");
    assert_eq!(chosen(&format!("{both}{missing}")), "the composition `three` is not in the repository");
    assert_eq!(chosen(&format!("{}{}", with("defaultCompositionRef: {name: two}"), claim("{}"))), "two");
    let enforced = with("enforcedCompositionRef: {name: two}");
    assert_eq!(chosen(&format!("{enforced}{}", claim("{compositionRef: {name: one}}"))), "two");
}

#[test]
fn only_what_something_speaks_of_is_a_composite() {
    assert!(composites(&objects("all.yaml", &claim("{}"))).is_empty());
    let composite = "---\napiVersion: example.org/v1\nkind: XBucket\nmetadata: {name: data}\n";
    assert_eq!(composites(&objects("all.yaml", &format!("{}{composite}", composition("one", "")))).len(), 1);
}

#[test]
fn a_claim_is_made_into_what_its_composite_is_made_into() {
    let text = format!("{DEFINITION}{}{}", composition("one", ""), claim("{rules: [{}, {days: 1}]}"));
    let found = composites(&objects("all.yaml", &text)).remove(0);
    let composition = found.composition.unwrap();
    let made = compose(&found.composite, &composition, found.definition.as_deref(), &[]);
    let root = &made.objects[0].object.root;
    let labels: Vec<(&str, &str)> = made.objects[0].object.labels().collect();
    assert_eq!(
        labels,
        [
            ("crossplane.io/composite", "data-manifesto-unknown-crossplane-data-composite"),
            ("crossplane.io/claim-name", "data"),
            ("crossplane.io/claim-namespace", "apps")
        ]
    );
    assert_eq!(
        made.objects[0].object.id.name,
        "data-manifesto-unknown-crossplane-data-composite-manifesto-unknown-crossplane-bucket-name"
    );
    let spec = root.get("spec").unwrap();
    assert_eq!(spec.get("region").and_then(|node| node.as_str()), Some("eu"));
    assert_eq!(spec.path(&["options", "versioned"]).and_then(manifesto_yaml::Node::as_bool), Some(true));
    let days: Vec<i64> =
        spec.get("rules").unwrap().items().iter().filter_map(|rule| rule.get("days")?.as_i64()).collect();
    assert_eq!(days, [30, 1]);
    assert!(spec.get("unset").is_none());
    assert_eq!(spec.path(&["claimRef", "kind"]).and_then(|node| node.as_str()), Some("Bucket"));
    assert!(printed(&made).contains("# bucket\n"));
}

#[test]
fn composites_of_version_2_compose_into_their_namespace() {
    let text = "\
apiVersion: apiextensions.crossplane.io/v2
kind: CompositeResourceDefinition
metadata: {name: buckets.example.org}
spec: {group: example.org, names: {kind: XBucket}}
";
    let definition = objects("xrd.yaml", text).remove(0);
    assert!(CompositeDefinition::read(&definition).unwrap().is_namespaced);
    let composite = "apiVersion: example.org/v1\nkind: XBucket\nmetadata: {name: data, namespace: apps}\nspec: {region: eu}\n";
    let composite = objects("xr.yaml", composite).remove(0);
    let made = compose(&composite, &objects("c.yaml", &composition("one", ""))[0], Some(&definition), &[]);
    let id = made.objects[0].object.id.to_string();
    assert_eq!(id, "Bucket/data-manifesto-unknown-crossplane-bucket-name in apps");
}
