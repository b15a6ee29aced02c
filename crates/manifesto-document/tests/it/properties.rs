//! What holds for every template, every text and every evidence.

use manifesto_document::{CheckOptions, Document, DraftOptions, check, draft};
use manifesto_evidence::Evidence;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::strategies::{HOSTILE, Mutation, Shape, mutation, shape, without_comments};
use crate::texts::{bodies, templates};

fn config() -> Config {
    let cases =
        std::env::var("MANIFESTO_PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256);
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn options() -> DraftOptions {
    DraftOptions::new("a1b2c3d", "e4f5a6b")
}

fn drafted(template: &str, text: &str, evidence: &Evidence) -> String {
    draft(template, text, evidence, &options()).text
}

fn mutated(text: &str, mutations: &[Mutation]) -> String {
    mutations.iter().fold(text.to_owned(), |text, mutation| mutation.apply(&text))
}

/// A template, and a text that was made of it or of a body.
struct Inputs {
    templates: Vec<String>,
    texts: Vec<String>,
}

impl Inputs {
    fn new() -> Self {
        let mut texts = templates();
        texts.extend(bodies());
        Self { templates: templates(), texts }
    }

    /// Half of the texts come from their own template.
    fn pick(&self, template: usize, text: usize) -> (&str, &str) {
        let template = &self.templates[template % self.templates.len()];
        let text = if text.is_multiple_of(2) { template } else { &self.texts[text / 2 % self.texts.len()] };
        (template, text)
    }
}

fn run<S: Strategy>(strategy: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    if let Err(error) = TestRunner::new(config()).run(&strategy, test) {
        panic!("{error}");
    }
}

/// Compares two texts and shows where they part.
fn same(actual: &str, expected: &str) -> Result<(), TestCaseError> {
    if actual == expected {
        return Ok(());
    }
    let (actual, expected): (Vec<&str>, Vec<&str>) =
        (actual.split('\n').collect(), expected.split('\n').collect());
    let first = actual.iter().zip(&expected).take_while(|(a, b)| a == b).count();
    let around = |lines: &[&str]| {
        let lines = &lines[first.saturating_sub(12).min(lines.len())..(first + 12).min(lines.len())];
        lines.iter().fold(String::new(), |text, line| text + &format!("    {line:?}\n"))
    };
    Err(TestCaseError::fail(format!(
        "they part at line {}\nactual\n{}expected\n{}",
        first + 1,
        around(&actual),
        around(&expected)
    )))
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    prop::collection::vec(mutation(), 0..6)
}

#[test]
fn drafting_a_draft_changes_nothing() {
    let inputs = Inputs::new();
    run(
        (any::<usize>(), any::<usize>(), mutations(), mutations(), shape()),
        |(template, text, before, after, shape)| {
            let (template, text) = inputs.pick(template, text);
            let evidence = shape.hostile();
            let first = drafted(template, &mutated(text, &before), &evidence);
            same(&drafted(template, &first, &evidence), &first)?;
            // An author edits the draft, and drafts again.
            let second = drafted(template, &mutated(&first, &after), &evidence);
            same(&drafted(template, &second, &evidence), &second)?;
            Ok(())
        },
    );
}

/// Found by the property above: sections are laid out at the end of a text that has no final line end.
#[test]
fn a_text_without_a_final_line_end_keeps_none() {
    let template = "## Changes\n\n### <Component or subsystem>\n";
    let evidence = Shape { components: vec![(0, 0), (0, 0)], ..Shape::default() }.hostile();
    let first = drafted(template, template.trim_end(), &evidence);
    same(&drafted(template, &first, &evidence), &first).unwrap();
    assert!(first.ends_with("<!-- /mf -->"), "{first}");
}

/// Found by the property above: what the author opens behind the samples would swallow the next heading if the sections
/// between the two went.
#[test]
fn sections_that_part_two_lines_stay_together() {
    let template = "## Changes\n\n### <Component or subsystem>\n\n- ...\n\n### <Another component, if any>\n\n- ...\n\n## Tests\n";
    let text = template.replacen("\n\n## Tests", "\n-->\n## Tests", 1);
    let evidence = Shape { components: vec![(0, 0); 5], ..Shape::default() }.hostile();
    let first = drafted(template, &text, &evidence);
    let edited = first.replacen("- ...\n-->\n", "- ...\n\n<details>\n-->\n", 1);
    assert!(edited != first && first.contains("`web'''`"), "{first}");
    let second = drafted(template, &edited, &evidence);
    same(&drafted(template, &second, &evidence), &second).unwrap();
}

#[test]
fn other_evidence_and_back_gives_the_first_bytes() {
    let inputs = Inputs::new();
    run(
        (any::<usize>(), any::<usize>(), mutations(), shape(), shape()),
        |(template, text, before, a, mut b)| {
            // Ticks stay: nothing is ever unticked.
            b.answers.clone_from(&a.answers);
            let (template, text) = inputs.pick(template, text);
            let (a, b) = (a.hostile(), b.hostile());
            let first = drafted(template, &mutated(text, &before), &a);
            let other = drafted(template, &first, &b);
            same(&drafted(template, &other, &b), &other)?;
            let back = drafted(template, &other, &a);
            // The template's samples return as the template spells them, which need not be how the author's tools did.
            let unsampled =
                |text: &str| text.lines().filter(|line| !is_sample(line)).collect::<Vec<_>>().join("\n");
            if before.is_empty() {
                same(&back, &first)
            } else {
                same(&unsampled(&back), &unsampled(&first))
            }?;
            Ok(())
        },
    );
}

/// Found by the property above: a comment of the author's stands between the samples of the template.
#[test]
fn samples_that_a_comment_parts_stay() {
    let template = "**Deployment Prerequisites:**\n\n*\n*\n";
    let text = "**Deployment Prerequisites:**\n\n*\n<!-- mine -->\n*\n";
    let evidence = Shape { facts: vec![(12, None, 0, 0, false)], ..Shape::default() }.hostile();
    let filled = drafted(template, text, &evidence);
    assert!(filled.starts_with(text) && filled.contains("`web`"), "{filled}");
    let back = drafted(template, &filled, &Shape::default().hostile());
    assert!(back.starts_with(text) && !back.contains("`web`"), "{back}");
}

/// The text without what Manifesto wrote, line by line.
fn lines_without_regions(text: &str) -> Vec<String> {
    let document = Document::parse(text);
    let regions = document.slots.iter().flat_map(|slot| &slot.regions).filter(|region| region.is_intact());
    let (mut left, mut at) = (String::new(), 0);
    for region in regions {
        left.push_str(&text[at..region.span.start]);
        at = region.span.end;
    }
    left.push_str(&text[at..]);
    left.split(['\r', '\n'])
        .map(|line| line.replace("[X]", "[ ]").replace("[x]", "[ ]"))
        .filter(|line| !line.trim().is_empty())
        .collect()
}

#[test]
fn no_line_of_the_author_is_lost() {
    let inputs = Inputs::new();
    run((any::<usize>(), any::<usize>(), mutations(), shape()), |(template, text, before, shape)| {
        let (template, text) = inputs.pick(template, text);
        let text = mutated(text, &before);
        if text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Ok(());
        }
        let after = drafted(template, &text, &shape.hostile());
        // Samples give way to answers; whatever else the author or the template wrote stays, in its order.
        let lines = |text: &str| {
            lines_without_regions(text).into_iter().filter(|line| !is_sample(line)).collect::<Vec<_>>()
        };
        let (before, after) = (lines(&text), lines(&after));
        let mut rest = after.iter();
        for line in &before {
            prop_assert!(
                rest.any(|other| other == line),
                "lost {:?} of\n{}\nin\n{}",
                line,
                before.join("\n"),
                after.join("\n")
            );
        }
        Ok(())
    });
}

/// Whether a line is one that a template shows only as an example.
fn is_sample(line: &str) -> bool {
    let words = line.trim().trim_start_matches(['*', '-', '+', '>', ' ']);
    let number = words.trim_end_matches(['.', ')', ' ']);
    let is_number = number.bytes().all(|b| b.is_ascii_digit()) || words == "1. ...";
    is_number
        || words.contains("path/to/")
        || words == "..."
        || words.contains('[') && words.contains(']') && !words.contains("[ ]")
        || words.starts_with('#') && words.contains(['<', '`'])
}

/// The blocks of a text, without what they say.
fn skeleton(text: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let events = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS);
    let mut blocks = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => blocks.push("link".to_owned()),
            Event::Start(Tag::Strong | Tag::Emphasis) => {}
            Event::Start(tag) => blocks.push(format!("{tag:?}")),
            Event::InlineHtml(html) | Event::Html(html) if !html.starts_with("<!--") => {
                blocks.push(html.into_string());
            }
            Event::Rule => blocks.push("rule".to_owned()),
            Event::TaskListMarker(ticked) => blocks.push(format!("box {ticked}")),
            _ => {}
        }
    }
    blocks
}

