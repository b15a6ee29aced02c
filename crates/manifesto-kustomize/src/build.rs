//! What comes of a build.

use std::fmt::Write as _;
use std::sync::Arc;

use manifesto_tree::{Gap, Place, TreePath};
use manifesto_yaml::{Mark, Node, Writer};

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
        self.place_of(node.mark)
    }

    fn place_of(&self, mark: Mark) -> Option<Place> {
        let path = self.files.get(usize::from(mark.file))?;
        (mark.line > 0).then(|| Place { path: path.clone(), line: mark.line, column: u32::from(mark.column) })
    }
}

/// The bytes that `kustomize build` prints for these objects. Refused is what has no form in JSON.
pub fn to_yaml(resources: &[Resource]) -> Result<String, BuildError> {
    let mut text = String::new();
    for (index, resource) in resources.iter().enumerate() {
        if index > 0 {
            text.push_str("---\n");
        }
        text.push_str(&manifesto_yaml::to_yaml(&resource.root, Writer::Sigs).map_err(|error| {
            BuildError {
                place: resource.place_of(error.mark),
                via: resource.via.to_vec(),
                what: "the object cannot be printed".to_owned(),
                why: error.problem,
                remedy: None,
            }
        })?);
    }
    Ok(text)
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
