use crate::{FileChangeKind, LookupError, MemTree, PathError, Tree, TreePath, file_changes};

fn path(text: &str) -> TreePath {
    TreePath::new(text).unwrap()
}

#[test]
fn paths_are_normalised_and_stay_inside() {
    assert_eq!(path("a/./b//c/../d").as_str(), "a/b/d");
    assert_eq!(path("./").as_str(), "");
    assert_eq!(TreePath::new("/etc/passwd"), Err(PathError::Absolute));
    assert_eq!(TreePath::new("a/../../b"), Err(PathError::AboveRoot));
    assert_eq!(path("apps/web").join("../../base").unwrap().as_str(), "base");
    assert_eq!(path("apps/web").join("../../../x"), Err(PathError::AboveRoot));
    assert_eq!(path("a/b.tar.gz").extension(), Some("gz"));
    assert_eq!(path("a/.hidden").extension(), None);
    assert_eq!(path("a/b").strip_prefix(&path("a")), Some("b"));
    assert_eq!(path("ab/c").strip_prefix(&path("a")), None);
    let ancestors: Vec<String> = path("a/b/c").ancestors().map(|p| p.to_string()).collect();
    assert_eq!(ancestors, ["a/b", "a", ""]);
}

#[test]
fn directories_are_prefixes() {
    let tree = MemTree::new().file("a/b/c.yaml", "").file("a/b.yaml", "").file("a-b/d.yaml", "").build();
    let files: Vec<&str> = tree.files_in(&path("a")).map(|entry| entry.path.as_str()).collect();
    assert_eq!(files, ["a/b.yaml"]);
    assert_eq!(tree.directories_in(&TreePath::root()), [path("a"), path("a-b")]);
    assert_eq!(tree.directories_in(&path("a")), [path("a/b")]);
    assert_eq!(tree.below(&path("a")).len(), 2);
    assert!(tree.is_directory(&path("a/b")) && !tree.is_directory(&path("a/b.yaml")));
}

#[test]
fn links_are_followed_inside_the_tree_only() {
    let tree = MemTree::new()
        .file("shared/policy.yaml", "x")
        .symlink("apps/web/policies", "../../shared")
        .symlink("out", "../etc/passwd")
        .symlink("root", "/proc/self/environ")
        .symlink("circle", "circle")
        .symlink("dangling", "nowhere")
        .build();
    assert_eq!(
        tree.lookup(&path("apps/web/policies/policy.yaml")).unwrap().path.as_str(),
        "shared/policy.yaml"
    );
    assert_eq!(tree.resolve(&path("apps/web/policies")).unwrap().as_str(), "shared");
    assert!(matches!(tree.lookup(&path("out")), Err(LookupError::Escapes { .. })));
    assert!(matches!(tree.lookup(&path("root")), Err(LookupError::Escapes { .. })));
    assert!(matches!(tree.lookup(&path("circle")), Err(LookupError::Loop(_))));
    assert_eq!(tree.lookup(&path("dangling")).unwrap_err(), LookupError::NotFound);
}

#[test]
fn changes_know_what_moved() {
    let base = MemTree::new().file("a", "1").file("b", "2").file("c", "3").file("same", "4").build();
    let head = MemTree::new().file("a", "9").file("moved/b", "2").file("new", "5").file("same", "4").build();
    let changes: Vec<String> = file_changes(&base, &head)
        .iter()
        .map(|change| format!("{} {:?}", change.path, change.kind))
        .collect();
    assert_eq!(
        changes,
        ["a Modified", "c Removed", "moved/b Renamed { from: \"b\", modified: false }", "new Added"]
    );
    assert!(matches!(file_changes(&base, &base).as_slice(), []));
    assert!(!matches!(file_changes(&head, &base)[0].kind, FileChangeKind::Renamed { .. }));
}

#[test]
fn a_file_can_be_laid_over_a_tree() {
    let tree = MemTree::new().file("a/k.yaml", "old").file("b", "2").build();
    let over = tree.with_file(&path("a/k.yaml"), *b"new").with_file(&path("c"), *b"3");
    let text = |tree: &Tree, at: &str| {
        let bytes = tree.read(tree.entry(&path(at))?).ok()?;
        String::from_utf8(bytes.to_vec()).ok()
    };
    assert_eq!(text(&over, "a/k.yaml").as_deref(), Some("new"));
    assert_eq!(text(&over, "b").as_deref(), Some("2"));
    assert_eq!(text(&over, "c").as_deref(), Some("3"));
    assert_eq!(text(&tree, "a/k.yaml").as_deref(), Some("old"));
    assert_eq!((tree.entries().len(), over.entries().len()), (2, 3));
}
