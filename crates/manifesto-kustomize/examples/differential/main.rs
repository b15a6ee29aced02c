//! A differential fuzzer: makes kustomizations, builds them with the reference and with this crate, and shrinks what
//! differs.
//!
//! Usage: differential REFERENCE FOLDER SECONDS [SEED]
//!
//! Differing cases are written to FOLDER/found-SEED, shrunk. Each case has a seed of its own, printed with it.

mod generate;
mod random;
mod shrink;
mod yaml;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering};
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
    let (next, built, equal, refused) =
        (AtomicU64::new(seed), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let found = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(|| {
                while Instant::now() < end {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let case = generate::case(seed);
                    let bench =
                        Bench { reference, folder: &PathBuf::from(folder).join(format!("work-{seed}")) };
                    let outcome = bench.run(&case);
                    built.fetch_add(1, Ordering::Relaxed);
                    match &outcome {
                        Outcome::Equal => equal.fetch_add(1, Ordering::Relaxed),
                        Outcome::BothRefuse => refused.fetch_add(1, Ordering::Relaxed),
                        Outcome::Differ(why) => {
                            let class = outcome.class();
                            let small = shrink::shrink(case, &|case| bench.run(case).class() == class);
                            let kept = PathBuf::from(folder).join(format!("found-{seed}"));
                            write(&kept, &small);
                            let why =
                                if let Outcome::Differ(why) = bench.run(&small) { why } else { why.clone() };
                            println!("found-{seed}: {why}");
                            found.fetch_add(1, Ordering::Relaxed)
                        }
                    };
                    let _ = std::fs::remove_dir_all(bench.folder);
                }
            });
        }
    });
    let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    println!(
        "{} cases, {} equal, {} refused by both, {} differ",
        load(&built),
        load(&equal),
        load(&refused),
        load(&found)
    );
    ExitCode::from(u8::from(load(&found) > 0))
}

#[derive(Debug)]
enum Outcome {
    Equal,
    BothRefuse,
    Differ(String),
}

impl Outcome {
    /// Differences of one class are taken for the same while shrinking.
    fn class(&self) -> u8 {
        match self {
            Self::Equal => 0,
            Self::BothRefuse => 1,
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
            (true, Ok(ours)) if ours == theirs => Outcome::Equal,
            (true, Ok(ours)) => Outcome::Differ(difference(&ours, &theirs)),
            (true, Err(why)) => Outcome::Differ(format!("only we refuse: {why}")),
            (false, Ok(_)) => {
                let last = error.lines().rfind(|line| !line.starts_with('#')).unwrap_or_default();
                let panic = error.lines().find(|line| line.starts_with("panic")).unwrap_or(last);
                Outcome::Differ(format!(
                    "only the reference refuses: {}",
                    panic.chars().take(400).collect::<String>()
                ))
            }
            (false, Err(why)) => {
                if std::env::var_os("SHOW_REFUSED").is_some() {
                    println!("refused: {why}");
                }
                Outcome::BothRefuse
            }
        }
    }
}

fn ours(case: &Case) -> Result<String, String> {
    let tree = case.iter().fold(MemTree::new(), |tree, (path, docs)| tree.file(path, yaml::text(docs)));
    let build =
        Session::default().build(&tree.build(), &TreePath::from_normalized("top"), &Options::default());
    if let Some(error) = &build.error {
        return Err(error.to_string());
    }
    if !build.gaps.is_empty() {
        return Err(build.problems());
    }
    to_yaml(&build.resources).map_err(|error| error.to_string())
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
