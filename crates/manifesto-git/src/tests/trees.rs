use std::fs;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use manifesto_tree::{BlobId, Blobs as _, ReadError};

use super::fixture::{EXECUTABLE, FILE, Fixture, SUBMODULE, SYMLINK, revision, show};
use crate::ListingError;
use crate::blobs::{GitBlobs, OBJECT_BYTES_MAX, blob_id};

#[test]
fn every_kind_of_file_is_listed_as_git_lists_it() {
    let fixture = Fixture::new();
    let tree = fixture.tree(&[
        (FILE, b"a/b.yaml", b"file"),
        (FILE, b"a-b.yaml", b"before the directory a"),
        (FILE, b"a.yaml", b"too"),
        (EXECUTABLE, b"run.sh", b"run"),
        (SYMLINK, b"link", b"a/b.yaml"),
        (SUBMODULE, b"module", &[b'1'; 40]),
    ]);
    let commit = fixture.commit(tree, &[], 1, "x");
    assert_eq!(
        show(&fixture.list(commit)),
        "File a-b.yaml \"before the directory a\"\n\
         File a.yaml \"too\"\n\
         File a/b.yaml \"file\"\n\
         Symlink link \"a/b.yaml\"\n\
         Submodule module (object 1111111111111111111111111111111111111111 is not in this clone)\n\
         Executable run.sh \"run\"\n"
    );
}

#[test]
fn paths_may_hold_anything_but_what_is_not_text() {
    let fixture = Fixture::new();
    let names: [&[u8]; 7] = [
        b"with space",
        "\u{fc}ml\u{e4}ut/\u{1f389}".as_bytes(),
        b"a*b?[c]",
        b"colon:x",
        b"new\nline",
        b"-dash",
        b"q\"'\\",
    ];
    let files: Vec<(&str, &[u8], &[u8])> = names.iter().map(|name| (FILE, *name, b"x".as_slice())).collect();
    let listing = fixture.list(fixture.commit(fixture.tree(&files), &[], 1, "x"));
    assert_eq!(listing.skipped, []);
    let mut listed: Vec<&[u8]> =
        listing.tree.entries().iter().map(|entry| entry.path.as_str().as_bytes()).collect();
    let mut expected = names;
    listed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(listed, expected);
}

#[test]
fn a_path_that_is_not_text_is_reported() {
    let fixture = Fixture::new();
    let tree = fixture.tree(&[
        (FILE, b"latin-\xe9.yaml", b"x"),
        (FILE, b"dir-\xff/a.yaml", b"x"),
        (FILE, b"dir-\xff/b.yaml", b"x"),
        (FILE, b"good.yaml", b"x"),
    ]);
    assert_eq!(
        show(&fixture.list(fixture.commit(tree, &[], 1, "x"))),
        "File good.yaml \"x\"\n\
         skipped: the path \"dir-\u{fffd}\" is not UTF-8\n\
         skipped: the path \"latin-\u{fffd}.yaml\" is not UTF-8\n"
    );
}

#[test]
fn names_that_lead_elsewhere_are_reported() {
    let fixture = Fixture::new();
    let blob = fixture.object(Kind::Blob, b"x");
    let inner = fixture.raw_tree(&[(FILE, b"passwd", blob)]);
    let tree = fixture.raw_tree(&[
        ("40000", b"..", inner),
        (FILE, b".", blob),
        (FILE, b"", blob),
        (FILE, b"a/b", blob),
        (FILE, b"good", blob),
    ]);
    let listing = show(&fixture.list(fixture.commit(tree, &[], 1, "x")));
    assert_eq!(listing.lines().filter(|line| line.starts_with("skipped: ")).count(), 4, "{listing}");
    assert!(listing.starts_with("File good \"x\"\n"), "{listing}");
}

#[test]
fn a_tree_that_lists_more_than_it_holds_ends() {
    let fixture = Fixture::new();
    let mut tree = fixture.raw_tree(&[(FILE, b"x", fixture.object(Kind::Blob, b"x"))]);
    let names: Vec<String> = (0..10).map(|digit| format!("{digit}")).collect();
    for _ in 0..9 {
        let entries: Vec<(&str, &[u8], ObjectId)> =
            names.iter().map(|name| ("40000", name.as_bytes(), tree)).collect();
        tree = fixture.raw_tree(&entries);
    }
    let commit = fixture.commit(tree, &[], 1, "x");
    let error = fixture.open().tree(&revision(commit)).unwrap_err();
    assert_eq!(error, ListingError::TooMany { count_max: 1_000_000 });
}

