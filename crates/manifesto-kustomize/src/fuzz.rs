//! The body of the fuzz target: any bytes as a kustomization and its files.

use manifesto_tree::{MemTree, TreePath};

use crate::{Limits, LoadRestrictor, Options, Session, to_yaml};

/// The names that the parts of the input get, in this order.
const NAMES: [&str; 6] = [
    "kustomization.yaml",
    "a.yaml",
    "b.yaml",
    "base/kustomization.yaml",
    "base/a.yaml",
    "part/kustomization.yaml",
];

/// Builds what the bytes say, which must end without a panic, and come out the same when the session knows it already.
/// A line `====` ends a file.
pub(crate) fn fuzz(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parts = text.split("\n====\n");
    let tree = NAMES.into_iter().zip(parts).fold(MemTree::new(), |tree, (name, part)| tree.file(name, part));
    let tree = tree.build();
    let limits = Limits { objects_max: 2_000, work_max: 200_000, ..Limits::default() };
    let session = Session::new(limits);
    for load_restrictor in [LoadRestrictor::RootOnly, LoadRestrictor::None] {
        let options = Options { load_restrictor, ..Options::default() };
        let build = session.build(&tree, &TreePath::root(), &options);
        let again = Session::new(limits).build(&tree, &TreePath::root(), &options);
        assert_eq!(to_yaml(&build.resources), to_yaml(&again.resources));
        assert_eq!(build.problems(), again.problems());
    }
}
