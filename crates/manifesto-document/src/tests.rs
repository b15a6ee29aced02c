#![allow(clippy::string_slice, reason = "a test that panics has failed, as it should")]

use crate::document::PartKind::{self, Alert, Code, Comment, Html, List, Prose, Quote, Rule, Table};
use crate::document::{Document, SlotKind};
use crate::outline::{BlockKind, Outline};
use crate::pattern::Pattern;
use crate::placeholder::bracket;
use crate::rules::{self, RULES};
use crate::shown::shown;
use crate::template::{choose, find_templates};
use crate::{
    CheckOptions, Checked, Damage, DraftOptions, Policy, Profile, Waiver, bind, check, draft, finalize,
};
use manifesto_evidence::{Evidence, Finding, Level, Topic};
use manifesto_tree::MemTree;

fn kinds(text: &str) -> Vec<BlockKind> {
    Outline::parse(text).blocks.into_iter().map(|block| block.kind).collect()
}

fn ids(text: &str) -> Vec<String> {
    Document::parse(text).slots.into_iter().skip(1).map(|slot| slot.id).collect()
}

#[test]
fn a_byte_order_mark_hides_no_heading() {
    assert!(matches!(kinds("\u{feff}# Title\n").as_slice(), [BlockKind::Heading { level: 1, .. }]));
    let document = Document::parse("\u{feff}# Title\n\nwords\n");
    assert_eq!(document.slice(document.slots[1].head.clone()), "# Title");
}

#[test]
fn a_box_at_the_end_of_the_text_is_a_box() {
    for text in ["- [ ]", "- [ ]\n", "* [x]", "+ [X] done", "1. [ ] numbered", "- a\n  - [ ] nested"] {
        assert_eq!(Outline::parse(text).tasks.len(), 1, "{text:?}");
    }
    assert_eq!(Outline::parse("- [ ]").tasks[0].marker, 2..5);
    assert!(Outline::parse("[ ] no list\n\n`- [ ]`\n").tasks.is_empty());
}

#[test]
fn blocks_end_where_what_they_show_ends() {
    let text = "* a\n  * b\n\n\n\n# Next\n";
    let outline = Outline::parse(text);
    assert_eq!(&text[outline.blocks[0].span.clone()], "* a\n  * b");
    assert!(outline.nodes.iter().all(|node| !text[node.start..node.end].ends_with('\n')));
}

#[test]
fn carriage_returns_alone_end_lines() {
    let unix = "<!-- a -->\n* [ ] x\n\n```\ncode\n```\n\n**Label:** words\n";
    let shape = |text: &str| {
        let outline = Outline::parse(text);
        (outline.blocks, outline.nodes, outline.tasks, outline.comments)
    };
    assert_eq!(shape(&unix.replace('\n', "\r")), shape(unix));
}

#[test]
fn slots_follow_headings_and_labels() {
    let text = "intro\n\n# One\n\n**Label:**\n\n### Three\n\n**Label**: x\n\nTwo\n---\n\n**Why?** because\n\n**Label:**\n\n**Label:**\n";
    assert_eq!(
        ids(text),
        [
            "one",
            "one/label",
            "one/three",
            "one/three/label",
            "one/two",
            "one/two/why",
            "one/two/label",
            "one/two/label#2"
        ]
    );
    let plain =
        "words\n\n**bold** words\n\n- **Item:** x\n\n> # quoted\n\nx **Late:** y\n\n**`code`** (and more):\n";
    assert_eq!(ids(plain), Vec::<String>::new());
    assert_eq!(Document::parse("").slots.len(), 1);
}

#[test]
fn the_parts_of_a_slot_are_told_apart() {
    let text = "# A\n\n<!-- hint -->\n\nprose\n\n- list\n\n```\ncode\n```\n\n| a |\n| - |\n\n> \\[!NOTE]\n> x\n\n> [!TIP] title\n\n<div>x</div>\n\n***\n";
    let document = Document::parse(text);
    let kinds: Vec<PartKind> = document.slots[1].parts.iter().map(|part| part.kind).collect();
    assert_eq!(kinds, [Comment, Prose, List, Code, Table, Alert, Quote, Html, Rule]);
    let spans: Vec<&str> = document.slots[1].author_spans().map(|span| document.slice(span)).collect();
    assert_eq!(spans, ["prose", "- list", "| a |\n| - |", "> \\[!NOTE]\n> x", "> [!TIP] title"]);
}

