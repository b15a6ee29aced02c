//! Arguments, exit codes, and input that is not what it should be.

use std::fmt::Write as _;

use crate::run::{git, repository, run, run_in};

const TEMPLATE: &str = "## What changes\n\n**Infrastructure Impact:**\n\n- [ ] New Kubernetes resources/manifests\n- [ ] Storage\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";

#[test]
fn the_whole_way_on_a_small_repository() {
    let base: &[(&str, &str)] = &[(".github/pull_request_template.md", TEMPLATE), ("apps/web/note.txt", "x")];
    let Some(repository) = repository(&[base, &[("apps/web/web.yaml", SERVICE)]]) else { return };
    let draft = run_in(repository.path(), &["draft"], b"");
    assert_eq!(draft.code, 0, "{}", draft.stderr);
    assert!(draft.stdout.contains("- [x] New Kubernetes resources/manifests"), "{}", draft.stdout);
    assert!(draft.stdout.contains("- [ ] Storage"), "{}", draft.stdout);
    let check = run_in(repository.path(), &["check", "--text", "-"], draft.stdout.as_bytes());
    assert_eq!((check.code, check.stderr.as_str()), (0, ""), "{}", check.stdout);
    let lie = TEMPLATE.replace("[ ] Storage", "[x] Storage");
    let check = run_in(repository.path(), &["check", "--text", "-"], lie.as_bytes());
    assert_eq!(check.code, 1, "{}", check.stdout);
    assert!(check.stdout.contains("error[box/false]"), "{}", check.stdout);
    assert!(check.stdout.contains("standard input:6:"), "{}", check.stdout);
    // The open box: the text's line and, beside it, the manifest's line.
    assert!(
        check.stdout.contains("box/undisclosed") && check.stdout.contains("apps/web/web.yaml:1"),
        "{}",
        check.stdout
    );
}

#[test]
fn drafts_are_written_whole_and_only_when_they_differ() {
    let base: &[(&str, &str)] = &[(".github/pull_request_template.md", TEMPLATE)];
    let Some(repository) = repository(&[base, &[("apps/web/web.yaml", SERVICE)]]) else { return };
    let body = repository.path().join("body.md");
    assert_eq!(run_in(repository.path(), &["draft", "--write", "body.md"], b"").code, 0);
    let first = std::fs::read_to_string(&body).unwrap();
    std::fs::write(&body, first.replace("## What changes", "## What changes\n\nI wrote this.")).unwrap();
    assert_eq!(run_in(repository.path(), &["draft", "--write", "body.md"], b"").code, 0);
    let second = std::fs::read_to_string(&body).unwrap();
    assert_eq!(
        second,
        first.replace("## What changes", "## What changes\n\nI wrote this."),
        "the author's words are kept"
    );
    let again = run_in(repository.path(), &["draft", "--write", "body.md"], b"");
    assert!(again.stderr.contains("up to date"), "{}", again.stderr);
}

#[test]
fn the_work_tree_counts_when_asked_for() {
    let base: &[(&str, &str)] = &[(".github/pull_request_template.md", TEMPLATE)];
    let Some(repository) = repository(&[base, &[("readme.md", "x")]]) else { return };
    std::fs::create_dir(repository.path().join("apps")).unwrap();
    std::fs::write(repository.path().join("apps/web.yaml"), SERVICE).unwrap();
    let diff = run_in(repository.path(), &["diff", "--worktree"], b"");
    assert!(diff.stdout.contains("+ Service/web"), "{}{}", diff.stdout, diff.stderr);
    assert!(!run_in(repository.path(), &["diff"], b"").stdout.contains("Service/web"));
}

