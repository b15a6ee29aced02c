//! A repository that is made by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gix::ObjectId;
use gix::objs::{Kind, Write as _};
use tempfile::TempDir;

use crate::{CommitId, Configuration, Listing, Repository, Revision, RevisionKind};

pub(super) const FILE: &str = "100644";
pub(super) const EXECUTABLE: &str = "100755";
pub(super) const SYMLINK: &str = "120000";
pub(super) const SUBMODULE: &str = "160000";

pub(super) const CONFIG: &str = "[core]\n\trepositoryFormatVersion = 0\n\tbare = false\n";

/// A directory with a repository in `.git`, and nothing checked out.
#[derive(Debug)]
pub(super) struct Fixture {
    directory: TempDir,
    git: PathBuf,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let git = directory.path().join(".git");
        let fixture = Self { directory, git };
        fixture.write(".git/HEAD", "ref: refs/heads/main\n");
        fixture.write(".git/config", CONFIG);
        for directory in ["objects", "refs"] {
            fs::create_dir_all(fixture.git.join(directory)).unwrap();
        }
        fixture
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn git(&self) -> &Path {
        &self.git
    }

    /// Writes a file of the work tree, or below `.git`.
    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Points a full name at a commit, or at another name: `refs/heads/main`.
    pub(super) fn reference(&self, name: &str, target: &str) {
        self.write(&format!(".git/{name}"), format!("{target}\n"));
    }

    pub(super) fn object(&self, kind: Kind, content: &[u8]) -> ObjectId {
        gix::open_opts(&self.git, gix::open::Options::isolated()).unwrap().write_buf(kind, content).unwrap()
    }

    /// Where a loose object is stored.
    pub(super) fn object_path(&self, id: ObjectId) -> PathBuf {
        let name = id.to_string();
        let (directory, file) = name.split_at(2);
        self.git.join("objects").join(directory).join(file)
    }

    /// A tree of exactly these entries, in this order, whatever git would say of it.
    pub(super) fn raw_tree(&self, entries: &[(&str, &[u8], ObjectId)]) -> ObjectId {
        let mut content = Vec::new();
        for (mode, name, id) in entries {
            content.extend_from_slice(mode.as_bytes());
            content.push(b' ');
            content.extend_from_slice(name);
            content.push(0);
            content.extend_from_slice(id.as_bytes());
        }
        self.object(Kind::Tree, &content)
    }

    /// A tree of these files: mode, path, content; the content of a submodule is its commit.
    pub(super) fn tree(&self, files: &[(&str, &[u8], &[u8])]) -> ObjectId {
        let mut root = Node::default();
        for (mode, path, content) in files {
            let id = match *mode {
                SUBMODULE => ObjectId::from_hex(content).unwrap(),
                _ => self.object(Kind::Blob, content),
            };
            root.insert(path, mode, id);
        }
        root.write(self)
    }

    /// A commit of a tree. The time is in seconds.
    pub(super) fn commit(&self, tree: ObjectId, parents: &[ObjectId], time: u32, message: &str) -> ObjectId {
        let parents: Vec<String> = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
        let parents = parents.concat();
        let who = format!("A U Thor <author@example.com> {time} +0000");
        let text = format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\n{message}");
        self.object(Kind::Commit, text.as_bytes())
    }

    /// A commit of these plain files, without a parent.
    pub(super) fn snapshot(&self, files: &[(&str, &str)]) -> ObjectId {
        let files: Vec<(&str, &[u8], &[u8])> =
            files.iter().map(|(path, content)| (FILE, path.as_bytes(), content.as_bytes())).collect();
        self.commit(self.tree(&files), &[], 1, "snapshot\n")
    }

    pub(super) fn open(&self) -> Repository {
        open(self.path())
    }

    /// The files of a commit.
    pub(super) fn list(&self, commit: ObjectId) -> Listing {
        self.open().tree(&revision(commit)).unwrap()
    }
}

pub(super) fn open(path: &Path) -> Repository {
    Repository::open(path, Configuration::RepositoryOnly).unwrap()
}

pub(super) fn revision(commit: ObjectId) -> Revision {
    Revision { name: commit.to_string(), kind: RevisionKind::Commit(CommitId(commit)) }
}

pub(super) fn worktree() -> Revision {
    Revision { name: "the work tree".into(), kind: RevisionKind::Worktree }
}

/// One line for each file: its kind and path, and what can be read of it; then what was skipped.
pub(super) fn show(listing: &Listing) -> String {
    let mut lines = Vec::new();
    for entry in listing.tree.entries() {
        let content = match listing.tree.read(entry) {
            Ok(content) => format!("{:?}", String::from_utf8_lossy(&content)),
            Err(error) => format!("({error})"),
        };
        lines.push(format!("{:?} {} {content}\n", entry.kind, entry.path));
    }
    lines.extend(listing.skipped.iter().map(|skipped| format!("skipped: {skipped}\n")));
    lines.concat()
}

/// What git prints, away from the configuration of whoever runs the tests. None when it is not installed.
pub(super) fn git(directory: &Path, arguments: &[&str]) -> Option<String> {
    let output = git_output(directory, arguments)?;
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {error}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The same, where git may fail.
pub(super) fn git_output(directory: &Path, arguments: &[&str]) -> Option<Output> {
    Command::new("git")
        .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false"])
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("HOME", "/nonexistent"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
        .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@b")])
        .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@b")])
        .output()
        .map_err(|error| println!("skipped: git is not installed ({error})"))
        .ok()
}

#[derive(Default)]
struct Node {
    /// Sorted as git sorts: a directory's name ends in a slash.
    children: BTreeMap<Vec<u8>, Child>,
}

enum Child {
    Leaf(String, ObjectId),
    Directory(Node),
}

impl Node {
    fn insert(&mut self, path: &[u8], mode: &str, id: ObjectId) {
        let Some(slash) = path.iter().position(|byte| *byte == b'/') else {
            self.children.insert(path.to_vec(), Child::Leaf(mode.to_owned(), id));
            return;
        };
        let (directory, rest) = path.split_at(slash + 1);
        let child = self.children.entry(directory.to_vec()).or_insert(Child::Directory(Self::default()));
        if let Child::Directory(node) = child {
            node.insert(rest, mode, id);
        }
    }

    fn write(&self, fixture: &Fixture) -> ObjectId {
        let entries: Vec<(&str, &[u8], ObjectId)> = self
            .children
            .iter()
            .map(|(name, child)| match child {
                Child::Leaf(mode, id) => (mode.as_str(), name.as_slice(), *id),
                Child::Directory(node) => ("40000", name.strip_suffix(b"/").unwrap(), node.write(fixture)),
            })
            .collect();
        fixture.raw_tree(&entries)
    }
}
