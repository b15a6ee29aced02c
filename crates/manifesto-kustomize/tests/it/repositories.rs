//! Every kustomization of public repositories that the reference builds offline, by the hash of its output.

use std::collections::BTreeSet;
use std::path::Path;

use manifesto_kustomize::{LoadRestrictor, Options, Session, to_yaml};
use manifesto_tree::TreePath;
use manifesto_yaml::{Dialect, Limits, Node, parse};
use sha2::{Digest as _, Sha256};

use crate::support::{archive, shared};

#[test]
fn public_repositories_come_out_the_same() {
    let Some(folder) = shared("conformance/repos") else {
        println!("skipped: ../shared/conformance is not here");
        return;
    };
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    names.sort();
    let mut failed = BTreeSet::new();
    for json in names {
        let (builds, failures) = run(&json);
        println!("{}: {} of {builds}", json.display(), builds - failures.len());
        failed.extend(failures);
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

fn run(json: &Path) -> (usize, Vec<String>) {
    let text = std::fs::read(json).unwrap();
    let root = parse(&text, Dialect::SigsV2, &Limits::default()).documents.remove(0).root;
    let repository = root.get("repository").and_then(Node::as_str).unwrap();
    let tree = archive(&json.with_extension("tar.gz"));
    let session = Session::default();
    let builds = root.get("builds").map(Node::items).unwrap();
    let text = |build: &Node, field| build.get(field).and_then(Node::as_str).unwrap().to_owned();
    let failures = builds.iter().filter_map(|expected| {
        let none = text(expected, "load_restrictor") == "LoadRestrictionsNone";
        let load_restrictor = if none { LoadRestrictor::None } else { LoadRestrictor::RootOnly };
        let directory = text(expected, "dir");
        let options = Options { load_restrictor, ..Options::default() };
        let build = session.build(&tree, &TreePath::new(&directory).unwrap(), &options);
        let yaml = to_yaml(&build.resources).unwrap();
        let hash = hex(&Sha256::digest(yaml.as_bytes()));
        (hash != text(expected, "sha256")).then(|| format!("{repository} {directory}: {}", build.problems()))
    });
    (builds.len(), failures.collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
