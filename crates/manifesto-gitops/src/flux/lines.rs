//! Where the lines of a file that a controller writes come from.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_kustomize::Resource;
use manifesto_tree::{Place, TreePath};
use manifesto_yaml::{Dialect, Limits, Mark, Node, Value, Writer, parse, to_yaml, to_yaml_stream};

/// A file that a controller writes, and where each line of it is written by a person.
#[derive(Debug)]
pub(super) struct WrittenFile {
    /// Its path.
    pub(super) path: TreePath,
    /// Its content.
    pub(super) content: Vec<u8>,
    lines: BTreeMap<u32, Line>,
    /// The first line of each document.
    documents: Vec<u32>,
    /// What stands for lines that nobody wrote.
    default: Place,
}

#[derive(Debug, Clone)]
struct Line {
    place: Place,
    /// Whether the lines that follow are those that follow at the place too: in a text of several lines.
    runs_on: bool,
}

/// The most lines of one file that are told apart.
const LINES_MAX: usize = 200_000;

impl WrittenFile {
    /// Writes a file. `files` is what the marks of `root` count.
    pub(super) fn new(
        path: TreePath,
        root: &Node,
        files: &[TreePath],
        default: Place,
    ) -> Result<Self, String> {
        let text = to_yaml(root, Writer::Sigs).map_err(|error| error.to_string())?;
        let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
        let mut lines = BTreeMap::new();
        if let Some(document) = parsed.documents.first() {
            collect(&document.root, root, files, &mut lines);
        }
        Ok(Self { path, content: text.into_bytes(), lines, documents: vec![1], default })
    }

    /// Writes objects, one document each.
    pub(super) fn stream(path: TreePath, resources: &[Resource], default: Place) -> Result<Self, String> {
        let text = to_yaml_stream(resources.iter().map(|resource| &resource.root), Writer::Sigs);
        let text = text.map_err(|error| error.to_string())?;
        let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
        let (mut lines, mut documents) = (BTreeMap::new(), Vec::new());
        for (document, resource) in parsed.documents.iter().zip(resources) {
            collect(&document.root, &resource.root, &resource.files, &mut lines);
            documents.push(document.root.mark.line);
        }
        Ok(Self { path, content: text.into_bytes(), lines, documents, default })
    }

    /// The number of the document with this line.
    pub(super) fn document_at(&self, line: u32) -> usize {
        self.documents.partition_point(|first| *first <= line).saturating_sub(1)
    }

    /// Where a place is really written. Places in other files stay.
    pub(super) fn place(&self, place: &Place) -> Place {
        if place.path != self.path {
            return place.clone();
        }
        let Some((number, line)) = self.lines.range(..=place.line).next_back() else {
            return self.default.clone();
        };
        let mut found = line.place.clone();
        if line.runs_on {
            found.line = found.line.saturating_add(place.line - number);
        }
        found
    }

    /// The same object with every mark where it is really written.
    pub(super) fn relocated(&self, root: &Node, files: &Arc<[TreePath]>) -> (Node, Arc<[TreePath]>) {
        let Some(own) =
            files.iter().position(|file| *file == self.path).and_then(|at| u16::try_from(at).ok())
        else {
            return (root.clone(), Arc::clone(files));
        };
        let mut relocation = Relocation { file: self, own, files: files.to_vec() };
        let root = root.with_marks(|mark| relocation.mark(mark));
        (root, relocation.files.into())
    }
}

struct Relocation<'r> {
    file: &'r WrittenFile,
    /// The number of the written file.
    own: u16,
    files: Vec<TreePath>,
}

impl Relocation<'_> {
    fn mark(&mut self, mark: Mark) -> Mark {
        if mark.file != self.own || mark.line == 0 {
            return mark;
        }
        let written = Place { path: self.file.path.clone(), line: mark.line, column: mark.column.into() };
        let place = self.file.place(&written);
        let file = file_number(&mut self.files, &place.path);
        let column = u16::try_from(place.column).unwrap_or(u16::MAX);
        Mark { line: place.line, column, file: file.unwrap_or(mark.file) }
    }
}

/// The number of a file in a table of files; it is added when it is new.
pub(super) fn file_number(files: &mut Vec<TreePath>, path: &TreePath) -> Option<u16> {
    let at = files.iter().position(|file| file == path).unwrap_or_else(|| {
        files.push(path.clone());
        files.len() - 1
    });
    u16::try_from(at).ok()
}

/// Walks what was written and what it was written from side by side.
fn collect(written: &Node, from: &Node, files: &[TreePath], lines: &mut BTreeMap<u32, Line>) {
    note(written, from, files, lines);
    match (&written.value, &from.value) {
        (Value::Mapping(written), Value::Mapping(from)) => {
            for entry in written.entries() {
                let key = entry.key.text().unwrap_or_default();
                if let Some(other) = from.entry(key) {
                    note(&entry.key, &other.key, files, lines);
                    collect(&entry.value, &other.value, files, lines);
                }
            }
        }
        (Value::Sequence(written), Value::Sequence(from)) => {
            for (written, from) in written.iter().zip(from.iter()) {
                collect(written, from, files, lines);
            }
        }
        _ => {}
    }
}

fn note(written: &Node, from: &Node, files: &[TreePath], lines: &mut BTreeMap<u32, Line>) {
    let Some(path) = files.get(usize::from(from.mark.file)).filter(|_| from.mark.line > 0) else { return };
    if lines.len() >= LINES_MAX {
        return;
    }
    let place = Place { path: path.clone(), line: from.mark.line, column: from.mark.column.into() };
    let is_block = |node: &Node| {
        let style = node.as_scalar().map(manifesto_yaml::Scalar::style);
        matches!(style, Some(manifesto_yaml::ScalarStyle::Literal))
    };
    let runs_on = is_block(written) && is_block(from);
    let line = Line { place, runs_on };
    // What begins on one line may be written on several; the lines of a text are counted from its own.
    if runs_on {
        lines.insert(written.mark.line, line);
    } else {
        lines.entry(written.mark.line).or_insert(line);
    }
}