#[test]
fn a_directory_may_be_deeper_than_a_path_may_be_long() {
    let fixture = Fixture::new();
    let mut tree = fixture.raw_tree(&[(FILE, b"x", fixture.object(Kind::Blob, b"x"))]);
    for _ in 0..3000 {
        tree = fixture.raw_tree(&[("40000", b"d", tree)]);
    }
    let listing = fixture.list(fixture.commit(tree, &[], 1, "x"));
    assert_eq!((listing.tree.entries().len(), listing.skipped.len()), (0, 1));
}

#[test]
fn what_is_missing_or_wrong_is_an_error_where_it_is_read() {
    let fixture = Fixture::new();
    let (lost, kept) = (fixture.object(Kind::Blob, b"lost"), fixture.object(Kind::Blob, b"kept"));
    let inner = fixture.raw_tree(&[(FILE, b"x", kept)]);
    let tree = fixture.raw_tree(&[(FILE, b"kept", kept), (FILE, b"lost", lost), (FILE, b"tree", inner)]);
    let commit = fixture.commit(tree, &[], 1, "x");
    fs::remove_file(fixture.object_path(lost)).unwrap();
    assert_eq!(
        show(&fixture.list(commit)),
        format!(
            "File kept \"kept\"\n\
             File lost (object {lost} is not in this clone)\n\
             File tree (object {inner} is a tree, not a blob)\n"
        )
    );
    fs::remove_file(fixture.object_path(tree)).unwrap();
    let error = fixture.open().tree(&revision(commit)).unwrap_err();
    assert_eq!(error.to_string(), format!("the files cannot be listed: object {tree} is not in this clone"));
    assert!(error.hint().unwrap().contains("fetch"));
}

#[test]
fn damaged_objects_are_errors() {
    let fixture = Fixture::new();
    let blob = fixture.object(Kind::Blob, &[b'x'; 1000]);
    let tree = fixture.object(Kind::Tree, b"100644 no end");
    let good = fixture.raw_tree(&[(FILE, b"x", blob)]);
    let path = fixture.object_path(blob);
    let content = fs::read(&path).unwrap();
    for damage in [&content[..content.len() / 2], &content[..1], b"", b"garbage"] {
        fs::remove_file(&path).unwrap();
        fs::write(&path, damage).unwrap();
        let listing = fixture.list(fixture.commit(good, &[], 1, "x"));
        let entry = &listing.tree.entries()[0];
        assert!(matches!(listing.tree.read(entry), Err(ReadError::Broken(_))), "{damage:?}");
    }
    let commit = fixture.commit(tree, &[], 1, "x");
    let error = fixture.open().tree(&revision(commit)).unwrap_err();
    assert!(matches!(error, ListingError::Unreadable { error: ReadError::Broken(_), .. }), "{error}");
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let fixture = Fixture::new();
    let limit = usize::try_from(OBJECT_BYTES_MAX).unwrap();
    let mut content = vec![0; limit];
    let largest = fixture.object(Kind::Blob, &content);
    content.push(0);
    let larger = fixture.object(Kind::Blob, &content);
    let blobs = GitBlobs(Arc::clone(&fixture.open().handles));
    assert_eq!(blobs.read(&blob_id(&largest)).unwrap().len(), limit);
    assert_eq!(
        blobs.read(&blob_id(&larger)).unwrap_err(),
        ReadError::TooLarge { size_bytes: OBJECT_BYTES_MAX + 1, limit_bytes: OBJECT_BYTES_MAX }
    );
}

#[test]
fn files_are_read_from_many_threads() {
    let fixture = Fixture::new();
    let texts: Vec<String> = (0..50).map(|index| format!("content {index}")).collect();
    let ids: Vec<BlobId> =
        texts.iter().map(|text| blob_id(&fixture.object(Kind::Blob, text.as_bytes()))).collect();
    let blobs = GitBlobs(Arc::clone(&fixture.open().handles));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for (id, text) in ids.iter().zip(&texts) {
                    assert_eq!(&*blobs.read(id).unwrap(), text.as_bytes());
                }
            });
        }
    });
}
