//! `manifesto diff`: what changes in the clusters.

use manifesto_report::json::{self, Reported};
use manifesto_report::{markdown, terminal};

use crate::examples;
use crate::failure::Failure;
use crate::input::Subject;
use crate::options::{DiffOptions, Format, Global};
use crate::output::Output;

pub(crate) fn run(global: &Global, options: &DiffOptions, output: &Output) -> Result<u8, Failure> {
    if options.change.example.as_deref() == Some("list") {
        return examples::list(output);
    }
    let subject = Subject::read(global, &options.change, output)?;
    let Subject { change, evidence, range, .. } = &subject;
    match options.format {
        Format::Terminal => output.print(&terminal::diff(change, evidence))?,
        Format::Markdown => output.print_exactly(&markdown::diff(change, evidence))?,
        Format::Json => {
            let report = Reported { verb: "diff", range, change, evidence, checked: None }.into();
            output.print_exactly(&json::text(&report))?;
        }
    }
    Ok(subject.completeness_code(&options.change))
}
