//! Stand-in until manifesto-kustomize lands.
use manifesto_tree::{Entry, Gap, GapReason, Place, Tree, TreePath};
use manifesto_yaml::{Dialect, Limits, Node, parse};
#[derive(Debug, Default)]
pub(crate) struct Session;
pub(crate) struct References {
    pub(crate) paths: Vec<TreePath>,
    pub(crate) is_component: bool,
}
pub(crate) fn is_kustomization_file(name: &str) -> bool {
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}
pub(crate) fn kustomization_file<'t>(tree: &'t Tree, d: &TreePath) -> Option<&'t Entry> {
    ["kustomization.yaml", "kustomization.yml", "Kustomization"].iter().find_map(|n| tree.entry(&d.child(n)))
}
fn read(tree: &Tree, d: &TreePath) -> Option<(TreePath, Node)> {
    let e = kustomization_file(tree, d)?;
    let b = tree.read(e).ok()?;
    parse(&b, Dialect::GoV3, &Limits::default())
        .documents
        .into_iter()
        .next()
        .map(|x| (e.path.clone(), x.root))
}
fn strings(n: &Node, out: &mut Vec<String>) {
    if let Some(t) = n.text() {
        out.push(t.to_owned());
    }
    for i in n.items() {
        strings(i, out);
    }
    for e in n.entries() {
        strings(&e.value, out);
    }
}
pub(crate) fn references(_: &Session, tree: &Tree, d: &TreePath) -> References {
    let Some((_, root)) = read(tree, d) else { return References { paths: vec![], is_component: false } };
    let mut s = vec![];
    strings(&root, &mut s);
    let mut paths = vec![];
    for t in s {
        if let Ok(p) = d.join(t.split_once('=').map_or(t.as_str(), |x| x.1)) {
            if p != *d && (tree.entry(&p).is_some() || tree.is_directory(&p)) {
                paths.push(p);
            }
        }
    }
    References { paths, is_component: root.get("kind").and_then(Node::as_str) == Some("Component") }
}
#[derive(Default)]
pub(crate) struct Build {
    pub(crate) resources: Vec<(TreePath, Node)>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) reads: Vec<TreePath>,
}
pub(crate) fn build(tree: &Tree, d: &TreePath) -> Build {
    let mut b = Build::default();
    add(tree, d, &mut b, 0);
    b
}
fn add(tree: &Tree, d: &TreePath, b: &mut Build, depth: usize) {
    let Some((path, root)) = read(tree, d) else { return };
    b.reads.push(path.clone());
    if depth > 20 {
        return;
    }
    for e in root.entries() {
        let k = e.key.text().unwrap_or_default();
        match k {
            "apiVersion" | "kind" | "metadata" => {}
            "resources" => {
                for r in e.value.items() {
                    let Some(t) = r.text() else { continue };
                    let Ok(p) = d.join(t) else { continue };
                    if tree.is_directory(&p) && tree.entry(&p).is_none() {
                        add(tree, &p, b, depth + 1);
                        continue;
                    }
                    match tree.entry(&p) {
                        Some(entry) => {
                            b.reads.push(p.clone());
                            for doc in parse(
                                &tree.read(entry).unwrap_or_default(),
                                Dialect::GoV3,
                                &Limits::default(),
                            )
                            .documents
                            {
                                b.resources.push((p.clone(), doc.root));
                            }
                        }
                        None => b.gaps.push(
                            Gap::new(GapReason::RemoteSource, format!("{t} is not in the repository"))
                                .at(Place::line(path.clone(), r.mark.line)),
                        ),
                    }
                }
            }
            "namespace" => {}
            _ => b.gaps.push(
                Gap::new(GapReason::Unsupported, format!("`{k}` of a kustomization is not rendered"))
                    .at(Place::line(path.clone(), e.key.mark.line)),
            ),
        }
    }
}