#[test]
fn what_follows_a_label_on_its_line_is_a_part() {
    let document = Document::parse("**Issue:** <!-- number -->\n\n**Other**: #1 and\nmore\n");
    assert_eq!(document.slots[1].parts[0].kind, Comment);
    let part = &document.slots[2].parts[0];
    assert_eq!((part.kind, document.slice(part.span.clone())), (Prose, "#1 and\nmore"));
    assert_eq!(document.slots[2].kind, SlotKind::Label);
}

#[test]
fn comments_end_as_in_html() {
    let closed =
        |text: &str| Outline::parse(text).comments.iter().map(|comment| comment.closed).collect::<Vec<_>>();
    assert_eq!(closed("<!-- a --> <!-- b -->\n"), [true, true]);
    assert_eq!(closed("words <!-- a -->\n"), [true]);
    assert_eq!(closed("<!-->\nwords\n"), [true]);
    assert_eq!(closed("<!-- a\n\n# not a heading\n"), [false]);
    assert_eq!(closed("> <!-- a\n\nwords\n"), [false]);
    assert_eq!(closed("<details>\n<!-- a\n\nb -->\n"), [false]);
    assert_eq!(closed("`<!-- a`\n\n    <!-- b\n\n```\n<!-- c\n```\n"), Vec::<bool>::new());
}

#[test]
fn two_writers_habits_compare_equal() {
    let lines = |text: &str| {
        let document = Document::parse(text);
        shown(&document, &document.slots[0]).into_iter().map(|line| line.shown).collect::<Vec<_>>()
    };
    let one = "<!-- hint -->\n* [ ] a  box\n+ item\n1) one\n> \\[!NOTE]\n>\n> a\\_b\n\n- - -\n";
    let two = "- [x] a box\r\n\r\n- item\r\n1. one\r\n>[!NOTE]\r\n>   a_b\r\n\r\n***\r\n";
    assert_eq!(lines(one), lines(two));
    assert_ne!(lines("`a\\b`\n"), lines("`a b`\n"));
}

#[test]
fn brackets_are_names_links_are_not() {
    for (text, name) in [
        ("a [Name]", "[Name]"),
        ("\\[Some name]", "[Some name]"),
        ("<Some name>", "<Some name>"),
        ("[a] [b](c) [Cc]", "[Cc]"),
    ] {
        assert_eq!(bracket(text).map(|range| &text[range]), Some(name), "{text}");
    }
    for text in [
        "[x]",
        "[ ]",
        "[!NOTE]",
        "[^1]",
        "[a](b)",
        "[text][ref]",
        "[ref]: url",
        "![alt]",
        "list[index]",
        "<br>",
        "<a href=x>",
        "<div>",
        "a < b > c",
        "[]",
        "[",
    ] {
        assert_eq!(bracket(text), None, "{text}");
    }
}

#[test]
fn patterns_have_fixed_words_and_a_number() {
    let pattern = Pattern::of("Component 1: [Component Name]").unwrap();
    assert!(pattern.is_component && pattern.number == Some(1));
    assert!(pattern.matches("Component 12: `web`") && !pattern.matches("Other 1: `web`"));
    let bare = Pattern::of("<Component or subsystem name>").unwrap();
    assert!(bare.is_bare() && bare.is_component && bare.matches("anything"));
    assert!(!Pattern::of("[Title of the change]").unwrap().is_component);
    assert_eq!(Pattern::of("Security"), None);
}

