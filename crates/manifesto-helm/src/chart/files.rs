//! The files of a chart, from wherever they come.

use manifesto_gotmpl::Str;
use manifesto_tree::{Entry, EntryKind, Tree, TreePath};

use super::budget::LoadBudget;
use super::ignore::IgnoreRules;
use crate::error::{ErrorKind, HelmError};

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct ChartFile {
    /// Where it is in the chart.
    pub(crate) name: String,
    /// What it holds, without a byte-order mark.
    pub(crate) data: Str,
    /// Where in the tree it is.
    pub(crate) origin: Option<FileOrigin>,
}

/// Where in a tree a file of a chart is.
#[derive(Debug, Clone)]
pub(crate) struct FileOrigin {
    /// The file, or the archive that it is packed in.
    pub(crate) path: TreePath,
    /// Whether it is packed.
    pub(crate) packed: bool,
}

impl ChartFile {
    pub(super) fn new(name: String, mut data: Vec<u8>, origin: Option<FileOrigin>) -> Self {
        if data.starts_with(b"\xef\xbb\xbf") {
            data.drain(..3);
        }
        Self { name, data: Str::from(data), origin }
    }
}

/// How many links a way through directories may take, as Linux has it.
const LINKS_MAX: usize = 40;

/// The files below a directory of a tree, in the order in which Helm walks (pkg/chart/v2/loader/directory.go).
pub(super) fn in_directory(
    tree: &Tree,
    directory: &TreePath,
    budget: &mut LoadBudget,
    reads: &mut Vec<TreePath>,
) -> Result<Vec<ChartFile>, HelmError> {
    let rules_path = directory.child(".helmignore");
    let mut rules = match tree.lookup(&rules_path) {
        Ok(entry) => IgnoreRules::parse(&read(tree, entry)?)
            .map_err(|reason| HelmError::new(ErrorKind::Chart, reason))?,
        Err(_) => IgnoreRules::default(),
    };
    reads.push(rules_path);
    rules.add_defaults();
    let mut walk = Walk { tree, rules, budget, reads, files: Vec::new() };
    walk.directory(directory, "", &mut Vec::new())?;
    Ok(walk.files)
}

struct Walk<'w> {
    tree: &'w Tree,
    rules: IgnoreRules,
    budget: &'w mut LoadBudget,
    reads: &'w mut Vec<TreePath>,
    files: Vec<ChartFile>,
}

impl Walk<'_> {
    /// `links` are the directories that links on the way led to.
    fn directory(
        &mut self,
        place: &TreePath,
        name: &str,
        links: &mut Vec<TreePath>,
    ) -> Result<(), HelmError> {
        let tree = self.tree;
        let mut children: Vec<(String, Option<&Entry>)> =
            tree.files_in(place).map(|entry| (entry.path.file_name().to_owned(), Some(entry))).collect();
        children.extend(tree.directories_in(place).iter().map(|path| (path.file_name().to_owned(), None)));
        children.sort_by(|a, b| a.0.cmp(&b.0));
        for (child, entry) in children {
            let name = if name.is_empty() { child.clone() } else { format!("{name}/{child}") };
            self.budget.visit()?;
            match entry {
                None => self.enter(&place.child(&child), &name, links)?,
                Some(entry) if entry.kind == EntryKind::Symlink => self.link(&entry.path, &name, links)?,
                Some(entry) => self.file(entry, &entry.path, name)?,
            }
        }
        Ok(())
    }

    fn enter(&mut self, place: &TreePath, name: &str, links: &mut Vec<TreePath>) -> Result<(), HelmError> {
        if self.rules.ignores(name, true) { Ok(()) } else { self.directory(place, name, links) }
    }

    /// Helm follows links wherever they lead; here they stay in the tree.
    fn link(&mut self, link: &TreePath, name: &str, links: &mut Vec<TreePath>) -> Result<(), HelmError> {
        let broken = |reason: &dyn std::fmt::Display| {
            HelmError::new(ErrorKind::Chart, format!("error evaluating symlink {link}: {reason}"))
        };
        self.reads.push(link.clone());
        let target = self.tree.resolve(link).map_err(|error| broken(&error))?;
        if let Some(entry) = self.tree.entry(&target) {
            return self.file(entry, link, name.to_owned());
        }
        if links.contains(&target) || link.starts_with(&target) || links.len() >= LINKS_MAX {
            return Err(broken(&"too many links"));
        }
        links.push(target.clone());
        self.enter(&target, name, links)?;
        links.pop();
        Ok(())
    }

    fn file(&mut self, entry: &Entry, origin: &TreePath, name: String) -> Result<(), HelmError> {
        if self.rules.ignores(&name, false) {
            return Ok(());
        }
        if !entry.is_file() {
            let message = format!("cannot load irregular file {origin} as it has file mode type bits set");
            return Err(HelmError::new(ErrorKind::Chart, message));
        }
        self.reads.push(entry.path.clone());
        let data = read(self.tree, entry)?;
        self.budget.file(&name, data.len() as u64)?;
        let origin = FileOrigin { path: origin.clone(), packed: false };
        self.files.push(ChartFile::new(name, data.to_vec(), Some(origin)));
        Ok(())
    }
}

pub(super) fn read(tree: &Tree, entry: &Entry) -> Result<std::sync::Arc<[u8]>, HelmError> {
    tree.read(entry)
        .map_err(|error| HelmError::new(ErrorKind::Chart, format!("error reading {}: {error}", entry.path)))
}