#[test]
fn data_cannot_change_the_structure() {
    let templates = templates();
    run((any::<usize>(), shape()), |(template, mut shape)| {
        // Few enough that no length decides what is folded.
        shape.facts.truncate(8);
        shape.components.truncate(3);
        let template = &templates[template % templates.len()];
        let hostile = drafted(template, "", &shape.hostile());
        let harmless = shape
            .evidence(|index| format!("x{}", "y".repeat(HOSTILE[index].chars().count().saturating_sub(1))));
        same(&skeleton(&hostile).join("\n"), &skeleton(&drafted(template, "", &harmless)).join("\n"))?;
        Ok(())
    });
}

#[test]
fn a_fresh_draft_has_no_finding() {
    let templates = templates();
    run((any::<usize>(), shape()), |(template, shape)| {
        let template = &templates[template % templates.len()];
        let evidence = shape.hostile();
        let text = drafted(template, "", &evidence);
        let checked = check(template, &text, &evidence, &CheckOptions::default());
        prop_assert_eq!(checked.findings, vec![], "{}", text);
        Ok(())
    });
}

#[test]
fn line_ends_make_no_difference() {
    let templates = templates();
    run((any::<usize>(), shape()), |(template, shape)| {
        let template = &templates[template % templates.len()];
        let evidence = shape.hostile();
        let windows = template.replace('\n', "\r\n");
        let text = drafted(template, template, &evidence);
        same(&drafted(template, &windows, &evidence), &text.replace('\n', "\r\n"))?;
        let marked = format!("\u{feff}{template}");
        same(&drafted(template, &marked, &evidence), &format!("\u{feff}{text}"))?;
        Ok(())
    });
}

