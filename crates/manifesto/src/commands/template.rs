//! `manifesto template explain`: what each slot and each box of the template asks.

use std::fmt::Write as _;

use manifesto_document::{CheckOptions as Checking, Checked, check};

use crate::exit_code;
use crate::failure::Failure;
use crate::input::{self, Subject};
use crate::options::{Global, TemplateOptions, TemplateVerb};
use crate::output::Output;

pub(crate) fn run(global: &Global, options: &TemplateOptions, output: &Output) -> Result<u8, Failure> {
    let TemplateVerb::Explain(options) = &options.verb;
    let subject = Subject::read(global, &options.change, output)?;
    let template = input::template(&options.text, &subject, "")?;
    // A template that is held against itself says of each of its boxes which question it puts.
    let checked = check(&template.text, &template.text, &subject.evidence, &Checking::default());
    output.print_exactly(&explained(template.path.as_str(), &checked))?;
    Ok(exit_code::OK)
}

fn explained(path: &str, checked: &Checked) -> String {
    let mut text = format!("{path}\n\nSlots:\n");
    for slot in &checked.slots {
        let topics: Vec<&str> = slot.topics.iter().map(|topic| topic.slug()).collect();
        let answer = if topics.is_empty() { "the author".to_owned() } else { topics.join(", ") };
        let _ = writeln!(text, "  {:<60} {answer}", slot.id);
    }
    text.push_str("\nBoxes:\n");
    for own in &checked.boxes {
        let question = own.predicate.map_or("the author", |predicate| predicate.id);
        let _ = writeln!(text, "  {:<60} {question}", own.label);
    }
    text
}
