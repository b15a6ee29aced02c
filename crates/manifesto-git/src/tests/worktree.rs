use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::index::entry::{Flags, Mode, Stage, Stat};
use gix::index::fs::Metadata;
use gix::objs::Kind;

use super::fixture::{CONFIG, EXECUTABLE, FILE, Fixture, SUBMODULE, SYMLINK, show, worktree};
use crate::blobs::OBJECT_BYTES_MAX;
use crate::changes;

type Files<'f> = &'f [(&'f str, &'f [u8], &'f [u8])];

/// A work tree whose index has these files, and nothing on disk yet.
fn tracked(files: Files<'_>) -> Fixture {
    tracked_with(files, |_| {})
}

/// The same, with an index that is edited before it is written.
fn tracked_with(files: Files<'_>, edit: impl FnOnce(&mut gix::index::File)) -> Fixture {
    let fixture = Fixture::new();
    let tree = fixture.tree(files);
    let commit = fixture.commit(tree, &[], 1, "first\n");
    fixture.reference("refs/heads/main", &commit.to_string());
    write_index(&fixture, tree, edit);
    fixture
}

fn write_index(fixture: &Fixture, tree: ObjectId, edit: impl FnOnce(&mut gix::index::File)) {
    let repository = gix::open_opts(fixture.git(), gix::open::Options::isolated()).unwrap();
    let mut index = repository.index_from_tree(&tree).unwrap();
    edit(&mut index);
    index.write(gix::index::write::Options::default()).unwrap();
}

fn check(fixture: &Fixture, expected: &str) {
    assert_eq!(show(&fixture.open().tree(&worktree()).unwrap()), expected);
}

/// What `git diff -M HEAD` would say, after `git add -A`.
fn check_changes(fixture: &Fixture, expected: &str) {
    let repository = fixture.open();
    let range = repository.resolve(&"HEAD..worktree".parse().unwrap()).unwrap();
    let (base, head) = (repository.tree(&range.base).unwrap(), repository.tree(&range.head).unwrap());
    let changes = changes(&base.tree, &head.tree);
    let lines: Vec<String> =
        changes.iter().map(|change| format!("{:?} {}", change.kind, change.path)).collect();
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn files_are_what_is_on_disk() {
    let fixture = tracked(&[(FILE, b"same", b"1"), (FILE, b"dir/changed", b"2"), (FILE, b"gone", b"3")]);
    fixture.write("same", "1");
    fixture.write("dir/changed", "new");
    fixture.write("dir/untracked", "4");
    fixture.write("other/untracked", "5");
    check(
        &fixture,
        "File dir/changed \"new\"\nFile dir/untracked \"4\"\nFile other/untracked \"5\"\nFile same \"1\"\n",
    );
    check_changes(&fixture, "Modified dir/changed\nAdded dir/untracked\nRemoved gone\nAdded other/untracked");
}

#[test]
fn ignored_files_are_not_listed_unless_they_are_tracked() {
    let fixture =
        tracked(&[(FILE, b".gitignore", b""), (FILE, b"build/tracked", b"t"), (FILE, b"a.log", b"t")]);
    fixture.write(".gitignore", "*.log\nbuild/\n!keep.log\n");
    fixture.write(".git/info/exclude", "/secret\n");
    fixture.write("deep/.gitignore", "*.tmp\n");
    for path in
        ["a.log", "b.log", "keep.log", "build/tracked", "build/new", "secret", "deep/x.tmp", "deep/secret"]
    {
        fixture.write(path, "x");
    }
    check_changes(
        &fixture,
        "Modified .gitignore\nModified a.log\nModified build/tracked\nAdded deep/.gitignore\nAdded deep/secret\n\
         Added keep.log",
    );
}

#[test]
fn the_executable_bit_and_links_are_recorded_and_not_followed() {
    let fixture = tracked(&[(FILE, b"run", b"x"), (EXECUTABLE, b"stop", b"x"), (FILE, b"file", b"target")]);
    fixture.write("run", "x");
    fs::set_permissions(fixture.path().join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    fixture.write("stop", "x");
    symlink("target", fixture.path().join("file")).unwrap();
    symlink("/etc/passwd", fixture.path().join("outside")).unwrap();
    symlink("..", fixture.path().join("up")).unwrap();
    check(
        &fixture,
        "Symlink file \"target\"\nSymlink outside \"/etc/passwd\"\nExecutable run \"x\"\nFile stop \"x\"\n\
         Symlink up \"..\"\n",
    );
}

#[test]
fn where_the_file_system_knows_no_executable_bit_git_does() {
    let fixture = tracked(&[(FILE, b"a", b"x"), (EXECUTABLE, b"b", b"x"), (SYMLINK, b"c", b"a")]);
    fixture.write(".git/config", format!("{CONFIG}\tfileMode = false\n\tsymlinks = false\n"));
    for path in ["a", "b", "new"] {
        fixture.write(path, "x");
        fs::set_permissions(fixture.path().join(path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    fixture.write("c", "a");
    check(&fixture, "File a \"x\"\nExecutable b \"x\"\nSymlink c \"a\"\nFile new \"x\"\n");
}

#[test]
fn a_directory_that_became_a_link_has_no_files() {
    let fixture =
        tracked(&[(FILE, b"dir/sub/a", b"a"), (FILE, b"real/sub/a", b"a"), (FILE, b"file/a", b"a")]);
    fixture.write("real/sub/a", "a");
    fixture.write("file", "now a file");
    symlink("real", fixture.path().join("dir")).unwrap();
    check(&fixture, "Symlink dir \"real\"\nFile file \"now a file\"\nFile real/sub/a \"a\"\n");
}

#[test]
fn line_endings_are_compared_as_git_stores_them() {
    let files: Files<'_> =
        &[(FILE, b"a.yaml", b"a\nb\n"), (FILE, b"crlf.txt", b"a\r\nb\r\n"), (FILE, b"c.bin", b"\0\n")];
    let fixture = tracked(files);
    fixture.write("a.yaml", "a\r\nb\r\n");
    fixture.write("crlf.txt", "a\r\nb\r\n");
    fixture.write("c.bin", "\0\n");
    check_changes(&fixture, "Modified a.yaml");
    fixture.write(".git/config", format!("{CONFIG}\tautocrlf = true\n"));
    check_changes(&fixture, "");
    fixture.write(".git/config", CONFIG);
    fixture.write(".git/info/attributes", "*.yaml text eol=crlf\n");
    check_changes(&fixture, "");
    fixture.write("new.yaml", "x\r\n");
    assert!(show(&fixture.open().tree(&worktree()).unwrap()).contains("File new.yaml \"x\\n\"\n"));
}

#[test]
fn no_filter_is_run() {
    let fixture = tracked(&[(FILE, b"a.bin", b"stored"), (FILE, b"b.bin", b"stored")]);
    let marker = fixture.path().join("ran");
    let clean =
        format!("[filter \"lfs\"]\n\tclean = touch {0} #\n\tprocess = touch {0} #\n", marker.display());
    fixture.write(".git/config", format!("{CONFIG}{clean}"));
    fixture.write(".git/info/attributes", "*.bin filter=lfs\n*.txt filter=unknown\n");
    fixture.write("a.bin", "large");
    fixture.write("c.txt", "text");
    check(
        &fixture,
        "File a.bin (git would run the filter lfs, which Manifesto does not)\nFile c.txt \"text\"\n",
    );
    assert!(!marker.exists(), "the filter ran");
}

#[test]
fn a_file_that_the_index_vouches_for_is_not_read() {
    let fixture = tracked(&[]);
    fixture.write("a", "disk");
    let tree = fixture.tree(&[(FILE, b"a", b"index")]);
    let seen = Stat::from_fs(&Metadata::from_path_no_follow(&fixture.path().join("a")).unwrap()).unwrap();
    write_index(&fixture, tree, |index| index.entries_mut()[0].stat = seen);
    let later = |seconds| {
        let time = fs::metadata(fixture.path().join("a")).unwrap().modified().unwrap();
        let index = fs::File::options().append(true).open(fixture.git().join("index")).unwrap();
        index.set_modified(time + std::time::Duration::from_secs(seconds)).unwrap();
    };
    // Written in the same second as the index, the file may have changed without a trace.
    later(0);
    check(&fixture, "File a \"disk\"\n");
    later(5);
    check(&fixture, "File a \"index\"\n");
    // Git sets the size to zero where it could not tell, even when the file is empty now.
    fixture.write("a", "");
    let seen = Stat::from_fs(&Metadata::from_path_no_follow(&fixture.path().join("a")).unwrap()).unwrap();
    write_index(&fixture, tree, |index| index.entries_mut()[0].stat = seen);
    later(5);
    check(&fixture, "File a \"\"\n");
}

#[test]
fn files_that_are_not_checked_out_are_still_there() {
    let files: Files<'_> =
        &[(FILE, b"assumed", b"1"), (FILE, b"sparse", b"2"), (FILE, b"sparse-but-there", b"3")];
    let fixture = tracked_with(files, |index| {
        for (entry, flag) in index.entries_mut().iter_mut().zip([
            Flags::ASSUME_VALID,
            Flags::SKIP_WORKTREE | Flags::EXTENDED,
            Flags::SKIP_WORKTREE | Flags::EXTENDED,
        ]) {
            entry.flags |= flag;
        }
    });
    fixture.write("assumed", "changed");
    fixture.write("sparse-but-there", "new");
    check(&fixture, "File assumed \"1\"\nFile sparse \"2\"\nFile sparse-but-there \"new\"\n");
}

#[test]
fn a_conflict_is_one_file() {
    let fixture = Fixture::new();
    let ids = ["base", "ours", "theirs"].map(|text| fixture.object(Kind::Blob, text.as_bytes()));
    write_index(&fixture, fixture.tree(&[]), |index| {
        for (stage, id) in [Stage::Base, Stage::Ours, Stage::Theirs].into_iter().zip(ids) {
            let flags = Flags::from_stage(stage);
            index.dangerously_push_entry(Stat::default(), id, flags, Mode::FILE, b"both".as_bstr());
        }
        index.sort_entries();
    });
    fixture.write("both", "<<<<<<< ours\n");
    check(&fixture, "File both \"<<<<<<< ours\\n\"\n");
}

#[test]
fn submodules_are_commits() {
    let recorded = [b'1'; 40];
    let fixture = tracked(&[
        (SUBMODULE, b"absent", &recorded),
        (SUBMODULE, b"empty", &recorded),
        (SUBMODULE, b"moved", &recorded),
    ]);
    fs::create_dir(fixture.path().join("empty")).unwrap();
    let nested = |path: &str| {
        let nested = Fixture::new();
        let commit = nested.snapshot(&[("inner", "x")]);
        nested.reference("refs/heads/main", &commit.to_string());
        fs::create_dir(fixture.path().join(path)).unwrap();
        fs::rename(nested.git(), fixture.path().join(path).join(".git")).unwrap();
        fixture.write(&format!("{path}/inner"), "x");
        commit
    };
    let moved = nested("moved");
    let added = nested("new");
    fs::create_dir_all(fixture.path().join("unborn/.git")).unwrap();
    check(
        &fixture,
        &format!(
            "Submodule empty (object {} is not in this clone)\n\
             Submodule moved (object {moved} is not in this clone)\n\
             Submodule new (object {added} is not in this clone)\n\
             skipped: \"unborn\" cannot be read: it is a repository without a commit\n",
            "1".repeat(40)
        ),
    );
}

#[test]
fn what_is_no_file_is_not_recorded() {
    let fixture = tracked(&[(FILE, b"tracked", b"x")]);
    let _sockets =
        ["tracked", "untracked"].map(|path| UnixListener::bind(fixture.path().join(path)).unwrap());
    check(&fixture, "");
}

#[test]
fn what_cannot_be_read_is_not_taken_for_unchanged() {
    let fixture = tracked(&[(FILE, b"secret", b"x")]);
    fixture.write("secret", "x");
    fixture.write("closed/a", "x");
    fs::set_permissions(fixture.path().join("secret"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(fixture.path().join("closed"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(fixture.path().join("secret")).is_ok() {
        println!("skipped: root reads everything");
        return;
    }
    check(
        &fixture,
        "File secret (Permission denied (os error 13))\n\
         skipped: \"closed\" cannot be read: Permission denied (os error 13)\n",
    );
    check_changes(&fixture, "Modified secret");
    fs::set_permissions(fixture.path().join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_large_file_is_listed_and_not_read() {
    let fixture = tracked(&[]);
    let size = OBJECT_BYTES_MAX + 1;
    fs::File::create(fixture.path().join("large")).unwrap().set_len(size).unwrap();
    check(&fixture, "File large (the file has 67108865 bytes, more than the 67108864 that are read)\n");
}

#[test]
fn names_on_disk_that_are_not_text_are_reported() {
    let fixture = tracked(&[]);
    fixture.write(".gitignore", "*.ignored\n");
    for name in [b"caf\xe9.yaml".as_slice(), b"caf\xe9.ignored"] {
        let path = fixture.path().join(std::ffi::OsStr::from_bytes(name));
        if fs::write(path, "x").is_err() {
            println!("skipped: the file system refuses names that are not UTF-8");
            return;
        }
    }
    fixture.write("new\nline: *.yaml", "y");
    check(
        &fixture,
        "File .gitignore \"*.ignored\\n\"\nFile new\nline: *.yaml \"y\"\n\
         skipped: the path \"caf\u{fffd}.yaml\" is not UTF-8\n",
    );
}

#[test]
fn a_file_that_moved_on_disk_is_one_change() {
    let lines: Vec<String> = (0..20).map(|line| format!("line {line}\n")).collect();
    let text = lines.concat();
    let fixture = tracked(&[(FILE, b"old/a.yaml", text.as_bytes())]);
    fixture.write("new/b.yaml", text.replace("line 3\n", "line three\n"));
    check_changes(&fixture, "Renamed { from: \"old/a.yaml\", modified: true } new/b.yaml");
}

#[test]
fn a_repository_without_a_commit_or_index_has_a_work_tree() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", "a");
    let repository = fixture.open();
    let range = repository.resolve(&"worktree".parse().unwrap()).unwrap();
    let (base, head) = (repository.tree(&range.base).unwrap(), repository.tree(&range.head).unwrap());
    assert_eq!((show(&base).as_str(), show(&head).as_str()), ("", "File a.yaml \"a\"\n"));
}

#[test]
fn nothing_is_written() {
    let fixture = tracked(&[(FILE, b"a", b"a")]);
    fixture.write("a", "changed");
    fixture.write("new", "new");
    let state = || {
        let mut files: Vec<_> = walk(fixture.path()).collect();
        files.sort();
        files
    };
    let before = state();
    check(&fixture, "File a \"changed\"\nFile new \"new\"\n");
    assert_eq!(state(), before);
}

/// Every file below a directory, with its time.
fn walk(
    directory: &std::path::Path,
) -> Box<dyn Iterator<Item = (std::path::PathBuf, std::time::SystemTime)>> {
    Box::new(fs::read_dir(directory).unwrap().map(Result::unwrap).flat_map(|entry| {
        let metadata = entry.metadata().unwrap();
        let below = if metadata.is_dir() { walk(&entry.path()) } else { Box::new(std::iter::empty()) };
        below.chain([(entry.path(), metadata.modified().unwrap())])
    }))
}
