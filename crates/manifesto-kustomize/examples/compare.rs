//! Compares with the reference: every directory below ROOT that has a kustomization is built with `kubectl kustomize`
//! and with this crate.
//!
//! Usage: compare REFERENCE ROOT [--restrictor none] [--only DIRECTORY] [--show]
//!
//! Prints one line for each directory that differs, and the sums. The directories are those of a checked-out tree.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the command line")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use manifesto_kustomize::{Build, LoadRestrictor, Options, Session, kustomization_names, to_yaml};
use manifesto_tree::{MemTree, Tree, TreePath};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [reference, root, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: compare REFERENCE ROOT [--restrictor none] [--only DIRECTORY] [--show]");
        return ExitCode::from(2);
    };
    let flag = |name: &str| rest.iter().any(|argument| argument == name);
    let value = |name: &str| rest.iter().position(|argument| argument == name).and_then(|i| rest.get(i + 1));
    let restrictor =
        if value("--restrictor").is_some() { LoadRestrictor::None } else { LoadRestrictor::RootOnly };
    let root = PathBuf::from(root);
    let tree = tree_of(&root);
    let options = Options { load_restrictor: restrictor, charts: None };
    let session = Session::default();
    let mut sums = Sums::default();
    for directory in directories(&tree) {
        if value("--only").is_some_and(|only| *only != directory.as_str()) {
            continue;
        }
        let ours = session.build(&tree, &directory, &options);
        let theirs = run(reference, &root.join(directory.as_str()), restrictor);
        let verdict = compare(&ours, &theirs);
        sums.add(&verdict);
        if !matches!(verdict, Verdict::Equal | Verdict::BothRefuse | Verdict::Gap) || flag("--show") {
            println!("{}\t{verdict:?}", directory.as_str());
            if flag("--show") {
                println!("{}", ours.problems());
            }
        }
    }
    println!("{sums:?}");
    ExitCode::from(u8::from(sums.different > 0))
}

#[derive(Debug)]
#[allow(dead_code, reason = "why they differ is printed")]
enum Verdict {
    Equal,
    BothRefuse,
    Gap,
    NeedlessGap(String),
    OursRefuses(String),
    TheirsRefuses(String),
    Different(String),
}

#[derive(Debug, Default)]
struct Sums {
    directories: usize,
    equal: usize,
    both_refuse: usize,
    gaps: usize,
    different: usize,
}

impl Sums {
    fn add(&mut self, verdict: &Verdict) {
        self.directories += 1;
        match verdict {
            Verdict::Equal => self.equal += 1,
            Verdict::BothRefuse => self.both_refuse += 1,
            Verdict::Gap => self.gaps += 1,
            _ => self.different += 1,
        }
    }
}

fn compare(ours: &Build, theirs: &Result<String, String>) -> Verdict {
    let text = to_yaml(&ours.resources);
    match (theirs, &ours.error, text) {
        (Err(_), None, _) if !ours.gaps.is_empty() => Verdict::Gap,
        (Ok(_), None, _) if !ours.gaps.is_empty() => Verdict::NeedlessGap(ours.problems()),
        (Err(_), Some(_), _) | (Err(_), None, Err(_)) => Verdict::BothRefuse,
        (Err(why), None, Ok(_)) => Verdict::TheirsRefuses(why.clone()),
        (Ok(_), Some(error), _) => Verdict::OursRefuses(error.to_string()),
        (Ok(_), None, Err(error)) => Verdict::OursRefuses(error.to_string()),
        (Ok(theirs), None, Ok(ours)) if *theirs == ours => Verdict::Equal,
        (Ok(theirs), None, Ok(ours)) => Verdict::Different(first_difference(&ours, theirs)),
    }
}

fn first_difference(ours: &str, theirs: &str) -> String {
    let mut lines = ours.lines().zip(theirs.lines()).enumerate();
    match lines.find(|(_, (a, b))| a != b) {
        Some((line, (a, b))) => format!("line {}: ours `{a}`, theirs `{b}`", line + 1),
        None => format!("{} lines and {}", ours.lines().count(), theirs.lines().count()),
    }
}

fn run(reference: &str, directory: &Path, restrictor: LoadRestrictor) -> Result<String, String> {
    let mut command = Command::new(reference);
    command.arg("kustomize").arg(directory);
    if restrictor == LoadRestrictor::None {
        command.arg("--load-restrictor=LoadRestrictionsNone");
    }
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(error.chars().rev().take(300).collect::<Vec<_>>().into_iter().rev().collect())
}

fn directories(tree: &Tree) -> Vec<TreePath> {
    let is_kustomization = |path: &TreePath| kustomization_names().contains(&path.file_name());
    let mut directories: Vec<TreePath> =
        tree.entries().iter().filter(|e| is_kustomization(&e.path)).filter_map(|e| e.path.parent()).collect();
    directories.dedup();
    directories
}

fn tree_of(root: &Path) -> Tree {
    let mut tree = MemTree::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(&directory).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_symlink() {
                let target = std::fs::read_link(&path).unwrap_or_default();
                tree = tree.symlink(&name, &target.to_string_lossy());
            } else if kind.is_dir() {
                pending.push(path);
            } else if let Ok(content) = std::fs::read(&path) {
                tree = tree.file(&name, content);
            }
        }
    }
    tree.build()
}
