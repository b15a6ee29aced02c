use std::collections::BTreeMap;

use gix::ObjectId;
use gix::objs::Kind;

use super::fixture::{FILE, Fixture};
use crate::{CommitId, RangeError, RangeSpec, Revision, RevisionKind};

/// A repository with a history: a line for each commit, its label and its parents; and one for each reference.
struct History {
    fixture: Fixture,
    commits: BTreeMap<String, ObjectId>,
}

impl History {
    fn new(commits: &str, references: &str) -> Self {
        let mut history = Self { fixture: Fixture::new(), commits: BTreeMap::new() };
        for (time, line) in (1..).zip(commits.trim().lines()) {
            let mut labels = line.split_whitespace();
            let label = labels.next().unwrap();
            let parents: Vec<ObjectId> = labels.map(|parent| history.commits[parent]).collect();
            let tree = history.fixture.tree(&[(FILE, b"label", label.as_bytes())]);
            let commit = history.fixture.commit(tree, &parents, time, &format!("{label}\n"));
            history.commits.insert(label.to_owned(), commit);
        }
        for line in references.trim().lines() {
            history.reference(line);
        }
        history
    }

    /// `NAME LABEL`, `NAME -> NAME` or `NAME tag LABEL`, which makes a tag that is an object.
    fn reference(&self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (name, target) = match *words.as_slice() {
            [name, "->", target] => (name, format!("ref: {target}")),
            [name, "tag", label] => {
                let text = format!(
                    "object {}\ntype commit\ntag {label}\ntagger a <a@b> 1 +0000\n\nx\n",
                    self.commits[label]
                );
                (name, self.fixture.object(Kind::Tag, text.as_bytes()).to_string())
            }
            [name, label] => (name, self.commits[label].to_string()),
            _ => panic!("{line}"),
        };
        self.fixture.reference(name, &target);
    }

    fn label(&self, revision: &Revision) -> String {
        match revision.kind {
            RevisionKind::Commit(CommitId(id)) => {
                let label = self.commits.iter().find(|(_, commit)| **commit == id);
                format!("{}={}", revision.name, label.map_or("?", |(label, _)| label))
            }
            RevisionKind::EmptyTree | RevisionKind::Worktree => revision.name.clone(),
        }
    }

    fn resolve(&self, text: &str) -> Result<String, RangeError> {
        let range = self.fixture.open().resolve(&text.parse()?)?;
        Ok(format!("{} .. {}", self.label(&range.base), self.label(&range.head)))
    }

    /// Compares what a range resolves to, or why it does not.
    fn check(&self, range: &str, expected: &str) {
        let found = self.resolve(range).unwrap_or_else(|error| {
            error.hint().map_or_else(|| error.to_string(), |hint| format!("{error}; {hint}"))
        });
        assert_eq!(found, expected, "for {range:?}");
    }
}

/// ```text
/// A---B---C---M   main, M merges D
///      \     /
///       D---E   topic
/// ```
fn branchy() -> History {
    History::new(
        "A\nB A\nC B\nD B\nM C D\nE D",
        "refs/heads/main M\nrefs/heads/topic E\nrefs/heads/old C\nHEAD -> refs/heads/topic",
    )
}

#[test]
fn two_dots_are_two_exact_revisions() {
    branchy().check("main..topic", "main=M .. topic=E");
    branchy().check("topic..main", "topic=E .. main=M");
    branchy().check("old..", "old=C .. HEAD=E");
    branchy().check("..old", "HEAD=E .. old=C");
}

#[test]
fn three_dots_start_where_head_left_base() {
    branchy().check("old...topic", "the fork from old=B .. topic=E");
    branchy().check("main...topic", "the fork from main=D .. topic=E");
    branchy().check("topic...main", "the fork from topic=D .. main=M");
    branchy().check("main~1...main", "main~1=C .. main=M");
    branchy().check("old...", "the fork from old=B .. HEAD=E");
}

#[test]
fn one_commit_starts_at_its_first_parent() {
    branchy().check("topic", "the parent of topic=D .. topic=E");
    branchy().check("main", "the parent of main=C .. main=M");
    branchy().check("HEAD~2", "the parent of HEAD~2=A .. HEAD~2=B");
    branchy().check("main^2", "the parent of main^2=B .. main^2=D");
    branchy().check("topic~3", "nothing .. topic~3=A");
}

#[test]
fn nothing_said_is_what_the_branch_adds() {
    branchy().check("", "the fork from main=D .. HEAD=E");
    branchy().check("worktree", "the fork from main=D .. the work tree");
    branchy().check("HEAD..worktree", "HEAD=E .. the work tree");
    branchy().check("old...worktree", "the fork from old=B .. the work tree");
}

