//! `cargo bench -p manifesto --bench draft`: what a draft costs, beside what `git diff` of the same range costs.
//!
//! Uses the case of `../shared` when it is there, else a repository that it makes. Ratios count, not milliseconds: both run in
//! turns on the same machine, and the median of many runs is shown.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    println!(
        "{range}: draft {draft:?}, git diff {diff:?}, ratio {:.1}",
        draft.as_secs_f64() / diff.as_secs_f64()
    );
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
