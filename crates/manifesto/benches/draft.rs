//! `cargo bench -p manifesto --bench draft`: what a draft costs, beside what `git diff` of the same range and the parse of what it
//! reads cost.
//!
//! Uses the case of `../shared` when it is there, else a repository that it makes. Ratios count, not milliseconds: both run in
//! turns on the same machine, and the median of many runs is shown.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use manifesto_git::{Configuration, RangeSpec, Repository};
use manifesto_tree::{BlobId, Entry, Tree};
use manifesto_yaml::{Dialect, Limits, parse};

const RUNS: usize = 21;

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let Some((repository, range, template)) = real(directory.path()).or_else(|| made(directory.path()))
    else {
        println!("skipped: git is not installed");
        return;
    };
    let binary = env!("CARGO_BIN_EXE_manifesto");
    let repo = repository.to_str().expect("a path of ours");
    let template = template.to_str().expect("a path of ours");
    let (mut draft, mut diff) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        draft.push(time(Command::new(binary).args([
            "draft",
            &range,
            "--repo",
            repo,
            "--template",
            template,
        ])));
        diff.push(time(Command::new("git").args(["-C", repo, "diff", "-M", &range])));
    }
    let (draft, diff) = (median(draft), median(diff));
    let [changed, all] = parses(&repository, &range);
    println!("{range}: draft {draft:?}, git diff {diff:?}");
    println!("parse of the files that differ: {changed:?}; of every manifest of both sides: {all:?}");
    let ratio = |base: Duration| draft.as_secs_f64() / base.as_secs_f64();
    println!("draft : git diff + parse of the files that differ = {:.1}", ratio(diff + changed));
    println!("draft : git diff + parse of every manifest = {:.1}", ratio(diff + all));
}

/// The time to read and parse the YAML that differs, and all YAML: what a policy means depends on all that it selects.
/// Each content once, on one core.
fn parses(repository: &Path, range: &str) -> [Duration; 2] {
    let repository = Repository::open(repository, Configuration::Usual).expect("a repository of ours");
    let spec: RangeSpec = range.parse().expect("a range of ours");
    let range = repository.resolve(&spec).expect("a range of ours");
    let tree = |revision| repository.tree(revision).expect("a tree of ours").tree;
    let trees = [tree(&range.base), tree(&range.head)];
    let contents = |tree: &Tree| -> BTreeSet<BlobId> {
        let is_yaml = |entry: &&Entry| matches!(entry.path.extension(), Some("yaml" | "yml"));
        tree.entries().iter().filter(is_yaml).map(|entry| entry.id).collect()
    };
    let (base, head) = (contents(&trees[0]), contents(&trees[1]));
    let differing: BTreeSet<BlobId> = base.symmetric_difference(&head).copied().collect();
    let all: BTreeSet<BlobId> = base.union(&head).copied().collect();
    [differing, all].map(|ids| {
        let times = (0..RUNS).map(|_| {
            let start = Instant::now();
            for id in &ids {
                let content = trees[1].blobs().read(id).expect("a content of ours");
                std::hint::black_box(parse(&content, Dialect::SigsV2, &Limits::default()));
            }
            start.elapsed()
        });
        median(times.collect())
    })
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program runs");
    assert!(status.success(), "{command:?}");
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn git(directory: &Path, arguments: &[&str]) -> Option<()> {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=b", "-c", "user.email=b@example.org"]).args(arguments);
    let quiet = command.current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().ok()?.success().then_some(())
}

fn real(directory: &Path) -> Option<(PathBuf, String, PathBuf)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let bundle = shared.join("corpora/arcane.bundle").canonicalize().ok()?;
    git(directory, &["clone", "--bare", bundle.to_str()?, "arcane.git"])?;
    let case = "12-cnpg-backup";
    Some((
        directory.join("arcane.git"),
        format!("{case}/base..{case}/head"),
        shared.join("template/feature.md"),
    ))
}

/// Two hundred kustomizations, of which one changes.
fn made(directory: &Path) -> Option<(PathBuf, String, PathBuf)> {
    let root = directory.join("made");
    for index in 0..200 {
        let app = root.join(format!("apps/app-{index}"));
        std::fs::create_dir_all(&app).ok()?;
        std::fs::write(app.join("kustomization.yaml"), "resources: [web.yaml]\n").ok()?;
        std::fs::write(app.join("web.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")
            .ok()?;
    }
    git(&root, &["init"])?;
    git(&root, &["add", "-A"])?;
    git(&root, &["commit", "-m", "base"])?;
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: LoadBalancer}\n";
    std::fs::write(root.join("apps/app-7/web.yaml"), service).ok()?;
    git(&root, &["commit", "-am", "head"])?;
    let template = root.join("template.md");
    std::fs::write(&template, "## Infrastructure impact\n\n- [ ] Network\n").ok()?;
    Some((root, "HEAD~1..HEAD".to_owned(), template))
}