#[test]
fn the_default_branch_itself_changes_by_its_last_commit() {
    let history = branchy();
    history.reference("HEAD -> refs/heads/main");
    history.check("", "the parent of HEAD=C .. HEAD=M");
    history.check("worktree", "main=M .. the work tree");
    history.reference("HEAD C");
    history.check("", "the parent of HEAD=B .. HEAD=C");
    history.reference("HEAD A");
    history.check("", "nothing .. HEAD=A");
}

#[test]
fn commits_that_the_remote_lacks_are_the_change() {
    let history = branchy();
    history.reference("HEAD -> refs/heads/main");
    history.reference("refs/remotes/origin/main C");
    history.check("", "origin/main=C .. HEAD=M");
    history.reference("refs/tags/origin/main A");
    history.check("", "origin/main=C .. HEAD=M");
}

#[test]
fn the_default_branch_is_the_remotes_then_main_then_master() {
    let history = History::new(
        "A\nB A\nC B\nD C\nE D",
        "refs/heads/trunk B\nrefs/heads/main C\nrefs/heads/master D\nrefs/heads/topic E\nHEAD -> refs/heads/topic",
    );
    let default = |history: &History| history.fixture.open().default_branch().unwrap_or_default();
    assert_eq!(default(&history), "main");
    history.reference("refs/remotes/origin/main B");
    assert_eq!(default(&history), "origin/main");
    history.reference("refs/remotes/origin/HEAD -> refs/remotes/origin/trunk");
    assert_eq!(default(&history), "origin/main", "what the remote's HEAD names was not fetched");
    history.reference("refs/remotes/origin/trunk A");
    assert_eq!(default(&history), "origin/trunk");
    history.check("", "origin/trunk=A .. HEAD=E");
}

#[test]
fn a_detached_head_with_remote_branches_only_is_enough() {
    let history = History::new("A\nB A\nC A", "refs/remotes/origin/master B\nHEAD C");
    history.check("", "the fork from origin/master=A .. HEAD=C");
    assert_eq!(history.fixture.open().branch(), None);
}

#[test]
fn without_a_default_branch_the_base_must_be_named() {
    let history = History::new("A\nB A", "refs/heads/dev A\nHEAD B");
    history.check(
        "",
        "there is no `origin/HEAD`, `main` or `master` that tells what the change is for; name the base: `BASE...HEAD`",
    );
    for range in ["", "HEAD"] {
        let range = range.parse::<RangeSpec>().unwrap().with_base("dev").unwrap();
        assert_eq!(range.to_string(), "dev...HEAD");
    }
}

#[test]
fn a_criss_cross_has_one_base() {
    // Both C and D are merge bases of E and F; git takes the younger.
    let history =
        History::new("A\nB A\nC B\nD B\nE C D\nF D C", "refs/heads/main E\nrefs/heads/topic F\nHEAD F");
    history.check("main...topic", "the fork from main=D .. topic=F");
}

#[test]
fn unrelated_histories_have_no_fork() {
    let history = History::new("A\nB", "refs/heads/main A\nHEAD B");
    history.check(
        "main...HEAD",
        "main and HEAD have no commit in common; compare them as they are: `main..HEAD`",
    );
    history.check("main..HEAD", "main=A .. HEAD=B");
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let history = History::new("A\nB A\nC B\nD B", "refs/heads/main C\nrefs/heads/topic D\nHEAD D");
    let deepen = "fetch the whole history: `git fetch --unshallow`, in CI a fetch depth of 0";
    history.fixture.write(".git/shallow", format!("{}\n{}\n", history.commits["C"], history.commits["D"]));
    for label in ["A", "B"] {
        std::fs::remove_file(history.fixture.object_path(history.commits[label])).unwrap();
    }
    history.check("main..topic", "main=C .. topic=D");
    history.check("", &format!("main and HEAD have no commit in common in this shallow clone; {deepen}"));
    history.check("topic", &format!("the parent of topic is not in this clone; {deepen}"));
    history.check("v1.0", &format!("no branch, tag or commit is called \"v1.0\"; {deepen}"));
    let range = history.fixture.open().resolve(&"main..topic".parse().unwrap()).unwrap();
    let commits = history.fixture.open().commits(&range, 10).unwrap();
    assert_eq!(commits.commits.len(), 1);
}

#[test]
fn tags_and_abbreviated_names_lead_to_commits() {
    let history = History::new("A\nB A", "refs/tags/v1 A\nrefs/tags/v2 tag B\nrefs/heads/main B");
    history.check("v1..v2", "v1=A .. v2=B");
    history.check("v2", "the parent of v2=A .. v2=B");
    let name = history.commits["B"].to_string();
    let short = name.get(..8).unwrap();
    history.check(short, &format!("the parent of {short}=A .. {short}=B"));
    history.check(&format!("v1..{name}"), &format!("v1=A .. {name}=B"));
}