#[test]
fn a_repository_without_a_template_gets_the_one_that_comes_along() {
    let Some(repository) = repository(&[&[("a.yaml", SERVICE)], &[("a.yaml", SERVICE), ("docs/x.md", "x")]])
    else {
        return;
    };
    let run = |arguments: &[&str], text: &str| run_in(repository.path(), arguments, text.as_bytes());
    let own = run(&["template", "print"], "");
    assert_eq!(own.code, 0);
    assert!(own.stderr.contains("no pull-request template"), "{own:?}");
    let lint = run(&["template", "lint"], "");
    assert_eq!((lint.code, lint.stdout.as_str()), (0, ""), "{lint:?}");
    // Only what the change is for is left to the author.
    let explained = run(&["template", "explain"], "").stdout;
    let slots = explained.split("Boxes:").next().unwrap();
    let of_authors = slots.lines().filter(|line| line.ends_with("the author")).count();
    assert_eq!(of_authors, 1, "{explained}");

    let draft = run(&["draft"], "");
    assert_eq!(draft.code, 0);
    assert!(draft.stdout.starts_with("## Summary\n") && draft.stdout.contains("<!-- mf "), "{draft:?}");
    assert_eq!(run(&["draft", "--text", "-"], &draft.stdout).stdout, draft.stdout);
    let check = run(&["check", "--text", "-"], &draft.stdout);
    assert_eq!(check.code, 0, "{check:?}");
    let finished = run(&["finalize", "--text", "-"], &draft.stdout).stdout;
    assert!(!finished.contains("<!-- mf ") && finished.contains("## Components"), "{finished}");
    assert_eq!(run(&["draft", "--template", "manifesto"], "").stdout, draft.stdout);
}

#[test]
fn what_is_wrong_with_a_template_is_said_with_its_line() {
    let template = "## Components\n\n## Infrastrcture impact\n";
    let base: &[(&str, &str)] = &[(".github/pull_request_template.md", template), ("a.yaml", SERVICE)];
    let Some(repository) = repository(&[base, &[("a.yaml", SERVICE)]]) else { return };
    let lint = run_in(repository.path(), &["template", "lint"], b"");
    let expected = ".github/pull_request_template.md:3: nothing answers “Infrastrcture impact”: did you mean \
                    “infrastructure impact”?\n  help: `manifesto template explain` says what each slot asks\n";
    assert_eq!((lint.code, lint.stdout.as_str()), (1, expected), "{lint:?}");
}

#[test]
fn what_is_missing_is_named_with_the_right_exit_code() {
    let nowhere = tempfile::tempdir().unwrap();
    let run = run_in(nowhere.path(), &["diff"], b"");
    assert_eq!(run.code, 3);
    assert!(run.stderr.starts_with("error: ") && run.stderr.contains("help: "), "{}", run.stderr);

    let Some(repository) = repository(&[&[("a.yaml", SERVICE)], &[("b.yaml", SERVICE)]]) else { return };
    let unknown = run_in(repository.path(), &["diff", "mian..HEAD"], b"");
    assert_eq!(unknown.code, 3);
    assert!(unknown.stderr.contains("mian") && unknown.stderr.contains("main"), "{}", unknown.stderr);
    let template = run_in(repository.path(), &["draft", "--template", "nowhere"], b"");
    assert_eq!(template.code, 3);
    assert!(template.stderr.contains("there is no template \"nowhere\""), "{}", template.stderr);
    // Claims need no template.
    let claims = b"See `base/a.yaml` and `b.yaml/c.yaml`. No resources are removed.";
    let claims = run_in(repository.path(), &["check", "--text", "-", "--format", "sarif"], claims);
    assert!(claims.stderr.contains("no pull-request template"), "{}", claims.stderr);
    assert!(!claims.stdout.contains("\"uri\": \"\""), "{}", claims.stdout);
    let text = run_in(repository.path(), &["check", "--text", "nothing.md"], b"");
    assert_eq!(text.code, 3);
    assert!(text.stderr.contains("nothing.md"), "{}", text.stderr);
    assert_eq!(run_in(repository.path(), &["check"], b"").code, 3, "no text");
    for usage in [
        &["diff", "--nonsense"][..],
        &["diff", "a..b..c"],
        &["diff", "--example", "nonsense"],
        &["explain", "nonsense"],
        &[],
    ] {
        let run = run_in(repository.path(), usage, b"");
        assert_eq!(run.code, 2, "{usage:?}: {}", run.stderr);
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn broken_yaml_is_a_gap_with_its_line_and_nothing_is_deleted() {
    let broken = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {a: b\n";
    let Some(repository) = repository(&[&[("apps/web/web.yaml", SERVICE)], &[("apps/web/web.yaml", broken)]])
    else {
        return;
    };
    let diff = run_in(repository.path(), &["diff"], b"");
    assert_eq!(diff.code, 0, "{}", diff.stderr);
    assert!(
        diff.stdout.contains("apps/web/web.yaml:") && diff.stdout.contains("YAML is broken"),
        "{}",
        diff.stdout
    );
    assert!(!diff.stdout.contains("- Service/web"), "{}", diff.stdout);
    assert_eq!(run_in(repository.path(), &["diff", "--require-complete"], b"").code, 4);
}

/// Inputs that make other tools hang or crash: each ends soon, and says what it is.
#[test]
fn hostile_input_ends_soon() {
    let mut bomb = String::from(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 [x, x, x, x, x, x, x, x, x]\n",
    );
    for level in 1..12 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 9].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{aliases}]");
    }
    let deep =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: deep}}\ndata: {}", "[".repeat(100_000));
    let binary: String = "apiVersion: v1\nkind: ConfigMap\n\0\u{1}\u{2}\u{7f}binary".repeat(1000);
    let cycle = "resources: [../cycle]\n";
    let files: &[(&str, &str)] = &[
        ("apps/bomb/bomb.yaml", &bomb),
        ("apps/deep/deep.yaml", &deep),
        ("apps/binary/binary.yaml", &binary),
        ("apps/cycle/kustomization.yaml", cycle),
        ("apps/out/kustomization.yaml", "resources: [../../../../../../etc]\n"),
        ("apps/remote/kustomization.yaml", "resources: ['http://127.0.0.1:9/x.yaml']\n"),
        (".github/pull_request_template.md", TEMPLATE),
    ];
    let Some(repository) = repository(&[&[("readme.md", "x")], files]) else { return };
    let diff = run_in(repository.path(), &["diff"], b"");
    assert_eq!(diff.code, 0, "{}", diff.stderr);
    for component in ["bomb.yaml", "deep.yaml", "binary.yaml", "cycle", "out", "remote"] {
        assert!(
            diff.stdout.lines().any(|line| line.contains("not known") && line.contains(component)),
            "{component}: {}",
            diff.stdout
        );
    }
    let body = "x".repeat(10 << 20);
    let check = run_in(repository.path(), &["check", "--text", "-"], body.as_bytes());
    assert_eq!(check.code, 3, "{}", check.stderr);
    let check = run_in(repository.path(), &["check", "--text", "-"], b"ok\n\xff\xfe");
    assert_eq!(check.code, 3);
    assert!(check.stderr.contains("standard input:2"), "{}", check.stderr);
    let hostile = "<!--".repeat(100_000) + &"[".repeat(100_000) + &"*".repeat(100_000);
    assert_eq!(run_in(repository.path(), &["check", "--text", "-"], hostile.as_bytes()).code, 1);
}

