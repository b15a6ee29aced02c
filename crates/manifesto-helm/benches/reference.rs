//! How much processor time charts take, and how much the reference takes for the same in the same run.
//!
//! Usage: cargo bench -p manifesto-helm --bench reference -- HELM [DIRECTORY...]
//!
//! Each DIRECTORY is a chart, or is searched for charts. All charts that the reference renders are rendered with their own
//! values, by the reference one after the other, and here each from its files on disk: all of them together, and the one
//! that takes the reference longest by itself.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends when it cannot measure"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use manifesto_tree::{BlobId, Blobs, Entry, EntryKind, ReadError, Tree, TreePath};

use support::command::template;

/// The reference and we take turns, as the machine is not always equally fast.
const TURNS: u32 = 3;
/// The largest chart by itself takes little time, and gets more turns.
const TURNS_OF_ONE: u32 = 20;
/// Our part of a turn is done this often, as the clock of the processor time is coarse.
const ROUNDS: u32 = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [helm, directories @ ..] = arguments.as_slice() else {
        println!("skipped: name the reference, as in `-- HELM [DIRECTORY...]`");
        return;
    };
    let mut charts = Vec::new();
    for directory in directories {
        find(Path::new(directory), &mut charts);
    }
    let mut measured: Vec<(f64, PathBuf)> =
        charts.into_iter().filter_map(|chart| Some((reference(helm, &chart)?, chart))).collect();
    measured.sort_by(|one, other| other.0.total_cmp(&one.0));
    let charts: Vec<PathBuf> = measured.into_iter().map(|(_, chart)| chart).collect();
    println!("| what | reference, CPU s | here, CPU s | times less |\n|---|---|---|---|");
    row(helm, &format!("{} charts", charts.len()), &charts, TURNS);
    if let Some(largest) = charts.first() {
        let name = largest.file_name().unwrap_or_default().to_string_lossy();
        row(helm, &name, std::slice::from_ref(largest), TURNS_OF_ONE);
    }
}

/// Renders the charts and prints a row of the table.
fn row(helm: &str, name: &str, charts: &[PathBuf], turns: u32) {
    let (mut theirs, mut ours) = (0.0, 0.0);
    for _ in 0..turns {
        theirs += charts.iter().filter_map(|chart| reference(helm, chart)).sum::<f64>();
        let before = Clock::now();
        for chart in (0..ROUNDS).flat_map(|_| charts) {
            std::hint::black_box(template(&files(chart), &["--include-crds".to_owned()]).unwrap().text());
        }
        ours += (Clock::now().own - before.own) / f64::from(ROUNDS);
    }
    let (theirs, ours) = (theirs / f64::from(turns), ours / f64::from(turns));
    println!("| {name} | {theirs:.2} | {ours:.4} | {:.1} |", theirs / ours);
}

/// Seconds of processor time that the reference takes; none when it renders nothing, or when we do not.
fn reference(helm: &str, chart: &Path) -> Option<f64> {
    let before = Clock::now();
    let mut command = Command::new(helm);
    command.args(["template", "web", ".", "--include-crds"]).current_dir(chart);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let seconds = Clock::now().children - before.children;
    let renders = status.success() && template(&files(chart), &[]).is_ok();
    renders.then_some(seconds)
}

/// The files of a directory, read when they are asked for.
#[derive(Debug)]
struct Files(Vec<PathBuf>);

impl Blobs for Files {
    fn read(&self, id: &BlobId) -> Result<Arc<[u8]>, ReadError> {
        let index = usize::from(id.0[0]) << 8 | usize::from(id.0[1]);
        let path = self.0.get(index).ok_or(ReadError::Missing(*id))?;
        std::fs::read(path).map(Arc::from).map_err(|error| ReadError::Broken(error.to_string()))
    }
}

fn files(root: &Path) -> Tree {
    fn add(root: &Path, directory: &Path, entries: &mut Vec<Entry>, paths: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                add(root, &path, entries, paths);
                continue;
            }
            let mut id = [0; 20];
            id[..2].copy_from_slice(&u16::try_from(paths.len()).unwrap().to_be_bytes());
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            entries.push(Entry {
                path: TreePath::from_normalized(&name),
                kind: EntryKind::File,
                id: BlobId(id),
            });
            paths.push(path);
        }
    }
    let (mut entries, mut paths) = (Vec::new(), Vec::new());
    add(root, root, &mut entries, &mut paths);
    Tree::new(entries, Arc::new(Files(paths)))
}

/// Directories with a `Chart.yaml`, but not the charts inside of charts.
fn find(directory: &Path, found: &mut Vec<PathBuf>) {
    if directory.join("Chart.yaml").is_file() {
        return found.push(directory.to_owned());
    }
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        find(&entry.path(), found);
    }
}

/// Seconds of processor time of this process and of the children that ended.
struct Clock {
    own: f64,
    children: f64,
}

impl Clock {
    /// From `/proc/self/stat`, whose fields 14 to 17 count hundredths of a second (proc(5)).
    fn now() -> Self {
        let text = std::fs::read_to_string("/proc/self/stat").unwrap();
        let behind_name = text.rsplit_once(')').unwrap().1;
        let ticks: Vec<f64> =
            behind_name.split_whitespace().skip(11).take(4).map(|field| field.parse().unwrap()).collect();
        Self { own: (ticks[0] + ticks[1]) / 100.0, children: (ticks[2] + ticks[3]) / 100.0 }
    }
}
