//! What machines read fits the formats that they expect, for every example and at the edge of their limits.
//!
//! The schemas are our own transcriptions of the published ones, and closed: what they do not name is not written.

use serde_json::Value;

use crate::run::{Run, repository, run, run_in, workspace};

const EXAMPLES: [&str; 3] = ["new-app", "policy-widened", "secret-not-disclosed"];

#[track_caller]
fn fits(schema: &str, text: &str) -> Value {
    let path = workspace().join("crates/manifesto/tests/schemas").join(schema);
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    value
}

fn check(example: &str, format: &str) -> String {
    run(&["check", "--example", example, "--format", format]).stdout
}

#[test]
fn sarif_fits_its_schema() {
    for example in EXAMPLES {
        let log = fits("sarif.schema.json", &check(example, "sarif"));
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
    }
}

#[test]
fn code_quality_fits_its_schema() {
    for example in EXAMPLES {
        fits("code-quality.schema.json", &check(example, "code-quality"));
    }
}

#[test]
fn a_record_fits_the_schema_of_statements() {
    for example in EXAMPLES {
        let record = run(&["record", "--example", example]);
        assert_eq!(record.code, 0, "{}", record.stderr);
        fits("statement.schema.json", &record.stdout);
    }
}

/// As the Ant task and its readers have it: counts that are right, names that are there, one child of each kind.
#[test]
fn junit_counts_what_it_has() {
    for example in EXAMPLES {
        let text = check(example, "junit");
        let count = |what: &str| text.matches(what).count();
        let says = |name: &str, number: usize| text.contains(&format!("{name}=\"{number}\""));
        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "), "{text}");
        assert_eq!((count("<testsuite "), count("</testsuite>")), (1, 1));
        assert!(says("tests", count("<testcase ")) && says("failures", count("<failure ")), "{text}");
        assert_eq!(count("<testcase "), count("classname=\"manifesto\" name=\""));
    }
}

const OBJECT: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: web\nspec: {}\n";

/// A check of a text that names so many files that there are not.
fn wrong_paths(count: usize, format: &str) -> Option<Run> {
    let template = (".github/pull_request_template.md", "## Overview\n");
    let repository = repository(&[&[template], &[("apps/web.yaml", OBJECT)]])?;
    let paths: Vec<String> = (0..count).map(|n| format!("* `apps/none-{n}.yaml`")).collect();
    let text = format!("## Overview\n\nSee these.\n\n{}\n", paths.join("\n"));
    Some(run_in(repository.path(), &["check", "--text", "-", "--format", format], text.as_bytes()))
}

#[test]
fn annotations_stop_at_fifty_and_say_so() {
    for (wrong, shown) in [(50, 50), (51, 50)] {
        let Some(run) = wrong_paths(wrong, "github") else { return };
        assert_eq!(run.stdout.lines().filter(|line| line.starts_with("::")).count(), shown);
        assert_eq!(run.stdout.contains("2 more findings"), wrong == 51, "{}", run.stdout);
    }
}

#[test]
fn a_comment_fits_the_forge() {
    let Some(run) = wrong_paths(3000, "markdown") else { return };
    let count = run.stdout.chars().count();
    assert!((60_000..=65_536).contains(&count), "{count} characters");
    assert!(run.stdout.contains("more are left out"), "{}", run.stdout);
}

#[test]
fn the_longest_text_that_the_forge_takes_is_not_too_long() {
    for (length, is_too_long) in [(65_536, false), (65_537, true)] {
        let template = (".github/pull_request_template.md", "## Overview\n");
        let Some(repository) = repository(&[&[template], &[("apps/web.yaml", OBJECT)]]) else { return };
        let start = "## Overview\n\n";
        // Characters are counted, not bytes.
        let text = format!("{start}{}", "é".repeat(length - start.chars().count()));
        let run = run_in(repository.path(), &["check", "--text", "-"], text.as_bytes());
        assert_eq!(run.stdout.contains("error[doc/too-long]"), is_too_long, "{length}: {}", run.stdout);
    }
}
