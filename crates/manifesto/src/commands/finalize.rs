//! `manifesto finalize`: the text without what only a draft needs.

use manifesto_document::finalize;

use crate::exit_code;
use crate::failure::Failure;
use crate::input::{self, Subject};
use crate::options::{FinalizeOptions, Global};
use crate::output::Output;

pub(crate) fn run(global: &Global, options: &FinalizeOptions, output: &Output) -> Result<u8, Failure> {
    let subject = Subject::read(global, &options.change, output)?;
    let text = input::text(&options.text, &subject)?.ok_or_else(|| {
        Failure::input("there is no text to finish")
            .hint("name it with --text FILE, or --text - for standard input")
    })?;
    let template = input::template(&options.text, &subject, &text, output)?;
    output.print_exactly(&finalize(&template.text, &text))?;
    Ok(exit_code::OK)
}