/// Found by the property above: with a byte order mark a text was a character too long for what is folded.
#[test]
fn a_byte_order_mark_takes_no_room() {
    let facts = (0..40).map(|_| (0, None, 0, 1, false)).collect();
    let evidence = Shape { facts, ..Shape::default() }.hostile();
    let template = |padding: usize| format!("<!-- {} -->\n\n## Components\n", "x".repeat(padding));
    let length = |padding: usize| drafted(&template(padding), &template(padding), &evidence).len() - padding;
    let (mut fits, mut is_too_long) = (0, 10_000);
    assert!(length(is_too_long) < length(fits), "nothing is ever left out");
    while is_too_long - fits > 1 {
        let middle = usize::midpoint(fits, is_too_long);
        if length(middle) == length(0) { fits = middle } else { is_too_long = middle }
    }
    for template in [template(fits), template(is_too_long)] {
        let plain = drafted(&template, &template, &evidence);
        let marked = drafted(&template, &format!("\u{feff}{template}"), &evidence);
        same(&marked, &format!("\u{feff}{plain}")).unwrap();
    }
}

#[test]
fn a_draft_without_its_comments_is_the_authors() {
    let templates = templates();
    run((any::<usize>(), shape()), |(template, shape)| {
        let template = &templates[template % templates.len()];
        // Data that looks like a comment stands in code, which a tool that knows Markdown does not touch.
        let evidence = shape.evidence(|index| HOSTILE[index].replace("<!--", "<!-"));
        let stripped = without_comments(&drafted(template, "", &evidence), |_| true);
        same(&drafted(template, &stripped, &evidence), &stripped)?;
        Ok(())
    });
}

#[test]
fn any_bytes_are_a_text() {
    let inputs = Inputs::new();
    run(
        (any::<usize>(), prop::collection::vec(any::<u8>(), 0..400), mutations(), shape()),
        |(template, bytes, after, shape)| {
            let (template, _) = inputs.pick(template, 0);
            let text = mutated(&String::from_utf8_lossy(&bytes), &after);
            let evidence = shape.hostile();
            let first = drafted(template, &text, &evidence);
            same(&drafted(template, &first, &evidence), &first)?;
            check(&text, &first, &evidence, &CheckOptions::default());
            Ok(())
        },
    );
}

/// A reading whose time grows with the square of the text's length takes minutes here, and seconds otherwise.
#[test]
fn hostile_texts_end() {
    let evidence = crate::literal::evidence(
        "component web added apps/web\nfact components web: is new\nanswer impact.storage yes: adds `x` @ a/b.yaml:3\n",
    );
    let units = [
        "[",
        "*",
        "*a ",
        "<!--",
        "<!-- a -->\n",
        "- ",
        "> ",
        "`",
        "## a\n",
        "# a\n## b\n",
        "**Security:**\n\n",
        "- [ ] Storage\n",
        "<!-- mf 00000000 -->\n",
        "<!-- mf 00000000 -->\n<!-- /mf -->\n",
        "### Component 1: x\n",
        "### Component 1: [Component Name]\n",
        "> [!NOTE]\n\n",
        "```\n",
        "|a\n",
        "*\n",
        "[a] ",
        "\r",
        "Drafted by Manifesto from ",
        "- [ ] yes\n- [ ] no\n",
        "\n",
        "  ",
    ];
    for unit in units {
        let text = unit.repeat(40_000 / unit.len());
        let started = std::time::Instant::now();
        let sections = "### Component 1: x\n".repeat(2_000);
        for (template, text) in [
            (text.as_str(), ""),
            (&text, &text),
            (&text, &sections),
            ("### Component 1: [Component]\n", &text),
            ("## Security\n\n### [Component]\n", &text),
        ] {
            let first = drafted(template, text, &evidence);
            check(template, &first, &evidence, &CheckOptions::default());
        }
        assert!(started.elapsed().as_secs() < 30, "{unit:?} took {:?}", started.elapsed());
    }
}

/// Found by the property above: what an author ticks in the note at the end is in no section.
#[test]
fn a_tick_in_the_note_at_the_end_moves_no_section() {
    let template = "## Changes\n\n### <Component or subsystem>\n";
    let evidence = Shape { components: vec![(0, 0), (0, 0), (0, 0)], ..Shape::default() }.hostile();
    let first = drafted(template, template, &evidence);
    let ticked = first.replace("components proven.\n", "components proven.\n* [x] No\n");
    assert_ne!(ticked, first);
    let second = drafted(template, &ticked, &evidence);
    same(&drafted(template, &second, &evidence), &second).unwrap();
}
