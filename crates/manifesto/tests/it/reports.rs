//! The JSON report fits its published schema, and the schema is the one that the types have.

use crate::run::{repository, run, run_in, workspace};

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = workspace().join("docs/reference/json-v1.schema.json");
    let failure = manifesto_case::check_text(&path, &manifesto_report::json::schema());
    assert!(failure.is_none(), "{}", failure.unwrap());
}

#[test]
fn the_listing_of_components_fits_its_published_schema() {
    let text = manifesto_report::json::listing_schema();
    let path = workspace().join("docs/reference/components-v1.schema.json");
    let failure = manifesto_case::check_text(&path, &text);
    assert!(failure.is_none(), "{}", failure.unwrap());
    let validator = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let files: &[(&str, &str)] = &[
        (
            "argocd/web.yaml",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n  \
                             project: default\n  destination: {name: in-cluster, namespace: web}\n  source: {path: web}\n",
        ),
        ("web/web.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"),
        (
            "chart/Chart.yaml",
            "name: chart\nversion: 1.0.0\ndependencies: [{name: x, repository: https://example.org}]\n",
        ),
    ];
    let Some(fleet) = repository(&[files]) else { return };
    let run = run_in(fleet.path(), &["components", "--format", "json"], b"");
    let listing: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:?}"));
    let errors: Vec<String> = validator.iter_errors(&listing).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let web = listing["components"]
        .as_array()
        .unwrap()
        .iter()
        .find(|component| component["name"] == "web")
        .unwrap();
    assert_eq!(web["deployment"]["definition"], "Application/web");
    assert_eq!((&web["complete"], &web["reads"][0]), (&true.into(), &"web/web.yaml".into()));
}

#[test]
fn every_report_fits_the_schema() {
    let schema = serde_json::from_str(&manifesto_report::json::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for verb in ["diff", "draft", "check"] {
        for story in ["new-app", "policy-widened"] {
            let run = run(&[verb, "--example", story, "--format", "json"]);
            let report: serde_json::Value =
                serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{verb}: {e}"));
            let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{verb} {story}: {errors:?}");
            assert_eq!(report["version"], 1);
            assert_eq!(report.get("text").is_some(), verb == "check");
        }
    }
}

#[test]
fn markdown_reports_are_complete_sentences() {
    let diff = run(&["diff", "--example", "new-app", "--format", "markdown"]).stdout;
    assert!(diff.starts_with("**") && diff.contains("added"), "{diff}");
    let check = run(&["check", "--example", "new-app", "--format", "markdown"]).stdout;
    assert!(check.starts_with("**"), "{check}");
}
