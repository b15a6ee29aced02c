//! `manifesto completions`: what a shell completes.

use clap::CommandFactory as _;

use crate::exit_code;
use crate::failure::Failure;
use crate::options::{Arguments, CompletionsOptions};
use crate::output::Output;

pub(crate) fn run(options: &CompletionsOptions, output: &Output) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "manifesto", &mut script);
    output.print_exactly(&String::from_utf8_lossy(&script))?;
    Ok(exit_code::OK)
}
