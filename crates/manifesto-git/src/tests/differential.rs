//! The same questions to git and to this crate.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use gix::ObjectId;
use manifesto_tree::{EntryKind, FileChangeKind, Tree};

use super::fixture::{EXECUTABLE, FILE, Fixture, SYMLINK, git, git_output, open, revision, worktree};
use super::properties::Numbers;
use crate::similarity::{Fingerprint, SCORE_MAX};
use crate::{Listing, RangeSpec, changes};

/// The changes as `git diff --raw` names them.
fn our_changes(base: &Tree, head: &Tree) -> BTreeSet<String> {
    let name = |change: &manifesto_tree::FileChange| match &change.kind {
        FileChangeKind::Added => format!("A {}", change.path),
        FileChangeKind::Removed => format!("D {}", change.path),
        FileChangeKind::Modified => format!("M {}", change.path),
        FileChangeKind::Renamed { from, .. } => format!("R {from} {}", change.path),
    };
    changes(base, head).iter().map(name).collect()
}

/// What `git diff --raw -z` printed. A change of type is a modification here.
fn git_changes(output: &str) -> BTreeSet<String> {
    let mut fields = output.split_terminator('\0');
    let mut changes = BTreeSet::new();
    while let (Some(status), Some(path)) = (fields.next(), fields.next()) {
        let letter = status.rsplit(' ').next().unwrap().chars().next().unwrap();
        changes.insert(match letter {
            'R' => format!("R {path} {}", fields.next().unwrap()),
            'T' => format!("M {path}"),
            letter => format!("{letter} {path}"),
        });
    }
    changes
}

/// A file of some of twelve blocks of four lines, some of them edited: half of the files are similar to another.
fn text(numbers: &mut Numbers) -> String {
    let start = numbers.below(10);
    let mut lines = Vec::new();
    for block in start..start + 1 + numbers.below(6) {
        for line in 0..4 {
            let edited = if numbers.below(8) == 0 { "edited" } else { "" };
            lines.push(format!("key{line}: value of block {block} {edited}\n"));
        }
    }
    let text = lines.concat();
    if numbers.below(5) == 0 { text.trim_end().to_owned() } else { text }
}

/// A commit of some files in some directories.
fn commit(fixture: &Fixture, numbers: &mut Numbers) -> ObjectId {
    let names = ["a.yaml", "b.yaml", "c.yaml", "kustomization.yaml", "x", "y"];
    let directories = ["", "apps/", "apps/web/", "infra/", "infra/web/"];
    let mut files: Vec<(&str, Vec<u8>, Vec<u8>)> = Vec::new();
    for _ in 0..numbers.below(18) {
        let path = format!("{}{}", numbers.pick(&directories), numbers.pick(&names));
        let mode = *numbers.pick(&[FILE, FILE, FILE, FILE, EXECUTABLE, SYMLINK]);
        let content = match numbers.below(12) {
            0 => String::new(),
            1 => "same\n".to_owned(),
            2 => text(numbers).replace('\n', "\r\n"),
            3 => text(numbers) + "\0",
            _ => text(numbers),
        };
        files.push((mode, path.into_bytes(), content.into_bytes()));
    }
    let files: Vec<(&str, &[u8], &[u8])> =
        files.iter().map(|(mode, path, content)| (*mode, path.as_slice(), content.as_slice())).collect();
    fixture.commit(fixture.tree(&files), &[], 1, "x\n")
}

#[test]
fn renames_are_those_of_git_diff() {
    let fixture = Fixture::new();
    let mut numbers = Numbers::new(4);
    let mut renames = 0;
    for round in 0..150 {
        let (base, head) = (commit(&fixture, &mut numbers), commit(&fixture, &mut numbers));
        let arguments = ["diff", "--raw", "-z", "-M", "-l1000", &base.to_string(), &head.to_string()];
        let Some(output) = git(fixture.path(), &arguments) else { return };
        let ours = our_changes(&fixture.list(base).tree, &fixture.list(head).tree);
        assert_eq!(ours, git_changes(&output), "round {round}: {base} {head}");
        renames += ours.iter().filter(|change| change.starts_with('R')).count();
    }
    assert!(renames > 100, "only {renames} renames were tried");
}

#[test]
fn scores_are_those_of_git_diff() {
    let fixture = Fixture::new();
    let mut numbers = Numbers::new(7);
    // Thousands of lines, so that some share a name; no line ending for long, so that chunks end without one.
    for (lines, ending) in [(4000, "\n"), (3000, ""), (3000, "\r\n"), (50, "\n"), (2000, "\0\n")] {
        let mut file = |shared: usize| -> String {
            let line = |index| if index < shared { index } else { numbers.below(1_000_000) + 10_000 };
            (0..lines).map(line).map(|number| format!("value {number}{ending}")).collect::<Vec<_>>().concat()
        };
        let (one, other) = (file(lines / 3), file(lines / 2));
        let [base, head] =
            [("one", &one), ("other", &other)].map(|(path, text)| fixture.snapshot(&[(path, text)]));
        let arguments = ["diff", "--raw", "-M1%", &base.to_string(), &head.to_string()];
        let Some(output) = git(fixture.path(), &arguments) else { return };
        let score =
            Fingerprint::of(one.as_bytes()).score(&Fingerprint::of(other.as_bytes()), SCORE_MAX / 100);
        let expected = format!(" R{:03}\tone\tother\n", score * 100 / SCORE_MAX);
        assert!(output.ends_with(&expected), "{expected:?} is not the end of {output:?}");
    }
}

