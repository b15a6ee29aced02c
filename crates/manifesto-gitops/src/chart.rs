//! Charts of the repository.

use manifesto_tree::{Gap, GapReason, Place, Tree, TreePath};

use crate::Rendering;

/// Names what is not rendered: the chart as a whole.
pub(crate) fn render(tree: &Tree, directory: &TreePath) -> Rendering {
    let place = Place::file(directory.child("Chart.yaml"));
    let gap = Gap::new(GapReason::Unsupported, format!("the chart {directory} is not rendered"));
    let reads = tree.below(directory).iter().map(|entry| entry.path.clone()).collect();
    Rendering { gaps: vec![gap.at(place)], reads, ..Rendering::default() }
}
