//! `helmCharts` of kustomizations: a page of cases over the charts beside it.
//!
//! `MANIFESTO_BLESS=1` writes what is expected anew. `MANIFESTO_ORACLE=DIRECTORY`, as `shared/oracle/install.sh` fills it,
//! holds what comes out against `kubectl kustomize --enable-helm`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test, which says what it counts")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use manifesto_case::{Case, check_page};
use manifesto_gitops::Charts;
use manifesto_kustomize::{Options, Session, to_yaml};
use manifesto_tree::{MemTree, Tree, TreePath};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/helm_charts");

#[test]
fn charts_of_kustomizations_render_as_kustomize_has_helm_render_them() {
    let oracle = std::env::var_os("MANIFESTO_ORACLE").map(PathBuf::from);
    let refuted = Mutex::new(Vec::new());
    let run = |case: &Case, _: &str| {
        let tree = with_charts(&case.head);
        let built = build(&tree);
        if let Some(oracle) = &oracle {
            let theirs = reference(oracle, &tree);
            if theirs.as_ref().ok() != built.as_ref().ok() {
                refuted.lock().unwrap().push(format!("{}: the reference gives\n{theirs:?}", case.name));
            }
        }
        built.unwrap_or_else(|reason| format!("refused: {reason}\n"))
    };
    let page = Path::new(FOLDER).join("cases.md");
    let failures = check_page(&page, &["output"], &[], run);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let refuted = refuted.into_inner().unwrap();
    assert!(refuted.is_empty(), "{}", refuted.join("\n"));
}

/// What is printed, or why there is nothing.
fn build(tree: &Tree) -> Result<String, String> {
    let charts = Charts::default();
    let options = Options { charts: Some(&charts), ..Options::default() };
    let build = Session::default().build(tree, &TreePath::root(), &options);
    if let Some(error) = &build.error {
        return Err(error.to_string());
    }
    if let Some(gap) = build.gaps.first() {
        return Err(gap.to_string());
    }
    to_yaml(&build.resources).map_err(|error| error.to_string())
}

fn reference(oracle: &Path, tree: &Tree) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    for entry in tree.entries() {
        let path = folder.path().join(entry.path.as_str());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, tree.read(entry).unwrap()).unwrap();
    }
    let output = Command::new(oracle.join("kubectl"))
        .args(["kustomize", "--enable-helm", "--helm-command"])
        .arg(oracle.join("kustomize-helm"))
        .arg(folder.path())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The files of a case with the charts, which are real directories.
fn with_charts(case: &Tree) -> Tree {
    let mut tree = MemTree::new();
    let mut pending = vec![Path::new(FOLDER).join("charts")];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(&directory).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            let name = path.strip_prefix(FOLDER).unwrap().to_string_lossy().into_owned();
            tree = tree.file(&name, std::fs::read(&path).unwrap());
        }
    }
    for entry in case.entries() {
        tree = tree.file(entry.path.as_str(), &case.read(entry).unwrap()[..]);
    }
    tree.build()
}