#[test]
fn forks_are_those_of_git_merge_base() {
    let mut numbers = Numbers::new(5);
    for round in 0..30 {
        let fixture = Fixture::new();
        let tree = fixture.tree(&[]);
        let mut commits: Vec<ObjectId> = Vec::new();
        for time in 1..25 {
            let mut parents: Vec<ObjectId> = Vec::new();
            for _ in 0..numbers.below(3).min(commits.len()) {
                let recent = commits.len() - 1 - numbers.below(commits.len().min(5));
                if !parents.contains(&commits[recent]) {
                    parents.push(commits[recent]);
                }
            }
            commits.push(fixture.commit(tree, &parents, time, &format!("{time}\n")));
        }
        let (base, head) = (*numbers.pick(&commits), *numbers.pick(&commits));
        fixture.reference("refs/heads/main", &base.to_string());
        fixture.reference("HEAD", &head.to_string());
        // Where there is no fork, git fails and prints nothing.
        let arguments = ["merge-base", &base.to_string(), &head.to_string()];
        let Some(output) = git_output(fixture.path(), &arguments) else { return };
        let range: RangeSpec = format!("{base}...{head}").parse().unwrap();
        let ours = fixture.open().resolve(&range).ok().and_then(|range| range.base.commit());
        let ours = ours.map(|id| format!("{id}\n")).unwrap_or_default();
        assert_eq!(ours, String::from_utf8_lossy(&output.stdout), "round {round}");
    }
}

/// Every file with its mode and name, as `git ls-files --stage -z` prints them.
fn staged(listing: &Listing) -> BTreeSet<String> {
    let mode = |kind| match kind {
        EntryKind::File => FILE,
        EntryKind::Executable => EXECUTABLE,
        EntryKind::Symlink => SYMLINK,
        EntryKind::Submodule => "160000",
    };
    listing
        .tree
        .entries()
        .iter()
        .map(|entry| format!("{} {} 0\t{}", mode(entry.kind), entry.id, entry.path))
        .collect()
}

/// What `git add --all` makes of a copy of the work tree.
fn git_staged(directory: &Path) -> BTreeSet<String> {
    let copy = tempfile::tempdir().unwrap();
    copy_files(directory, copy.path());
    git(copy.path(), &["add", "--all"]).unwrap();
    let output = git(copy.path(), &["ls-files", "--stage", "-z"]).unwrap();
    output.split_terminator('\0').map(str::to_owned).collect()
}

fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let file_type = entry.file_type().unwrap();
        if file_type.is_dir() {
            fs::create_dir(&target).unwrap();
            copy_files(&source, &target);
        } else if file_type.is_symlink() {
            symlink(fs::read_link(&source).unwrap(), &target).unwrap();
        } else {
            fs::copy(&source, &target).unwrap();
        }
    }
}

fn edit_worktree(directory: &Path, numbers: &mut Numbers) {
    let names = [
        "a.yaml",
        "b.log",
        "run.sh",
        "c.txt",
        "deep/a.yaml",
        "deep/er/b.log",
        "build/x",
        "deep/build/y",
        "\u{fc}",
    ];
    for _ in 0..numbers.below(12) {
        let path = directory.join(numbers.pick(&names));
        if fs::create_dir_all(path.parent().unwrap()).is_err() {
            continue;
        }
        let _absent = fs::remove_file(&path);
        match numbers.below(6) {
            0 => {}
            1 => symlink(numbers.pick(&["a.yaml", "..", "nowhere", "deep"]), &path).unwrap(),
            kind => {
                let text = text(numbers);
                let text = if kind == 2 { text.replace('\n', "\r\n") } else { text };
                fs::write(&path, text).unwrap();
                let mode = if numbers.below(4) == 0 { 0o755 } else { 0o644 };
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            }
        }
    }
}

#[test]
fn the_work_tree_is_what_git_would_add() {
    let mut numbers = Numbers::new(6);
    for round in 0..40 {
        let directory = tempfile::tempdir().unwrap();
        if git(directory.path(), &["init", "--quiet"]).is_none() {
            return;
        }
        let settings = ["core.autocrlf=true", "core.autocrlf=input", "core.fileMode=false", "core.eol=crlf"];
        let (key, value) = numbers.pick(&settings).split_once('=').unwrap();
        git(directory.path(), &["config", key, value]);
        let attributes = ["", "* text=auto\n", "*.yaml text\n*.sh eol=lf\n", "*.txt -text\n"];
        fs::write(directory.path().join(".gitattributes"), numbers.pick(&attributes)).unwrap();
        let ignored = ["", "*.log\n", "build/\n!x\n", "/deep/er\n*.txt\n!c.txt\n", "deep\n"];
        fs::write(directory.path().join(".gitignore"), numbers.pick(&ignored)).unwrap();
        edit_worktree(directory.path(), &mut numbers);
        git(directory.path(), &["add", "--all"]);
        git(directory.path(), &["commit", "--quiet", "--allow-empty", "--message", "first"]);
        edit_worktree(directory.path(), &mut numbers);
        let listing = open(directory.path()).tree(&worktree()).unwrap();
        assert_eq!(staged(&listing), git_staged(directory.path()), "round {round}");
    }
}

