//! What `manifesto-git` finds in a range, and how long it takes: `changes REPOSITORY RANGE`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a tool for whoever measures"
)]

use std::path::Path;
use std::time::Instant;

use manifesto_git::{Configuration, RangeSpec, Repository, changes};

/// Runs one step and says how long it took.
fn timed<T>(step: &str, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = run();
    eprintln!("{step:>8} {:?}", start.elapsed());
    result
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, range] = arguments.as_slice() else { panic!("compare REPOSITORY RANGE") };
    let range: RangeSpec = range.parse().unwrap();
    let repository = timed("open", || Repository::open(Path::new(path), Configuration::Usual).unwrap());
    let range = timed("resolve", || repository.resolve(&range).unwrap());
    let base = timed("base", || repository.tree(&range.base).unwrap());
    let head = timed("head", || repository.tree(&range.head).unwrap());
    let changes = timed("changes", || changes(&base.tree, &head.tree));
    let commits = timed("commits", || repository.commits(&range, 100).unwrap());
    let bytes: usize = timed("read", || {
        head.tree
            .entries()
            .iter()
            .filter_map(|entry| head.tree.read(entry).ok())
            .map(|content| content.len())
            .sum()
    });
    for change in &changes {
        println!("{:?} {}", change.kind, change.path);
    }
    commits.commits.iter().for_each(|commit| println!("{} {}", commit.id.short(), commit.subject));
    base.skipped.iter().chain(&head.skipped).for_each(|skipped| println!("{skipped}"));
    let (base_count, head_count) = (base.tree.entries().len(), head.tree.entries().len());
    println!(
        "{} with {base_count} files, {} with {head_count} files and {bytes} bytes",
        range.base, range.head
    );
}
