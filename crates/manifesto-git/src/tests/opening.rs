use std::fs;
use std::path::Path;

use super::fixture::{CONFIG, Fixture, open, show};
use crate::{Configuration, OpenError, Repository, Revision, RevisionKind};

/// What opening says, without the path, which is different each time.
fn refusal(path: &Path) -> String {
    let error = Repository::open(path, Configuration::RepositoryOnly).unwrap_err();
    let text = format!("{error}; {}", error.hint().unwrap());
    text.replace(&path.display().to_string(), "PATH")
}

#[test]
fn a_repository_is_found_from_anywhere_in_it() {
    let fixture = Fixture::new();
    let commit = fixture.snapshot(&[("deep/down/a.yaml", "a")]);
    fixture.reference("refs/heads/main", &commit.to_string());
    fixture.write("deep/down/a.yaml", "a");
    for place in ["", "deep/down", ".git", ".git/objects"] {
        let repository = open(&fixture.path().join(place));
        assert_eq!(repository.branch().as_deref(), Some("main"), "from {place:?}");
    }
}

#[test]
fn a_bare_repository_needs_no_work_tree() {
    let fixture = Fixture::new();
    fixture.write(".git/config", CONFIG.replace("false", "true"));
    let commit = fixture.snapshot(&[("a.yaml", "a")]);
    let bare = fixture.path().join("bare.git");
    fs::rename(fixture.git(), &bare).unwrap();
    let repository = open(&bare);
    let listing = repository.tree(&super::fixture::revision(commit)).unwrap();
    assert_eq!(show(&listing), "File a.yaml \"a\"\n");
    let error = repository.resolve(&"worktree".parse().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "the repository is bare: it has no work tree");
}

#[test]
fn a_linked_work_tree_has_its_own_head_and_files() {
    let fixture = Fixture::new();
    let commit = fixture.snapshot(&[("a.yaml", "a")]);
    fixture.reference("refs/heads/main", &commit.to_string());
    fixture.reference("refs/heads/topic", &commit.to_string());
    let linked = tempfile::tempdir().unwrap();
    let private = fixture.git().join("worktrees/linked");
    fixture.reference("worktrees/linked/HEAD", "ref: refs/heads/topic");
    fixture.reference("worktrees/linked/commondir", "../..");
    fixture.reference("worktrees/linked/gitdir", &linked.path().join(".git").display().to_string());
    fs::write(linked.path().join(".git"), format!("gitdir: {}\n", private.display())).unwrap();
    fs::write(linked.path().join("new.yaml"), "new").unwrap();
    let repository = open(linked.path());
    assert_eq!(repository.branch().as_deref(), Some("topic"));
    assert_eq!(show(&repository.tree(&super::fixture::worktree()).unwrap()), "File new.yaml \"new\"\n");
    assert_eq!(fixture.open().branch().as_deref(), Some("main"));
}

#[test]
fn objects_of_another_store_are_found() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    let commit = other.snapshot(&[("a.yaml", "a")]);
    fixture.write(".git/objects/info/alternates", format!("{}\n", other.git().join("objects").display()));
    assert_eq!(show(&fixture.list(commit)), "File a.yaml \"a\"\n");
}

#[test]
fn what_is_no_repository_is_said_so() {
    let nothing = tempfile::tempdir().unwrap();
    assert_eq!(
        refusal(nothing.path()),
        "neither PATH nor a directory above it is a git repository; run it inside a clone of the repository, or name one"
    );
    let absent = nothing.path().join("absent");
    let error = Repository::open(&absent, Configuration::RepositoryOnly).unwrap_err();
    assert_eq!(error, OpenError::Absent { path: absent });
}

#[test]
fn formats_that_are_not_read_are_named() {
    let fixture = Fixture::new();
    let version = CONFIG.replace("Version = 0", "Version = 1");
    fixture.write(".git/config", format!("{version}[extensions]\n\tobjectFormat = sha256\n"));
    assert!(refusal(fixture.path()).contains("has objects named by SHA-256, which Manifesto does not read"));
    fixture.write(".git/config", format!("{version}[extensions]\n\trefStorage = reftable\n"));
    assert!(
        refusal(fixture.path())
            .contains("has references stored as \"reftable\", which Manifesto does not read")
    );
}

#[test]
fn damage_is_an_error() {
    let fixture = Fixture::new();
    fixture.write(".git/config", "[core\n");
    assert!(refusal(fixture.path()).contains("cannot be read"));
    fixture.write(".git/config", CONFIG);
    fixture.write(".git/objects/info/alternates", ".\n../objects\n");
    assert!(refusal(fixture.path()).contains("Alternates form a cycle"));
    fixture.write(".git/objects/info/alternates", "");
    fixture.reference("refs/heads/main", "not a commit");
    let error = fixture.open().resolve(&"main".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("main"), "{error}");
}

#[test]
fn an_index_over_the_history_is_not_relied_on() {
    let fixture = Fixture::new();
    let first = fixture.snapshot(&[("a.yaml", "a")]);
    let second = fixture.commit(fixture.tree(&[]), &[first], 2, "second\n");
    fixture.reference("refs/heads/main", &first.to_string());
    fixture.reference("HEAD", &second.to_string());
    fixture.write(".git/objects/info/commit-graph", "garbage");
    let range = fixture.open().resolve(&crate::RangeSpec::default()).unwrap();
    assert_eq!(range.base.name, "main");
}

#[test]
#[cfg(unix)]
fn a_checkout_of_another_user_is_read_with_its_configuration() {
    let fixture = Fixture::new();
    let version = CONFIG.replace("Version = 0", "Version = 1");
    fixture.write(".git/config", format!("{version}[extensions]\n\trefStorage = other\n"));
    for path in ["", ".git", ".git/config", ".git/HEAD"] {
        if std::os::unix::fs::chown(fixture.path().join(path), Some(12_345), None).is_err() {
            println!("skipped: only root can give files away");
            return;
        }
    }
    assert!(refusal(fixture.path()).contains("references stored as \"other\""));
}

#[test]
fn nothing_before_the_first_commit_is_an_empty_tree() {
    let listing =
        Fixture::new().open().tree(&Revision { name: "nothing".into(), kind: RevisionKind::EmptyTree });
    assert_eq!(show(&listing.unwrap()), "");
}
