//! `manifesto record`: what came of a check, as an in-toto Statement.

use manifesto_document::{CheckOptions as Checking, check};
use manifesto_report::record::{self, Recorded};

use crate::configuration::Configuration;
use crate::exit_code;
use crate::failure::Failure;
use crate::input::{self, Subject};
use crate::options::{Global, RecordOptions};
use crate::output::Output;
use crate::today::today;

pub(crate) fn run(global: &Global, options: &RecordOptions, output: &Output) -> Result<u8, Failure> {
    let mut subject = Subject::read(global, &options.change, output)?;
    subject.evidence.census = manifesto_analyzers::census(&subject.change);
    let text = input::text(&options.text, &subject)?.ok_or_else(|| {
        Failure::input("there is no text to record")
            .hint("name it with --text FILE, or --text - for standard input")
    })?;
    let template = input::template_or_none(&options.text, &subject, &text, output)?;
    let mut checked = check(&template.text, &text, &subject.evidence, &Checking::default());
    let configuration = Configuration::read(&subject.change.base)?;
    let mut policy = configuration.policy();
    policy.today = today();
    policy.apply(&mut checked);
    let recorded = Recorded {
        head: subject.range.head.commit.as_deref(),
        base: subject.range.base.commit.as_deref(),
        text: &text,
        template: &template.text,
        configuration: configuration.text(),
        checked: &checked,
    };
    output.print_exactly(&record::text(&recorded))?;
    Ok(exit_code::OK)
}
