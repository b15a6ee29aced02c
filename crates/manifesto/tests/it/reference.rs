//! Reference pages are what the program says of itself; `MANIFESTO_BLESS=1` rewrites them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::run::{run, workspace};

#[test]
fn the_reference_is_the_help() {
    let mut page =
        String::from("# Command line\n\nThis page is the output of `manifesto help`; a test keeps it so.\n");
    for verb in [
        "",
        "draft",
        "check",
        "finalize",
        "record",
        "template",
        "diff",
        "render",
        "components",
        "inventory",
        "explain",
        "completions",
        "man",
    ] {
        let arguments: Vec<&str> =
            ["help", verb].into_iter().filter(|argument| !argument.is_empty()).collect();
        let title = format!("manifesto {verb}");
        let help = run(&arguments).stdout;
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        let _ = write!(page, "\n## {}\n\n```text\n{}\n```\n", title.trim(), lines.join("\n").trim_end());
    }
    let failure = manifesto_case::check_text(&workspace().join("docs/reference/cli.md"), &page);
    assert!(failure.is_none(), "{}", failure.unwrap());
}

#[test]
fn the_index_of_topics_is_the_table_of_analyzers() {
    let mut page = String::from(
        "# Topics\n\nEach topic is a label of the template, or feeds several. Its page is its documentation and its test, and \
         `manifesto explain TOPIC` prints it.\nThis index is made from the table of analyzers; a test keeps it so.\n\n\
         | topic | question |\n|---|---|\n",
    );
    for analyzer in manifesto_analyzers::ANALYZERS {
        let (slug, folder) = (analyzer.topic.slug(), analyzer.topic.slug().replace('-', "_"));
        let path = format!("../../crates/manifesto-analyzers/src/{folder}/README.md");
        let _ = writeln!(page, "| [{slug}]({path}) | {} |", analyzer.question);
    }
    let failure = manifesto_case::check_text(&workspace().join("docs/topics/README.md"), &page);
    assert!(failure.is_none(), "{}", failure.unwrap());
}

#[test]
fn the_index_of_rules_is_the_table_of_rules() {
    let mut page = String::from(
        "# Rules\n\n`check` holds a text against these rules. `manifesto explain RULE` prints the page of one.\nThis index is made from \
         the table of rules; a test keeps it so.\n\n| rule | level | what it says |\n|---|---|---|\n",
    );
    for rule in manifesto_document::rules::RULES {
        let path = format!("../../crates/manifesto-document/src/rules/{}.md", rule.id);
        let _ = writeln!(page, "| [{}]({path}) | {} | {} |", rule.id, rule.level, rule.summary);
        assert!(workspace().join("docs/reference").join(&path).exists(), "{path} is not there");
    }
    let failure = manifesto_case::check_text(&workspace().join("docs/reference/rules.md"), &page);
    assert!(failure.is_none(), "{}", failure.unwrap());
}

/// What Manifesto cannot know, collected from the pages of the topics.
#[test]
fn the_limits_are_those_of_the_pages() {
    let mut page = String::from(
        "# What Manifesto cannot know\n\nCollected from the pages of the topics; a test keeps it so. What could not be known of one change is \
         said in its report.\n",
    );
    for analyzer in manifesto_analyzers::ANALYZERS {
        let section =
            analyzer.page.split("## What it cannot see\n").nth(1).and_then(|rest| rest.split("\n## ").next());
        let _ = write!(page, "\n## {}\n\n{}\n", analyzer.topic.title(), section.unwrap_or_default().trim());
    }
    let failure = manifesto_case::check_text(&workspace().join("docs/limits.md"), &page);
    assert!(failure.is_none(), "{}", failure.unwrap());
}

#[test]
fn exit_codes_are_documented() {
    let source =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/exit_code.rs")).unwrap();
    let page = std::fs::read_to_string(workspace().join("docs/reference/exit-codes.md")).unwrap();
    let help = run(&["--help"]).stdout;
    let codes = source
        .lines()
        .filter_map(|line| line.split_once(": u8 = "))
        .map(|(_, code)| code.trim_end_matches(';'));
    let codes: Vec<&str> = codes.collect();
    assert!(codes.len() >= 7, "{codes:?}");
    for code in codes {
        assert!(page.contains(&format!("| {code} |")), "docs/reference/exit-codes.md does not have {code}");
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(&format!("{code} "))),
            "--help does not have {code}"
        );
    }
}

#[test]
fn the_readme_shows_what_comes_out() {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let shown = readme
        .split("```text\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a block of output");
    let check = run(&["check", "--example", "policy-widened"]).stdout;
    for line in shown.lines().filter(|line| !line.trim().is_empty() && line.trim() != "…") {
        assert!(
            check.contains(line),
            "the README shows a line that `check` does not print:\n{line}\n\n{check}"
        );
    }
    assert!(readme.contains("cargo test --workspace"));
}

/// Every relative link of the documentation leads somewhere.
#[test]
fn no_link_is_dead() {
    let mut pages = vec![workspace().join("README.md")];
    for name in
        ["ARCHITECTURE.md", "STYLE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
    {
        pages.push(workspace().join(name));
    }
    collect(&workspace().join("docs"), &mut pages);
    for page in pages {
        let text =
            std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            assert!(page.parent().unwrap().join(path).exists(), "{}: {target} leads nowhere", page.display());
        }
    }
}

fn collect(directory: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}
