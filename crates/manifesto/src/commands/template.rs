//! `manifesto template`: what a template asks, the template itself, and what is wrong with it.

use std::fmt::Write as _;

use manifesto_document::{CheckOptions as Checking, Checked, Remark, check, lint};

use crate::exit_code;
use crate::failure::Failure;
use crate::input::{self, Subject};
use crate::options::{Global, TemplateChoice, TemplateOptions, TemplateVerb};
use crate::output::Output;

pub(crate) fn run(global: &Global, options: &TemplateOptions, output: &Output) -> Result<u8, Failure> {
    match &options.verb {
        TemplateVerb::Explain(choice) => explain(global, choice, output),
        TemplateVerb::Print(choice) => {
            let subject = Subject::read(global, &choice.change, output)?;
            output.print_exactly(&input::template(&choice.text, &subject, "", output)?.text)?;
            Ok(exit_code::OK)
        }
        TemplateVerb::Lint(choice) => {
            let subject = Subject::read(global, &choice.change, output)?;
            let template = input::template(&choice.text, &subject, "", output)?;
            let remarks = lint(&template.text);
            // A template outside of the repository has only the name that it was given by.
            let path = Some(template.path.as_str()).filter(|path| !path.is_empty()).unwrap_or(&template.name);
            let mut text = String::new();
            for Remark { line, what, help } in &remarks {
                let _ = writeln!(text, "{path}:{line}: {what}\n  help: {help}");
            }
            output.print(&text)?;
            Ok(if remarks.is_empty() { exit_code::OK } else { exit_code::FINDINGS })
        }
    }
}

fn explain(global: &Global, choice: &TemplateChoice, output: &Output) -> Result<u8, Failure> {
    let subject = Subject::read(global, &choice.change, output)?;
    let template = input::template(&choice.text, &subject, "", output)?;
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
