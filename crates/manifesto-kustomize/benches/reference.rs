//! How much processor time kustomizations take, and how much the reference takes for the same in the same run.
//!
//! Usage: cargo bench -p manifesto-kustomize --bench reference -- KUBECTL [DIRECTORY...]
//!
//! Each DIRECTORY is a checked-out tree: all its kustomizations that the reference builds are built, by the reference one
//! after the other, and here in one session that starts empty, reading the files included. Behind that come 500 to 4,000
//! ConfigMaps with a prefix.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends when it cannot measure"
)]

#[path = "../tests/it/support.rs"]
#[allow(dead_code, reason = "tests need more of it")]
mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use manifesto_kustomize::{Options, Session, kustomization_names, to_yaml};
use manifesto_tree::{Tree, TreePath};

/// Our part is done this often, as the clock of the processor time is coarse.
const ROUNDS: u32 = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [kubectl, directories @ ..] = arguments.as_slice() else {
        println!("skipped: name the reference, as in `-- KUBECTL [DIRECTORY...]`");
        return;
    };
    println!("| what | builds | reference, CPU s | here, CPU s | times less |\n|---|---|---|---|---|");
    for directory in directories {
        let root = Path::new(directory);
        let all = kustomizations(&support::tree_of(root));
        let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        row(&name, kubectl, root, &all);
    }
    for count in [500, 1_000, 2_000, 4_000] {
        let folder = tempfile::tempdir().unwrap();
        write_config_maps(folder.path(), count);
        row(&format!("{count} ConfigMaps with a prefix"), kubectl, folder.path(), &[TreePath::root()]);
    }
}

/// Measures both and prints a row of the table.
fn row(name: &str, kubectl: &str, root: &Path, all: &[TreePath]) {
    let before = Clock::now();
    let built: Vec<&TreePath> =
        all.iter().filter(|directory| reference_builds(kubectl, &root.join(directory.as_str()))).collect();
    let theirs = Clock::now().children - before.children;
    let before = Clock::now();
    for _ in 0..ROUNDS {
        let (tree, session) = (support::tree_of(root), Session::default());
        for directory in &built {
            let build = session.build(&tree, directory, &Options::default());
            std::hint::black_box(to_yaml(&build.resources).unwrap());
        }
    }
    let ours = (Clock::now().own - before.own) / f64::from(ROUNDS);
    println!("| {name} | {} | {theirs:.2} | {ours:.4} | {:.0} |", built.len(), theirs / ours);
}

fn reference_builds(kubectl: &str, directory: &Path) -> bool {
    let mut command = Command::new(kubectl);
    command.arg("kustomize").arg(directory).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().success()
}

fn kustomizations(tree: &Tree) -> Vec<TreePath> {
    let named = tree.entries().iter().filter(|e| kustomization_names().contains(&e.path.file_name()));
    let mut directories: Vec<TreePath> = named.filter_map(|entry| entry.path.parent()).collect();
    directories.dedup();
    directories
}

fn write_config_maps(folder: &Path, count: usize) {
    let map = |index| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cfg{index}\ndata:\n  key: value\n---\n")
    };
    std::fs::write(folder.join("all.yaml"), (0..count).map(map).collect::<String>()).unwrap();
    std::fs::write(folder.join("kustomization.yaml"), "namePrefix: x-\nresources: [all.yaml]\n").unwrap();
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
