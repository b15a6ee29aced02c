//! The command line of Manifesto: arguments in, exit code out. All that is known is computed in the libraries.

mod chart_directory;
mod charts;
mod commands;
mod configuration;
mod credential_files;
mod disk;
mod examples;
mod exit_code;
mod failure;
mod input;
mod options;
mod output;
mod progress;
mod today;

use std::process::ExitCode;

use clap::Parser as _;

use crate::failure::Failure;
use crate::options::{Arguments, Verb};
use crate::output::Output;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.global.color, arguments.global.quiet, arguments.global.verbose);
    // A fault of ours must not look like a finding: it has its own message and its own exit code.
    std::panic::set_hook(Box::new(failure::report_panic));
    let done = std::panic::catch_unwind(|| run(&arguments, &output));
    let code = match done {
        Ok(Ok(code)) => code,
        Ok(Err(failure)) => output.failure(&failure),
        Err(_) => exit_code::FAULT,
    };
    ExitCode::from(code)
}

fn run(arguments: &Arguments, output: &Output) -> Result<u8, Failure> {
    let global = &arguments.global;
    match &arguments.verb {
        Verb::Draft(options) => commands::draft::run(global, options, output),
        Verb::Check(options) => commands::check::run(global, options, output),
        Verb::Diff(options) => commands::diff::run(global, options, output),
        Verb::Inventory(options) => commands::inventory::run(global, options, output),
        Verb::Render(options) => commands::render::run(global, options, output),
        Verb::Components(options) => commands::components::run(global, options, output),
        Verb::Fetch(options) => commands::fetch::run(global, options, output),
        Verb::Finalize(options) => commands::finalize::run(global, options, output),
        Verb::Record(options) => commands::record::run(global, options, output),
        Verb::Template(options) => commands::template::run(global, options, output),
        Verb::Explain(options) => commands::explain::run(options, output),
        Verb::Completions(options) => commands::completions::run(options, output),
        Verb::Man => commands::man::run(output),
    }
}