#[test]
fn words_bind_slots_to_topics() {
    let template = "# A\n\n**Affected Services:**\n\n**Related Documentation:**\n\n**Documentation:**\n\n**Security considerations (if any):**\n\n**Network policies:**\n\n**Red:**\n\n**Our cats:**\n";
    let facts: Vec<Vec<Topic>> =
        bind(&Document::parse(template)).into_iter().skip(2).map(|binding| binding.facts).collect();
    assert!(facts[0].contains(&Topic::Components));
    assert!(facts[1].is_empty());
    assert!(facts[2].contains(&Topic::Documentation));
    assert!(facts[3].contains(&Topic::SecretsManagement) && !facts[3].contains(&Topic::NetworkIsolation));
    assert_eq!(facts[4], [Topic::NetworkIsolation]);
    assert!(facts[6].is_empty());
    let mut told: Vec<Topic> = facts.into_iter().flatten().collect();
    let count = told.len();
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), count, "a topic is told in one slot");
}

#[test]
fn markers_are_paired_within_their_slot() {
    let damage = |text: &str| Document::parse(text).slots.iter().map(|slot| slot.damage).collect::<Vec<_>>();
    let (start, end) = ("<!-- mf 01234567 -->\n", "<!-- /mf -->\n");
    assert_eq!(damage(&format!("{start}a\n{end}")), [None]);
    assert_eq!(damage(&format!("{start}a\n")), [Some(Damage::LostEnd)]);
    assert_eq!(damage(&format!("a\n\n{end}")), [Some(Damage::LostStart)]);
    assert_eq!(damage(&format!("{start}{start}{end}{end}")), [Some(Damage::Nested)]);
    assert_eq!(damage(&format!("{start}{end}{start}{end}")), [Some(Damage::Duplicated)]);
    assert_eq!(damage(&format!("{start}\n# A\n{end}")), [Some(Damage::LostEnd), Some(Damage::LostStart)]);
    assert_eq!(damage(&format!("{start}\n# A\n{start}{end}")), [Some(Damage::LostEnd), None]);
}

#[test]
fn templates_are_found_where_forges_look() {
    let tree = MemTree::new()
        .file(".github/PULL_REQUEST_TEMPLATE/feature.md", "## Overview\n\n**Affected Components:**\n")
        .file(".github/PULL_REQUEST_TEMPLATE/default.md", "## Summary\n\n**Rollback Plan:**\n")
        .file(".github/PULL_REQUEST_TEMPLATE/config.yml", "x")
        .file("docs/Pull_Request_Template.md", "docs\n")
        .file(".gitlab/merge_request_templates/Bug.md", "bug\n")
        .symlink("pull_request_template.md", "docs/Pull_Request_Template.md")
        .file("src/pull_request_template.md", "elsewhere\n")
        .build();
    let found = find_templates(&tree);
    let paths: Vec<&str> = found.iter().map(|template| template.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            ".github/PULL_REQUEST_TEMPLATE/default.md",
            ".github/PULL_REQUEST_TEMPLATE/feature.md",
            "docs/Pull_Request_Template.md",
            "pull_request_template.md",
            ".gitlab/merge_request_templates/Bug.md",
        ]
    );
    let chosen = |wanted: Option<&str>, text: &str| {
        choose(&found, wanted, text).map(|template| template.name.as_str())
    };
    assert_eq!(chosen(Some("FEATURE"), ""), Some("feature"));
    assert_eq!(chosen(Some(".gitlab/merge_request_templates/Bug.md"), ""), Some("Bug"));
    assert_eq!(chosen(Some("none"), ""), None);
    assert_eq!(chosen(None, "## Overview\n\n**Affected Components:** all\n"), Some("feature"));
    assert_eq!(chosen(None, ""), Some("default"));
    assert_eq!(choose(&[], None, ""), None);
}

#[test]
fn every_rule_has_a_page() {
    let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted());
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        let headings: Vec<&str> = rule.page.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(headings, ["## What it does", "## Why", "## Example", "## How to fix"], "{}", rule.id);
    }
}

#[test]
fn length_is_counted_in_characters() {
    let rules = |text: &str| {
        let checked = check("", text, &Evidence::default(), &CheckOptions { limit_chars: 90 });
        checked.findings.iter().map(|finding| (finding.rule.id, finding.level.name())).collect::<Vec<_>>()
    };
    assert_eq!(rules(&"ä".repeat(60)), []);
    assert_eq!(rules(&"ä".repeat(61)), [("doc/too-long", "warning")]);
    assert_eq!(rules(&"ä".repeat(91)), [("doc/too-long", "error")]);
}

