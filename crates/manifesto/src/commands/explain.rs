//! `manifesto explain`: the pages of topics and rules.

use std::fmt::Write as _;

use manifesto_analyzers::ANALYZERS;
use manifesto_document::rules;

use crate::exit_code;
use crate::failure::Failure;
use crate::options::ExplainOptions;
use crate::output::Output;

pub(crate) fn run(options: &ExplainOptions, output: &Output) -> Result<u8, Failure> {
    let text = match &options.name {
        Some(name) => page(name)?,
        None => list(),
    };
    output.print_exactly(&text)?;
    Ok(exit_code::OK)
}

fn page(name: &str) -> Result<String, Failure> {
    let topic = ANALYZERS.iter().find(|analyzer| analyzer.topic.slug() == name).map(|analyzer| analyzer.page);
    let rule = || rules::RULES.iter().find(|rule| rule.id == name).map(|rule| rule.page);
    // The page of a rule starts with its sections; its name is its title.
    let rule = || rule().map(|page| format!("# {name}\n\n{page}"));
    topic.map(str::to_owned).or_else(rule).ok_or_else(|| {
        Failure::usage(format!("there is no topic or rule {name:?}")).hint("`manifesto explain` lists them")
    })
}

fn list() -> String {
    let mut text = String::from("Topics:\n");
    for analyzer in ANALYZERS {
        let _ = writeln!(text, "  {:<26} {}", analyzer.topic.slug(), analyzer.question);
    }
    text.push_str("\nRules:\n");
    for rule in rules::RULES {
        let _ = writeln!(text, "  {:<26} {}", rule.id, rule.summary);
    }
    text
}
