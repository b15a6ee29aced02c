use manifesto_tree::{FileChangeKind, MemTree, Tree};

use super::fixture::{EXECUTABLE, FILE, Fixture, SUBMODULE, SYMLINK};
use crate::changes;

/// Compares the changes between two trees with lines of a status and paths, as `git diff --name-status -M` prints them.
fn check(base: &Tree, head: &Tree, expected: &str) {
    let changes = changes(base, head);
    let lines: Vec<String> = changes
        .iter()
        .map(|change| match &change.kind {
            FileChangeKind::Added => format!("A {}", change.path),
            FileChangeKind::Removed => format!("D {}", change.path),
            FileChangeKind::Modified => format!("M {}", change.path),
            FileChangeKind::Renamed { from, modified: false } => format!("R100 {from} {}", change.path),
            FileChangeKind::Renamed { from, modified: true } => format!("R {from} {}", change.path),
        })
        .collect();
    assert_eq!(lines.join("\n"), expected);
}

/// Ten lines that no other stem has, from the index on.
fn lines(stem: &str, start: usize) -> String {
    let lines: Vec<String> = (start..start + 10).map(|index| format!("{stem} line {index:02}\n")).collect();
    lines.concat()
}

#[test]
fn a_file_that_moved_is_one_change() {
    let base = MemTree::new().file("old/a.yaml", lines("a", 0)).file("same", "x").build();
    let head = MemTree::new().file("new/a.yaml", lines("a", 0)).file("same", "x").build();
    check(&base, &head, "R100 old/a.yaml new/a.yaml");
    check(&head, &base, "R100 new/a.yaml old/a.yaml");
    check(&base, &base, "");
}

#[test]
fn half_of_the_content_is_enough() {
    let base = MemTree::new().file("old.yaml", lines("a", 0)).build();
    check(&base, &MemTree::new().file("new.yaml", lines("a", 5)).build(), "R old.yaml new.yaml");
    check(&base, &MemTree::new().file("new.yaml", lines("a", 6)).build(), "A new.yaml\nD old.yaml");
}

#[test]
fn the_most_similar_file_is_it() {
    let base = MemTree::new().file("one.yaml", lines("a", 0)).file("two.yaml", lines("a", 3)).build();
    let head = MemTree::new().file("new.yaml", lines("a", 2)).build();
    check(&base, &head, "R two.yaml new.yaml\nD one.yaml");
}

#[test]
fn an_unusual_name_goes_before_similarity() {
    // web.yaml kept its name and most of its content; other.yaml is nearer, but is not asked.
    let base = MemTree::new().file("a/web.yaml", lines("a", 1)).file("a/other.yaml", lines("a", 0)).build();
    let head = MemTree::new().file("b/web.yaml", lines("a", 0) + "more\n").build();
    check(&base, &head, "D a/other.yaml\nR a/web.yaml b/web.yaml");
}

#[test]
fn a_name_alone_is_not_enough() {
    // web.yaml kept its name and 60 % of its content: less than a name needs, and less than other.yaml has.
    let base = MemTree::new().file("a/web.yaml", lines("a", 4)).file("a/other.yaml", lines("a", 1)).build();
    let head = MemTree::new().file("b/web.yaml", lines("a", 0)).build();
    check(&base, &head, "D a/web.yaml\nR a/other.yaml b/web.yaml");
}

#[test]
fn among_equally_similar_contents_the_same_name_is_it() {
    // A second file called two is lost, so the name alone decides nothing.
    let base = MemTree::new()
        .file("a/one", lines("a", 1))
        .file("b/two", lines("a", 1))
        .file("d/two", "other\n")
        .build();
    let head = MemTree::new().file("c/two", lines("a", 0)).build();
    check(&base, &head, "D a/one\nR b/two c/two\nD d/two");
}

#[test]
fn among_equal_contents_the_same_name_is_it() {
    let base = MemTree::new().file("a/one", "x").file("b/two", "x").build();
    let head = MemTree::new().file("c/two", "x").file("d/one", "x").build();
    check(&base, &head, "R100 b/two c/two\nR100 a/one d/one");
}

#[test]
fn a_file_moves_once() {
    let base = MemTree::new().file("one", lines("a", 0)).build();
    let head = MemTree::new().file("two", lines("a", 0)).file("three", lines("a", 0)).build();
    check(&base, &head, "R100 one three\nA two");
}

#[test]
fn a_file_that_stays_is_no_source() {
    let base = MemTree::new().file("one", lines("a", 0)).build();
    let head = MemTree::new().file("one", lines("a", 0)).file("two", lines("a", 0)).build();
    check(&base, &head, "A two");
}

#[test]
fn line_endings_do_not_hide_a_move() {
    let base = MemTree::new().file("one", lines("a", 0)).build();
    let head = MemTree::new().file("two", lines("a", 0).replace('\n', "\r\n")).build();
    check(&base, &head, "R one two");
}

#[test]
fn modes_links_and_submodules_differ_without_content() {
    let fixture = Fixture::new();
    let (first, second) = ([b'1'; 40], [b'2'; 40]);
    let base = fixture.tree(&[
        (FILE, b"mode", b"x"),
        (FILE, b"type", b"target"),
        (SYMLINK, b"link", b"target"),
        (SYMLINK, b"moved", b"to be moved"),
        (SUBMODULE, b"module", &first),
    ]);
    let head = fixture.tree(&[
        (EXECUTABLE, b"mode", b"x"),
        (SYMLINK, b"type", b"target"),
        (SYMLINK, b"link", b"target2"),
        (SYMLINK, b"moved-link", b"to be moved"),
        (SUBMODULE, b"module", &second),
    ]);
    let base = fixture.list(fixture.commit(base, &[], 1, "x")).tree;
    let head = fixture.list(fixture.commit(head, &[], 1, "x")).tree;
    check(&base, &head, "M link\nM mode\nM module\nR100 moved moved-link\nM type");
}

#[test]
fn a_link_is_not_similar_to_a_file_of_the_same_content() {
    let base = MemTree::new().file("file", "target").build();
    let head = MemTree::new().symlink("link", "target").build();
    check(&base, &head, "D file\nA link");
}

#[test]
fn too_many_files_are_compared_by_content_and_name_only() {
    let tree = |directory: &str, start: usize, moved: &str| {
        let files = (0..1001).fold(MemTree::new(), |tree, index| {
            tree.file(&format!("{directory}/{index}-{directory}"), lines(&format!("{index}"), start))
        });
        files.file(&format!("{directory}/name.yaml"), lines("name", 0)).file(moved, lines("moved", 0)).build()
    };
    let changes = changes(&tree("old", 0, "old.yaml"), &tree("new", 1, "new.yaml"));
    let renames: Vec<&str> = changes
        .iter()
        .filter(|change| matches!(change.kind, FileChangeKind::Renamed { .. }))
        .map(|change| change.path.as_str())
        .collect();
    assert_eq!(renames, ["new.yaml", "new/name.yaml"]);
}

#[test]
fn many_equal_files_move_in_linear_time() {
    // A pairing that looked at every other file would take minutes here.
    let tree = |directory: &str| {
        (0..50_000)
            .fold(MemTree::new(), |tree, index| tree.file(&format!("{directory}/{index}"), "same"))
            .build()
    };
    let changes = changes(&tree("old"), &tree("new"));
    assert_eq!(changes.len(), 50_000);
    assert!(
        changes.iter().all(|change| matches!(change.kind, FileChangeKind::Renamed { modified: false, .. }))
    );
}
