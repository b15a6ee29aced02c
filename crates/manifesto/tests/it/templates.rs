//! Templates that nobody has seen: every byte is kept, and what can be bound is bound.

use std::path::Path;

use crate::run::run;

/// What a draft of an example adds to a template: removing it gives the template back.
fn without_regions(text: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.starts_with("<!-- mf ") {
            inside = true;
        } else if trimmed == "<!-- /mf -->" {
            inside = false;
        } else if !inside {
            kept.push_str(line);
        }
    }
    kept
}

fn draft(template: &Path) -> String {
    let draft = run(&["draft", "--example", "new-app", "--template", template.to_str().unwrap()]);
    assert_eq!(draft.code, 0, "{}", draft.stderr);
    draft.stdout
}

#[track_caller]
fn check(name: &str, bound: &[&str]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates").join(name);
    let (template, text) = (std::fs::read_to_string(&path).unwrap(), draft(&path));
    for line in bound {
        assert!(text.contains(line), "{name}: {line:?} is not there\n{text}");
    }
    let lines = |text: &str| -> Vec<String> {
        text.replace("[x]", "[ ]").lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
    };
    let (mut kept, mut ours) = (lines(&template).into_iter(), lines(&without_regions(&text)).into_iter());
    assert!(
        kept.by_ref().all(|line| ours.any(|own| own == line)),
        "{name}: a line of the template is lost\n{text}"
    );
}

#[test]
fn dashes_and_a_checklist() {
    check("dashes.md", &["- [x] Storage", "- [ ] Monitoring", "- [ ] I tested this"]);
}

#[test]
fn setext_headings() {
    check(
        "setext.md",
        &["Components\n==========", "Files changed\n-------------", "`apps/notes/notes.yaml`"],
    );
}

#[test]
fn no_headings_at_all() {
    check("plain.md", &["What does this do?", "Drafted by Manifesto"]);
}

#[test]
fn german() {
    check("german.md", &["## Betroffene Komponenten", "`notes`", "- [x] Speicher", "- [ ] Überwachung"]);
}