#[test]
fn names_with_slashes_and_dots_are_whole() {
    let history = History::new("A\nB A", "refs/tags/12-cnpg.backup/base A\nrefs/tags/12-cnpg.backup/head B");
    history
        .check("12-cnpg.backup/base..12-cnpg.backup/head", "12-cnpg.backup/base=A .. 12-cnpg.backup/head=B");
}

#[test]
fn what_a_name_is_not_is_said() {
    let history = branchy();
    history.check("tpic", "no branch, tag or commit is called \"tpic\"; did you mean topic?");
    history.check("Main..HEAD", "no branch, tag or commit is called \"Main\"; did you mean main?");
    history.check(
        "release",
        "no branch, tag or commit is called \"release\"; if it exists elsewhere, fetch it: `git fetch origin release`",
    );
    history.check("HEAD:label", "\"HEAD:label\" is not a commit: it is a blob");
    history.check("HEAD^{tree}", "\"HEAD^{tree}\" is not a commit: it is a tree");
    history.check("HEAD^@", "\"HEAD^@\" is not a commit: it stands for more than one revision");
    for name in ["HEAD~9", "HEAD^2", "HEAD@{1}", "HEAD~99999999999999999999", "@{upstream}"] {
        let error = history.resolve(name).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{name:?} is not a commit: ")), "{error}");
    }
}

#[test]
fn a_remote_branch_is_near_its_own_name() {
    let history = History::new("A", "refs/remotes/origin/release A\nHEAD A");
    history.check(
        "release..HEAD",
        "no branch, tag or commit is called \"release\"; did you mean origin/release?",
    );
}

#[test]
fn a_short_name_may_fit_several_commits() {
    let history = History::new("A", "HEAD A");
    let id = history.commits["A"];
    let mut other = id.as_bytes().to_vec();
    *other.last_mut().unwrap() ^= 1;
    let other = history.fixture.object_path(ObjectId::try_from(other.as_slice()).unwrap());
    std::fs::copy(history.fixture.object_path(id), other).unwrap();
    let error = history.resolve(&id.to_hex_with_len(8).to_string()).unwrap_err();
    assert!(matches!(&error, RangeError::Ambiguous { candidates, .. } if candidates.len() == 2), "{error}");
    assert_eq!(error.hint().as_deref(), Some("write more of its digits"));
}

#[test]
fn before_the_first_commit_there_is_only_the_work_tree() {
    let history = History::new("", "");
    for range in ["", "HEAD", "HEAD~1", "..HEAD"] {
        history.check(range, "the repository has no commit yet; commit something, or compare the work tree");
    }
    history.check("worktree", "nothing .. the work tree");
}

#[test]
fn what_is_no_range_is_refused() {
    let check = |text: &str, reason: &str| {
        let error = text.parse::<RangeSpec>().unwrap_err();
        assert_eq!(error.to_string(), format!("{text:?} is not a range: {reason}"));
    };
    check("a..b..c", "it has more than two ends");
    check("a....b", "it has more than two ends");
    check("worktree..main", "the work tree can only be what the change leads to");
    check("a\nb", "it holds a control character");
    let twice = "a...b".parse::<RangeSpec>().unwrap().with_base("c").unwrap_err();
    assert_eq!(twice.to_string(), "the range \"a...b\" names its base, and so does \"c\"");
}

#[test]
fn commits_of_a_range_are_those_that_base_lacks() {
    let history = branchy();
    let subjects = |range: &str, count_max| {
        let repository = history.fixture.open();
        let range = repository.resolve(&range.parse().unwrap()).unwrap();
        let commits = repository.commits(&range, count_max).unwrap();
        let subjects: Vec<String> = commits.commits.into_iter().map(|commit| commit.subject).collect();
        format!("{}{}", subjects.join(" "), if commits.more { " and more" } else { "" })
    };
    assert_eq!(subjects("old..topic", 10), "E D");
    assert_eq!(subjects("old..topic", 1), "E and more");
    assert_eq!(subjects("main..main", 10), "");
    assert_eq!(subjects("main", 10), "M D");
    assert_eq!(subjects("topic~3", 10), "A");
    assert_eq!(subjects("main...worktree", 10), "E");
}

#[test]
fn a_message_has_a_subject_and_a_body() {
    let fixture = Fixture::new();
    let tree = fixture.tree(&[]);
    let commit = fixture.commit(tree, &[], 1, "feat: one\nline\n\nWhy it\nmatters.\n\nRefs: #1\n");
    fixture.reference("refs/heads/main", &commit.to_string());
    let repository = fixture.open();
    let range = repository.resolve(&"main".parse().unwrap()).unwrap();
    let commits = repository.commits(&range, 10).unwrap().commits;
    assert_eq!(commits[0].subject, "feat: one line");
    assert_eq!(commits[0].body, "Why it\nmatters.\n\nRefs: #1");
    assert_eq!(commits[0].id.to_string(), commit.to_string());
    assert_eq!(commits[0].id.short().len(), 12);
}
