//! What a kustomization names, read off without building it.

use manifesto_kustomize::{KustomizationFile, ReferenceKind, references};
use manifesto_yaml::Limits;

fn charts(text: &str) -> Vec<(String, u32)> {
    let file = KustomizationFile::parse(text.as_bytes(), &Limits::default()).unwrap();
    let directories =
        references(&file).into_iter().filter(|found| found.kind == ReferenceKind::ChartDirectory);
    directories.map(|found| (found.text.to_string(), found.mark.line)).collect()
}

#[test]
fn the_directory_of_a_chart_follows_from_its_home_version_and_repository() {
    assert_eq!(charts("helmCharts:\n- {name: redis}\n"), [("charts/redis".to_owned(), 2)]);
    let own = "helmGlobals: {chartHome: ../vendor/}\nhelmCharts:\n- {name: redis, version: 1.2.3}\n";
    assert_eq!(charts(own), [("../vendor/redis".to_owned(), 3)]);
    let pulled = "helmCharts:\n- {name: redis, version: 1.2.3, repo: 'https://charts.example.org'}\n";
    assert_eq!(charts(pulled), [("charts/redis-1.2.3/redis".to_owned(), 2)]);
    assert_eq!(charts("resources: [redis]\n"), []);
}
