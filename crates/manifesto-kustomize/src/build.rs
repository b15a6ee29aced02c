//! What comes of a build.

use std::fmt::Write as _;
use std::sync::Arc;

use manifesto_tree::{Gap, Place, TreePath};
use manifesto_yaml::{Node, Writer, YamlError, to_yaml_stream};

use crate::error::BuildError;
use crate::reads::ReadSet;

/// What comes of a build. Whatever could not be rendered is a gap, and the rest is there.
#[derive(Debug, Clone, Default)]
pub struct Build {
    /// The objects, in the order in which kustomize prints them; none when there is an error.
    pub resources: Vec<Resource>,
    /// What could not be rendered, and why.
    pub gaps: Vec<Gap>,
    /// What is out of date.
    pub warnings: Vec<Warning>,
    /// What the build depends on.
    pub reads: ReadSet,
    /// Why kustomize would print nothing.
    pub error: Option<BuildError>,
}

/// An object, and where it comes from.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The object. What a patch, a transformer or a generator wrote has its mark there.
    pub root: Node,
    /// The files that the marks point into; the first one is the object's own.
    pub files: Arc<[TreePath]>,
    /// The kustomization lines that led to the object, the nearest first.
    pub via: Arc<[Place]>,
    /// Whether its values are encrypted: identity and keys are known, the values are those of the file.
    pub sealed: bool,
}

/// Something that works and should be written in another way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// The line.
    pub place: Place,
    /// What is out of date, and what to write, as a clause.
    pub detail: String,
}

impl Resource {
    /// Where a part of the object is written; none for what no file says.
    pub fn place(&self, node: &Node) -> Option<Place> {
        let path = self.files.get(usize::from(node.mark.file))?;
        (node.mark.line > 0).then(|| Place {
            path: path.clone(),
            line: node.mark.line,
            column: u32::from(node.mark.column),
        })
    }
}

/// The bytes that `kustomize build` prints for these objects.
pub fn to_yaml(resources: &[Resource]) -> Result<String, YamlError> {
    to_yaml_stream(resources.iter().map(|resource| &resource.root), Writer::Sigs)
}

impl Build {
    /// The error and the gaps, a line each, for people.
    pub fn problems(&self) -> String {
        let mut text = String::new();
        for line in
            self.error.iter().map(ToString::to_string).chain(self.gaps.iter().map(ToString::to_string))
        {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{line}");
        }
        text
    }
}
