//! Which new file is a lost one that moved, by the rules of `git diff -M`.
//!
//! The rules are those of git 2.47 (`diffcore-rename.c`), so that what a report calls a rename is what the forge calls
//! one: first the same content, then the same unusual name, then the most similar content.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use manifesto_tree::{BlobId, Entry, EntryKind, Tree};

use crate::similarity::{Fingerprint, SCORE_MAX};

/// Files half of which is the same are one file (git's default for `-M`).
const SCORE_MIN: u64 = SCORE_MAX / 2;

/// When the names agree and no other file has that name, git wants more similarity, but compares nothing else
/// (`GIT_BASENAME_FACTOR`).
const SCORE_MIN_SAME_NAME: u64 = SCORE_MIN + (SCORE_MAX - SCORE_MIN) / 2;

/// Each file is compared with each only below this many pairs (`diff.renameLimit`, 1000 files each).
const PAIRS_MAX: usize = 1000 * 1000;

/// The candidates that are kept for each new file (`NUM_CANDIDATE_PER_DST`).
const CANDIDATES_MAX: usize = 4;

/// The lost files of the same content of which one with the same name is looked for.
const SAME_CONTENT_MAX: usize = 100;

/// Content that is read to look for renames. What is beyond counts as unlike anything.
const CONTENT_BYTES_MAX: usize = 128 << 20;

/// The steps that comparing each file with each may take: two or three seconds.
const STEPS_MAX: u64 = 1_000_000_000;

/// A side of the search: the files that are only in base, or only in head.
pub(crate) struct Unmatched<'t> {
    pub(crate) tree: &'t Tree,
    /// Sorted by path.
    pub(crate) entries: Vec<&'t Entry>,
}

/// For each new file, in order, the lost file that it was.
pub(crate) fn renames<'t>(lost: &Unmatched<'t>, new: &Unmatched<'t>) -> Vec<Option<&'t Entry>> {
    let mut search = Search {
        sources: Side::new(lost),
        targets: Side::new(new),
        found: vec![None; new.entries.len()],
        content_bytes_left: CONTENT_BYTES_MAX,
    };
    search.same_content();
    search.same_name();
    search.similar_content();
    search.found.into_iter().map(|source| lost.entries.get(source?).copied()).collect()
}

struct Search<'s, 't> {
    sources: Side<'s, 't>,
    targets: Side<'s, 't>,
    /// The source of each target.
    found: Vec<Option<usize>>,
    content_bytes_left: usize,
}

impl Search<'_, '_> {
    fn pair(&mut self, source: usize, target: usize) {
        self.sources.paired.insert(source);
        self.targets.paired.insert(target);
        if let Some(found) = self.found.get_mut(target) {
            *found = Some(source);
        }
    }

    /// Files that moved and did not change. Among several, one of the same name is it, else the first.
    fn same_content(&mut self) {
        let mut sources: BTreeMap<(BlobId, Content), VecDeque<(usize, &Entry)>> = BTreeMap::new();
        for (index, entry) in self.sources.entries.iter().copied().enumerate() {
            sources.entry((entry.id, Content::of(entry))).or_default().push_back((index, entry));
        }
        for (target, entry) in self.targets.entries.iter().copied().enumerate() {
            let Some(same) = sources.get_mut(&(entry.id, Content::of(entry))) else { continue };
            let mut named = same.iter().take(SAME_CONTENT_MAX);
            let position = named.position(|(_, source)| same_name(source, entry)).unwrap_or(0);
            if let Some((source, _)) = same.remove(position) {
                self.pair(source, target);
            }
        }
    }

    /// Files that kept a name which no other unmatched file has, and most of their content.
    fn same_name(&mut self) {
        let targets = self.targets.unique_names();
        for (name, source) in self.sources.unique_names() {
            let Some(target) = targets.get(name).copied() else { continue };
            self.sources.read(source, &mut self.content_bytes_left);
            self.targets.read(target, &mut self.content_bytes_left);
            if self.score(source, target, SCORE_MIN_SAME_NAME) >= SCORE_MIN_SAME_NAME {
                self.pair(source, target);
            }
        }
    }

