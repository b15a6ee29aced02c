//! `manifesto draft`: the template, filled from evidence.

use manifesto_document::{DraftOptions as Drafting, Drafted, Outcome, draft};
use manifesto_report::json::{self, Reported};
use manifesto_report::terminal;

use crate::failure::Failure;
use crate::input::{self, Subject, revision_name};
use crate::options::{DraftFormat, DraftOptions, Global};
use crate::output::Output;
use crate::{disk, examples};

pub(crate) fn run(global: &Global, options: &DraftOptions, output: &Output) -> Result<u8, Failure> {
    if options.change.example.as_deref() == Some("list") {
        return examples::list(output);
    }
    let subject = Subject::read(global, &options.change, output)?;
    if options.format == DraftFormat::Json {
        let Subject { change, evidence, range, .. } = &subject;
        let report = Reported { verb: "draft", range, change, evidence, checked: None }.into();
        output.print_exactly(&json::text(&report))?;
        return Ok(subject.completeness_code(&options.change));
    }
    let text = author_text(options, &subject)?;
    let template = input::template(&options.text, &subject, &text, output)?;
    output.detail(&format!("the template is {}", template.path));
    let drafting = Drafting::new(revision_name(&subject.range.base), revision_name(&subject.range.head));
    let drafted = draft(&template.text, &text, &subject.evidence, &drafting);
    remarks(&drafted, output);
    let before = if text.is_empty() { &template.text } else { &text };
    match &options.write {
        Some(path) if drafted.text == text => output.note(&format!("{} is up to date", path.display())),
        Some(path) => disk::write(path, &drafted.text)?,
        None if options.diff || Output::is_terminal() => {
            output.print(&terminal::text_diff(before, &drafted.text))?;
        }
        None => output.print_exactly(&drafted.text)?,
    }
    Ok(subject.completeness_code(&options.change))
}

/// The text that is filled: the one named, else the one that will be written over.
fn author_text(options: &DraftOptions, subject: &Subject) -> Result<String, Failure> {
    if options.text.text.is_some() {
        return Ok(input::text(&options.text, subject)?.unwrap_or_default());
    }
    match &options.write {
        Some(path) if path.exists() => input::read_file(path),
        _ => Ok(String::new()),
    }
}

fn remarks(drafted: &Drafted, output: &Output) {
    for note in &drafted.notes {
        output.note(note);
    }
    for slot in &drafted.slots {
        let outcome = match slot.outcome {
            Outcome::Kept => "kept: you wrote there",
            Outcome::KeptEdited => "kept: you edited what was drafted",
            Outcome::Filled => "filled",
            _ => continue,
        };
        output.detail(&format!("{}: {outcome}", slot.title));
    }
}
