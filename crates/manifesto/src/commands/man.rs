//! `manifesto man`: the man page.

use clap::CommandFactory as _;

use crate::exit_code;
use crate::failure::Failure;
use crate::options::Arguments;
use crate::output::Output;

pub(crate) fn run(output: &Output) -> Result<u8, Failure> {
    let mut page = Vec::new();
    let command = Arguments::command();
    let failed = |error: std::io::Error| Failure::output(error);
    clap_mangen::Man::new(command).render(&mut page).map_err(failed)?;
    output.print_exactly(&String::from_utf8_lossy(&page))?;
    Ok(exit_code::OK)
}