/// A clone of a clone: packed, bare, shallow or with a work tree.
fn clones(scratch: &Path) -> Option<()> {
    let origin = scratch.join("origin");
    git(scratch, &["init", "--quiet", "origin"])?;
    for (index, message) in ["first", "second", "third"].into_iter().enumerate() {
        let lines: Vec<String> = (0..50 * (index + 1)).map(|line| format!("line {line}\n")).collect();
        fs::write(origin.join("a.yaml"), lines.concat()).unwrap();
        git(&origin, &["add", "--all"])?;
        git(&origin, &["commit", "--quiet", "--message", message])?;
    }
    git(&origin, &["gc", "--quiet"])?;
    fs::write(origin.join("loose.yaml"), "loose").unwrap();
    git(&origin, &["add", "--all"])?;
    git(&origin, &["commit", "--quiet", "--message", "fourth"])?;
    git(&origin, &["tag", "--annotate", "--message", "a tag", "v1"])?;
    git(&origin, &["pack-refs", "--all"])?;
    let url = format!("file://{}", origin.display());
    git(scratch, &["clone", "--quiet", "--bare", &url, "bare"])?;
    git(scratch, &["clone", "--quiet", "--depth", "2", &url, "shallow"])?;
    git(&origin, &["worktree", "add", "--quiet", "../linked", "-b", "topic", "v1"])?;
    Some(())
}

#[test]
fn clones_of_every_kind_are_read() {
    let scratch = tempfile::tempdir().unwrap();
    if clones(scratch.path()).is_none() {
        return;
    }
    let subjects = |clone: &str, range: &str| {
        let repository = open(&scratch.path().join(clone));
        let range = repository.resolve(&range.parse().unwrap()).map_err(|error| error.to_string())?;
        let (base, head) = (repository.tree(&range.base).unwrap(), repository.tree(&range.head).unwrap());
        let commits = repository.commits(&range, 10).unwrap();
        let subjects: Vec<String> = commits.commits.into_iter().map(|commit| commit.subject).collect();
        Ok(format!(
            "{} | {}",
            subjects.join(" "),
            Vec::from_iter(our_changes(&base.tree, &head.tree)).join(" ")
        ))
    };
    for clone in ["origin", "bare", "linked"] {
        assert_eq!(
            subjects(clone, "v1~3..v1").as_deref(),
            Ok("fourth third second | A loose.yaml M a.yaml"),
            "{clone}"
        );
        assert_eq!(subjects(clone, "").as_deref(), Ok("fourth | A loose.yaml"), "{clone}");
    }
    assert_eq!(subjects("shallow", "").as_deref(), Ok("fourth | A loose.yaml"));
    assert_eq!(subjects("shallow", "HEAD~1"), Err("the parent of HEAD~1 is not in this clone".to_owned()));
    assert_eq!(subjects("shallow", "HEAD~1..HEAD").as_deref(), Ok("fourth | A loose.yaml"));
    assert_eq!(open(&scratch.path().join("linked")).branch().as_deref(), Some("topic"));
    assert_eq!(open(&scratch.path().join("shallow")).default_branch().as_deref(), Some("origin/main"));
    let listing = open(&scratch.path().join("linked")).tree(&worktree()).unwrap();
    assert_eq!(listing.tree.entries().len(), 2);
}

#[test]
fn the_corpus_changes_as_git_says() {
    let bundle = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/arcane.bundle"));
    if !bundle.exists() {
        println!("skipped: the shared folder is not here");
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let bundle = bundle.display().to_string();
    if git(scratch.path(), &["clone", "--quiet", "--bare", &bundle, "arcane.git"]).is_none() {
        return;
    }
    let clone = scratch.path().join("arcane.git");
    let repository = open(&clone);
    let tags = git(&clone, &["tag"]).unwrap();
    let mut cases = 0;
    for case in tags.lines().filter_map(|tag| tag.strip_suffix("/base")) {
        let range = repository.resolve(&format!("{case}/base..{case}/head").parse().unwrap()).unwrap();
        let ends = [range.base.commit().unwrap(), range.head.commit().unwrap()];
        let [base, head] = ends.map(|id| repository.tree(&revision(id.0)).unwrap());
        let [from, to] = ends.map(|id| id.to_string());
        let expected = git(&clone, &["diff", "--raw", "-z", "-M", "-l1000", &from, &to]).unwrap();
        assert_eq!(our_changes(&base.tree, &head.tree), git_changes(&expected), "{case}");
        assert!(base.skipped.is_empty() && head.skipped.is_empty());
        cases += 1;
    }
    assert_eq!(cases, 12);
}