#[test]
fn a_draft_stays_within_the_limit() {
    let facts = (0..200).map(|i| {
        manifesto_evidence::Fact::new(Topic::AttackSurface, format!("opens door {i} of many").as_str())
    });
    let evidence = Evidence { facts: facts.collect(), ..Evidence::default() };
    let template = "## Attack Surface\n\n## Rollback\n";
    let mut lengths = Vec::new();
    for limit_chars in [20_000, 2_000, 600, 300, 200, 50] {
        let options = DraftOptions { limit_chars, ..DraftOptions::new("a", "b") };
        let drafted = draft(template, "", &evidence, &options);
        assert!(drafted.text.chars().count() <= limit_chars, "{limit_chars}: {}", drafted.text);
        assert_eq!(draft(template, &drafted.text, &evidence, &options).text, drafted.text);
        lengths.push(drafted.text.len());
    }
    assert!(lengths.is_sorted_by(|a, b| a >= b) && lengths[0] > lengths[4], "{lengths:?}");
}

#[test]
fn what_a_team_accepts_is_no_finding_until_it_is_over() {
    let finding = |message: &str| Finding::new(&rules::CLAIM_PORT, message);
    let waiver = |contains: &str, until: Option<&str>| Waiver {
        rule: "claim/port".to_owned(),
        contains: contains.to_owned(),
        reason: "known".to_owned(),
        until: until.map(str::to_owned),
        place: format!("manifesto.toml for {contains}"),
    };
    let waivers =
        vec![waiver("8443", Some("2026-12-31")), waiver("9000", Some("2026-01-01")), waiver("1", None)];
    let levels = [("cmd/target".to_owned(), None), ("claim/path".to_owned(), Some(Level::Note))].into();
    let policy = Policy { profile: Profile::Strict, levels, waivers, today: "2026-06-01".to_owned() };
    let mut checked = Checked {
        findings: vec![
            finding("no port 8443"),
            finding("no port 9000"),
            Finding::new(&rules::CMD_TARGET, "not looked at"),
            Finding::new(&rules::CLAIM_PATH, "a note here"),
            Finding::new(&rules::DOC_NO_TEMPLATE, "a warning elsewhere"),
        ],
        ..Checked::default()
    };
    policy.apply(&mut checked);
    let told: Vec<String> =
        checked.findings.iter().map(|f| format!("{} {} {}", f.level, f.rule.id, f.message)).collect();
    assert_eq!(
        told,
        [
            "error claim/port no port 9000",
            "note claim/path a note here",
            "error doc/no-template a warning elsewhere",
            "error config/unmatched the waiver of claim/port at manifesto.toml for 1 accepts nothing",
        ]
    );
    assert_eq!(checked.waived.len(), 1);
    assert!(checked.findings[0].notes[0].contains("is over"));
    assert!(policy.unknown_rules().is_empty());
}

#[test]
fn a_finished_text_keeps_all_but_what_a_draft_needs() {
    let template = "## What\n\n<!-- Say what. -->\n\n## Why <!-- In a sentence. -->\n";
    let written = "## What\n\n<!-- Say what. -->\n\nMine. <!-- my own -->\n\n## Why <!-- In a sentence. -->\n\nBecause.\n";
    assert_eq!(finalize(template, written), "## What\n\nMine. <!-- my own -->\n\n## Why\n\nBecause.\n");
    let options = DraftOptions::new("a", "b");
    let drafted = draft(template, template, &Evidence::default(), &options).text;
    let finished = finalize(template, &drafted);
    assert!(
        drafted.contains("<!-- mf ") && !finished.contains("<!--") && !finished.contains("Drafted by"),
        "{finished}"
    );
    assert_eq!(finalize(template, &finished), finished);
    assert_eq!(finalize("", "\r\n\r\nall\r\nmine <!-- x"), "\r\n\r\nall\r\nmine <!-- x");
}
