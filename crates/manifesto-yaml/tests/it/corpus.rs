//! Real YAML: what kustomize printed stays as it is when it is read and written again.

use std::path::Path;

use manifesto_yaml::{Dialect, Limits, Writer, parse, to_yaml_stream};

#[test]
fn what_kustomize_printed_is_written_again_byte_for_byte() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance/kustomize");
    let Ok(cases) = std::fs::read_dir(Path::new(folder)) else {
        println!("skipped: the conformance cases are not here");
        return;
    };
    let mut count = 0;
    for case in cases.flatten() {
        let Ok(expected) = std::fs::read_to_string(case.path().join("expected.yaml")) else { continue };
        let parsed = parse(expected.as_bytes(), Dialect::GoV3, &Limits::default());
        assert_eq!(parsed.error, None, "{:?}", case.path());
        let roots = parsed.documents.iter().map(|document| &document.root);
        assert_eq!(to_yaml_stream(roots, Writer::Sigs).unwrap(), expected, "{:?}", case.path());
        count += 1;
    }
    assert!(count > 200, "only {count} cases");
}
