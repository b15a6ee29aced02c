//! The bundled examples: each is one story, and what comes out of it.

use std::path::PathBuf;

use crate::run::{run, run_in, workspace};

fn stories() -> Vec<PathBuf> {
    let mut stories: Vec<PathBuf> =
        std::fs::read_dir(workspace().join("examples")).unwrap().map(|entry| entry.unwrap().path()).collect();
    stories.retain(|path| path.is_dir());
    stories.sort();
    stories
}

/// `expected.md` is the draft; `expected.txt` is what `check` says of `description.md`.
#[test]
fn every_example_comes_out_as_expected() {
    let mut failures = Vec::new();
    for story in stories() {
        let name = story.file_name().unwrap().to_str().unwrap();
        let draft = run(&["draft", "--example", name]);
        assert_eq!(draft.code, 0, "{name}: {}", draft.stderr);
        failures.extend(manifesto_case::check_text(&story.join("expected.md"), &draft.stdout));
        let check = run(&["check", "--example", name]);
        assert!(matches!(check.code, 0 | 1), "{name}: {}", check.stderr);
        failures.extend(manifesto_case::check_text(&story.join("expected.txt"), &check.stdout));
        let fresh = run_in(
            &workspace(),
            &["check", "--example", name, "--text", "-", "--min-severity", "note"],
            draft.stdout.as_bytes(),
        );
        assert_eq!(fresh.code, 0, "{name}: the draft does not pass its own check\n{}", fresh.stdout);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_example_says_what_it_is_about_and_is_listed() {
    let list = run(&["draft", "--example", "list"]).stdout;
    for story in stories() {
        let name = story.file_name().unwrap().to_str().unwrap();
        let line = list.lines().find(|line| line.split_whitespace().next() == Some(name));
        assert!(line.is_some_and(|line| line.split_whitespace().count() > 4), "{name}: {list}");
        for part in ["README.md", "base", "head", "description.md"] {
            assert!(story.join(part).exists(), "{name} has no {part}");
        }
    }
    assert!(stories().len() >= 5);
}