#[test]
fn repositories_of_any_shape_are_read() {
    let base: &[(&str, &str)] = &[(".github/pull_request_template.md", TEMPLATE)];
    let Some(repository) = repository(&[base, &[("apps/web/web.yaml", SERVICE)]]) else { return };
    let directory = tempfile::tempdir().unwrap();
    let from = repository.path().to_str().unwrap();
    git(directory.path(), &["clone", "-q", "--bare", from, "bare.git"]);
    git(
        repository.path(),
        &["worktree", "add", "-q", directory.path().join("linked").to_str().unwrap(), "HEAD"],
    );
    for place in ["bare.git", "linked", "linked/apps/web"] {
        let diff = run_in(&directory.path().join(place), &["diff"], b"");
        assert!(diff.stdout.contains("+ Service/web"), "{place}: {}{}", diff.stdout, diff.stderr);
    }
    let bare = directory.path().join("bare.git");
    assert!(run(&["diff", "--repo", bare.to_str().unwrap()]).stdout.contains("+ Service/web"));
}

#[test]
fn colours_are_for_those_who_want_them() {
    let plain = run(&["diff", "--example", "new-app"]);
    assert!(!plain.stdout.contains('\u{1b}'), "not a terminal");
    assert!(run(&["diff", "--example", "new-app", "--color", "always"]).stdout.contains('\u{1b}'));
}

#[test]
fn help_completions_and_man_page_are_worth_reading() {
    for verb in ["draft", "check", "diff", "explain"] {
        let help = run(&["help", verb]);
        assert_eq!(help.code, 0);
        assert!(help.stdout.contains("Usage:") && help.stdout.lines().count() > 8, "{}", help.stdout);
        assert!(help.stdout.lines().all(|line| line.chars().count() <= 100), "{verb}: a line is too long");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).stdout.contains("manifesto"), "{shell}");
    }
    assert!(run(&["man"]).stdout.contains(".TH manifesto"));
}

#[test]
fn every_topic_and_rule_explains_itself() {
    let list = run(&["explain"]).stdout;
    let names: Vec<&str> =
        list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    assert!(names.len() > 10, "{list}");
    for name in names {
        let page = run(&["explain", name]);
        assert!(page.code == 0 && page.stdout.starts_with("# "), "{name}");
    }
}