    /// The most similar of all that is left, each with each.
    fn similar_content(&mut self) {
        let (sources, targets) = (self.sources.unpaired(), self.targets.unpaired());
        if sources.len().saturating_mul(targets.len()) > PAIRS_MAX {
            return;
        }
        for source in &sources {
            self.sources.read(*source, &mut self.content_bytes_left);
        }
        for target in &targets {
            self.targets.read(*target, &mut self.content_bytes_left);
        }
        let (ours, theirs) = (self.sources.chunk_count(&sources), self.targets.chunk_count(&targets));
        if ours * targets.len() as u64 + theirs * sources.len() as u64 > STEPS_MAX {
            return;
        }
        let mut candidates: Vec<Candidate> =
            targets.iter().flat_map(|target| self.candidates(&sources, *target)).collect();
        // The order of what is equally good is the order of the paths, as the sort is stable.
        candidates.sort_by_key(|candidate| Reverse(candidate.rank()));
        for Candidate { score, source, target, .. } in candidates {
            if score >= SCORE_MIN
                && !self.sources.paired.contains(&source)
                && !self.targets.paired.contains(&target)
            {
                self.pair(source, target);
            }
        }
    }

    /// The best sources for one target. A better one takes the place of the first of the worst.
    fn candidates(&self, sources: &[usize], target: usize) -> Vec<Candidate> {
        let mut best: Vec<Candidate> = Vec::with_capacity(CANDIDATES_MAX);
        for source in sources.iter().copied() {
            let same_name = match (self.sources.entries.get(source), self.targets.entries.get(target)) {
                (Some(source), Some(target)) => same_name(source, target),
                _ => false,
            };
            let candidate =
                Candidate { score: self.score(source, target, SCORE_MIN), same_name, source, target };
            if best.len() < CANDIDATES_MAX {
                best.push(candidate);
            } else if let Some(worst) = best.iter_mut().min_by_key(|candidate| candidate.rank())
                && worst.rank() < candidate.rank()
            {
                *worst = candidate;
            }
        }
        best
    }

    fn score(&self, source: usize, target: usize, score_min: u64) -> u64 {
        match (self.sources.fingerprint(source), self.targets.fingerprint(target)) {
            (Some(source), Some(target)) => source.score(target, score_min),
            _ => 0,
        }
    }
}

/// A pair that may be a rename.
struct Candidate {
    score: u64,
    same_name: bool,
    source: usize,
    target: usize,
}

impl Candidate {
    fn rank(&self) -> (u64, bool) {
        (self.score, self.same_name)
    }
}

/// One side of the search. A file is known by its index.
struct Side<'s, 't> {
    tree: &'t Tree,
    entries: &'s [&'t Entry],
    paired: BTreeSet<usize>,
    /// What was read; none where nothing can be compared.
    fingerprints: BTreeMap<usize, Option<Fingerprint>>,
}

impl<'s, 't> Side<'s, 't> {
    fn new(files: &'s Unmatched<'t>) -> Self {
        Self {
            tree: files.tree,
            entries: &files.entries,
            paired: BTreeSet::new(),
            fingerprints: BTreeMap::new(),
        }
    }

    fn unpaired(&self) -> Vec<usize> {
        (0..self.entries.len()).filter(|index| !self.paired.contains(index)).collect()
    }

    /// The unpaired files whose name no other of them has.
    fn unique_names(&self) -> BTreeMap<&'t str, usize> {
        let mut names: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for index in self.unpaired() {
            let Some(entry) = self.entries.get(index) else { continue };
            names.entry(entry.path.file_name()).and_modify(|unique| *unique = None).or_insert(Some(index));
        }
        names.into_iter().filter_map(|(name, unique)| Some((name, unique?))).collect()
    }

    /// Reads a file, unless that was done or there is no more to spend. Links and submodules are not similar to
    /// anything.
    fn read(&mut self, index: usize, bytes_left: &mut usize) {
        let Some(entry) = self.entries.get(index).copied() else { return };
        self.fingerprints.entry(index).or_insert_with(|| {
            let content =
                if entry.is_file() && *bytes_left > 0 { self.tree.read(entry).ok()? } else { return None };
            *bytes_left = bytes_left.saturating_sub(content.len());
            Some(Fingerprint::of(&content))
        });
    }

    fn fingerprint(&self, index: usize) -> Option<&Fingerprint> {
        self.fingerprints.get(&index)?.as_ref()
    }

    fn chunk_count(&self, indexes: &[usize]) -> u64 {
        indexes.iter().filter_map(|index| self.fingerprint(*index)).map(Fingerprint::chunk_count).sum()
    }
}

/// Files that may be renames of each other: regular ones whether executable or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Content {
    Regular,
    Symlink,
    Submodule,
}

impl Content {
    fn of(entry: &Entry) -> Self {
        match entry.kind {
            EntryKind::File | EntryKind::Executable => Self::Regular,
            EntryKind::Symlink => Self::Symlink,
            EntryKind::Submodule => Self::Submodule,
        }
    }
}

fn same_name(one: &Entry, other: &Entry) -> bool {
    one.path.file_name() == other.path.file_name()
}
