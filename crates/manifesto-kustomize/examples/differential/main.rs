//! A differential fuzzer: makes kustomizations, builds them with the reference and with this crate, and shrinks what
//! differs.
//!
//! Usage: differential REFERENCE FOLDER SECONDS [SEED]
//!
//! Differing cases are written to FOLDER/found-SEED, shrunk. Each case has a seed of its own, printed with it. As many
//! threads run as there are cores to run on (`taskset` says how many).

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the command line")]

mod generate;
mod random;
mod shrink;
mod yaml;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use manifesto_kustomize::{Options, Session, to_yaml};
use manifesto_tree::{MemTree, TreePath};

use yaml::Yaml;

/// Files by path; the build starts in `top`.
pub(crate) type Case = Vec<(String, Vec<Yaml>)>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [reference, folder, seconds, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: differential REFERENCE FOLDER SECONDS [SEED]");
        return ExitCode::from(2);
    };
    let seed: u64 = rest.first().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds.parse().unwrap_or(60));
    let (next, sums) = (AtomicU64::new(seed), Mutex::new(Sums::default()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(|| {
                while Instant::now() < end {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let outcome = try_seed(seed, reference, Path::new(folder));
                    sums.lock().unwrap_or_else(PoisonError::into_inner).add(outcome.as_ref());
                }
            });
        }
    });
    let sums = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{sums:?}");
    ExitCode::from(u8::from(sums.differ > 0))
}

#[derive(Debug, Default)]
struct Sums {
    equal: u64,
    refused_by_both: u64,
    reference_crashes: u64,
    gaps: u64,
    differ: u64,
    left_out: u64,
}

impl Sums {
    fn add(&mut self, outcome: Option<&Outcome>) {
        match outcome {
            None => self.left_out += 1,
            Some(Outcome::Equal) => self.equal += 1,
            Some(Outcome::BothRefuse) => self.refused_by_both += 1,
            Some(Outcome::Crash) => self.reference_crashes += 1,
            Some(Outcome::Gap) => self.gaps += 1,
            Some(Outcome::Differ(_)) => self.differ += 1,
        }
    }
}

/// One of this many cases that we refuse is shown to the reference: most random cases are refused, and what both
/// refuse says little for the time that it takes.
const REFUSED_SHARE: u64 = 8;

/// Tries the case of a seed; a difference is shrunk and kept. None for a case that is left out.
fn try_seed(seed: u64, reference: &str, folder: &Path) -> Option<Outcome> {
    let case = generate::case(seed);
    if !seed.is_multiple_of(REFUSED_SHARE) && ours(&case).is_err() {
        return None;
    }
    let bench = Bench { reference, folder: &folder.join(format!("work-{seed}")) };
    let mut outcome = bench.run(&case);
    if let Outcome::Differ(_) = outcome {
        let class = outcome.class();
        let small = shrink::shrink(case, &|case| bench.run(case).class() == class);
        write(&folder.join(format!("found-{seed}")), &small);
        outcome = bench.run(&small);
        println!("found-{seed}: {outcome:?}");
    }
    let _ = std::fs::remove_dir_all(bench.folder);
    Some(outcome)
}

#[derive(Debug)]
enum Outcome {
    Equal,
    BothRefuse,
    /// The reference panics where we build: nothing to be equal to.
    Crash,
    /// We say that we do not know all of it.
    Gap,
    Differ(String),
}

impl Outcome {
    /// Differences of one class are taken for the same while shrinking.
    fn class(&self) -> u8 {
        match self {
            Self::Equal => 0,
            Self::BothRefuse => 1,
            Self::Crash => 5,
            Self::Gap => 6,
            Self::Differ(why) if why.starts_with("only the reference") => 2,
            Self::Differ(why) if why.starts_with("only we") => 3,
            Self::Differ(_) => 4,
        }
    }
}

struct Bench<'b> {
    reference: &'b str,
    folder: &'b Path,
}

impl Bench<'_> {
    fn run(&self, case: &Case) -> Outcome {
        let _ = std::fs::remove_dir_all(self.folder);
        write(self.folder, case);
        let output = Command::new(self.reference).arg("kustomize").arg(self.folder.join("top")).output();
        let Ok(output) = output else { return Outcome::Equal };
        let theirs = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        match (output.status.success(), ours(case)) {
            (_, Ok(Ours::Gap)) => Outcome::Gap,
            (true, Ok(Ours::Built(ours))) if ours == theirs => Outcome::Equal,
            (true, Ok(Ours::Built(ours))) => Outcome::Differ(difference(&ours, &theirs)),
            (true, Err(why)) => Outcome::Differ(format!("only we refuse: {why}")),
            (false, Ok(_)) => {
                let last = error.lines().rfind(|line| !line.starts_with('#')).unwrap_or_default();
                if error.lines().any(|line| line.starts_with("panic: ")) {
                    return Outcome::Crash;
                }
                let last = last.chars().take(400).collect::<String>();
                Outcome::Differ(format!("only the reference refuses: {last}"))
            }
            (false, Err(_)) => Outcome::BothRefuse,
        }
    }
}

enum Ours {
    Built(String),
    Gap,
}

fn ours(case: &Case) -> Result<Ours, String> {
    let tree = case.iter().fold(MemTree::new(), |tree, (path, docs)| tree.file(path, yaml::text(docs)));
    let build =
        Session::default().build(&tree.build(), &TreePath::from_normalized("top"), &Options::default());
    if let Some(error) = &build.error {
        return Err(error.to_string());
    }
    if !build.gaps.is_empty() {
        return Ok(Ours::Gap);
    }
    to_yaml(&build.resources).map(Ours::Built).map_err(|error| error.to_string())
}

fn difference(ours: &str, theirs: &str) -> String {
    let lines = ours.lines().zip(theirs.lines());
    match lines.into_iter().find(|(a, b)| a != b) {
        Some((a, b)) => format!("ours `{a}`, theirs `{b}`"),
        None => format!("{} lines and {}", ours.lines().count(), theirs.lines().count()),
    }
}

fn write(folder: &Path, case: &Case) {
    for (path, docs) in case {
        let path = folder.join(path);
        let _ = std::fs::create_dir_all(path.parent().unwrap_or(folder));
        let _ = std::fs::write(path, yaml::text(docs));
    }
}
