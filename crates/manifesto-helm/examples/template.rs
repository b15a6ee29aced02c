//! `helm template`, as this crate goes: prints what comes of a chart, or why nothing does.
//!
//! ```sh
//! cargo run --release -p manifesto-helm --example template -- CHART [--set a=1 …]
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    clippy::unwrap_used,
    reason = "a tool that a developer runs"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::PathBuf;

use manifesto_helm::{Chart, render};
use manifesto_tree::{MemTree, TreePath};
use support::{command, directory_tree};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let chart = PathBuf::from(arguments.next().expect("CHART"));
    let arguments: Vec<String> = arguments.collect();
    let (tree, path) = if chart.is_dir() {
        (directory_tree(&chart), TreePath::root())
    } else {
        let tree = MemTree::new().file("chart.tgz", std::fs::read(&chart).unwrap()).build();
        (tree, TreePath::root().child("chart.tgz"))
    };
    let (values, options) = command::parse(&tree, &arguments);
    let rendered = Chart::load(&tree, &path).chart.and_then(|chart| render(&chart, &values, &options));
    match rendered {
        Ok(rendered) => {
            print!("{}", rendered.text());
            rendered.gaps.iter().for_each(|gap| eprintln!("gap: {gap}"));
        }
        Err(error) => {
            eprintln!("Error ({:?}): {error}", error.kind);
            std::process::exit(1);
        }
    }
}
