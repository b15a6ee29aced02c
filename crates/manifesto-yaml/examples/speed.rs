//! How fast YAML is read and written: `cargo run --release --example speed -- DIRECTORY`.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use manifesto_yaml::{Dialect, Document, Html, Limits, Writer, parse, to_json, to_yaml};

fn main() {
    let Some(directory) = std::env::args().nth(1) else {
        println!("usage: speed DIRECTORY");
        return;
    };
    let mut files = Vec::new();
    collect(Path::new(&directory), &mut files);
    let megabytes = |bytes: usize| f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6;
    let input = megabytes(files.iter().map(Vec::len).sum());
    println!("{} files, {input:.1} MB", files.len());
    for dialect in [Dialect::SigsV2, Dialect::GoV3] {
        let read = || -> Vec<Document> {
            files.iter().flat_map(|file| parse(file, dialect, &Limits::default()).documents).collect()
        };
        let seconds = best(|| read().len());
        println!("read {dialect:?}: {:.0} MB/s", input / seconds);
        let documents = read();
        for writer in [Writer::Sigs, Writer::GoV3 { indent: 2 }] {
            let write = || -> usize {
                documents
                    .iter()
                    .map(|document| to_yaml(&document.root, writer).map_or(0, |yaml| yaml.len()))
                    .sum()
            };
            println!("write {writer:?}: {:.0} MB/s", megabytes(write()) / best(write));
        }
        let json = || -> usize {
            let length =
                |document: &Document| to_json(&document.root, Html::Escaped).map_or(0, |json| json.len());
            documents.iter().map(length).sum()
        };
        println!("write JSON: {:.0} MB/s", megabytes(json()) / best(json));
    }
}

/// Seconds of the fastest of five runs.
fn best(mut run: impl FnMut() -> usize) -> f64 {
    let time = |_| {
        let start = Instant::now();
        black_box(run());
        start.elapsed().as_secs_f64()
    };
    (0..5).map(time).fold(f64::INFINITY, f64::min)
}

fn collect(directory: &Path, files: &mut Vec<Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.extend(std::fs::read(&path));
        }
    }
}
