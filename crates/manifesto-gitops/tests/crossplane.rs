//! The compositions of a real repository, before and after a change that widened what they let read (see `../shared`,
//! case 11).

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it expects")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use manifesto_gitops::crossplane::{CompositeUse, Composition, compose, composites};
use manifesto_kustomize::{Options, Session};
use manifesto_objects::{Object, compare_fields, objects_of};
use manifesto_tree::{MemTree, Tree, TreePath};
use manifesto_yaml::{Dialect, Limits, parse};

const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/arcane.bundle");

/// A claim for the one composition that nothing in the repository uses.
const TAILSCALED: &str = "\
apiVersion: vault.chezmoi.sh/v1alpha1
kind: TailscaledClusterVault
metadata: {name: shodan.akn}
spec: {name: shodan.akn, host: https://kubernetes.example.ts.net}
";

fn git(directory: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(directory).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The files of a revision that speak of Crossplane.
fn tree(repository: &Path, revision: &str) -> Option<Tree> {
    let mut tree = MemTree::new();
    for path in git(repository, &["ls-tree", "-r", "--name-only", "-z", revision])?.split('\0') {
        if path.contains("/crossplane/")
            && Path::new(path).extension().is_some_and(|extension| extension == "yaml")
        {
            tree = tree.file(path, git(repository, &["show", &format!("{revision}:{path}")])?);
        }
    }
    Some(tree.build())
}

/// Definitions and compositions as kustomize builds them, and claims as they are written.
fn objects(tree: &Tree) -> Vec<Arc<Object>> {
    let session = Session::default();
    let mut objects = Vec::new();
    for catalog in ["clustervault.vault.chezmoi.sh", "domainidentity.amazonses.chezmoi.sh"] {
        let directory = TreePath::new(&format!("catalog/crossplane/{catalog}")).unwrap();
        let build = session.build(tree, &directory, &Options::default());
        assert_eq!(build.error, None);
        for resource in &build.resources {
            let object =
                Object::new(resource.root.clone(), Arc::clone(&resource.files), Arc::clone(&resource.via));
            objects.push(Arc::new(object.unwrap()));
        }
    }
    for entry in
        tree.entries().iter().filter(|entry| entry.path.as_str().contains("/infrastructure/crossplane/"))
    {
        objects.extend(read(entry.path.as_str(), &tree.read(entry).unwrap()));
    }
    objects.extend(read("tailscaled.yaml", TAILSCALED.as_bytes()));
    objects
}

fn read(path: &str, content: &[u8]) -> Vec<Arc<Object>> {
    let files: Arc<[TreePath]> = Arc::from([TreePath::new(path).unwrap()]);
    let parsed = parse(content, Dialect::SigsV2, &Limits::default());
    let found =
        parsed.documents.iter().flat_map(|document| objects_of(&document.root, &files, &Arc::from([])));
    found.filter_map(Result::ok).map(Arc::new).collect()
}

/// What each composite or claim of a revision is made into.
fn made(tree: &Tree) -> BTreeMap<String, Composition> {
    let objects = objects(tree);
    let compose_one = |found: CompositeUse| {
        let composition =
            found.composition.unwrap_or_else(|| panic!("{}: {:?}", found.composite.id, found.why));
        let made = compose(&found.composite, &composition, found.definition.as_deref(), &objects);
        (composition.id.name.clone(), made)
    };
    composites(&objects).into_iter().map(compose_one).collect()
}

#[test]
fn the_compositions_of_2025_render_and_show_that_more_may_be_read() {
    if !Path::new(BUNDLE).exists() {
        println!("skipped: {BUNDLE} is not there");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let cloned = git(directory.path(), &["clone", "-q", "--bare", BUNDLE, "arcane.git"]);
    let Some(_) = cloned else { return println!("skipped: git is not there") };
    let repository = directory.path().join("arcane.git");
    let side = |side: &str| made(&tree(&repository, &format!("11-crossplane-composition/{side}")).unwrap());
    let (base, head) = (side("base"), side("head"));
    let counts: Vec<(&str, usize)> =
        head.iter().map(|(name, made)| (name.as_str(), made.objects.len())).collect();
    assert_eq!(
        counts,
        [
            ("cloudflare.xdomainidentities.amazonses.chezmoi.sh", 6),
            ("openbao.xlocalclustervaults.vault.chezmoi.sh", 5),
            ("openbao.xremoteclustervaults.vault.chezmoi.sh", 5),
            ("openbao.xtailscaledclustervaults.vault.chezmoi.sh", 5),
        ]
    );
    let mut changed = Vec::new();
    for (name, head) in &head {
        for made in &head.objects {
            let before = base[name].objects.iter().find(|before| before.name == made.name).unwrap();
            for change in compare_fields(&before.object.root, &made.object.root) {
                let text = |node: Option<&manifesto_yaml::Node>| {
                    node.and_then(|node| node.text()).unwrap_or_default().to_owned()
                };
                assert!(text(change.base.as_ref()).contains("path \"shared/third-parties/+/"), "{change:?}");
                assert!(
                    text(change.head.as_ref()).contains("path \"shared/+/third-parties/+/+/"),
                    "{change:?}"
                );
                let place = made
                    .object
                    .origin_at(manifesto_tree::Side::Head, change.head.as_ref().unwrap().mark)
                    .place;
                changed.push(format!("{} {} {place}", made.name, change.path));
            }
        }
    }
    println!("{changed:#?}");
    assert_eq!(changed.len(), 3, "{changed:#?}");
    assert!(
        changed
            .iter()
            .all(|change| change.starts_with("ESOPolicy spec.forProvider.policy catalog/crossplane/"))
    );
    // What only the cluster knows: the records that wait for their tokens, and the Secret with the reviewer's.
    let gaps: Vec<String> = head.values().flat_map(|made| &made.gaps).map(ToString::to_string).collect();
    println!("{gaps:#?}");
    assert_eq!(gaps.len(), 2, "{gaps:#?}");
}
