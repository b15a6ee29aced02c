use manifesto_tree::TreePath;

use crate::cases;

const PAGE: &str = "# Page\n\ntext\n\n## One\n\n`base/a.yaml`:\n\n```yaml\na: 1\n```\n\n`head/a.yaml`:\n```yaml\na: 2\n```\n\n\
                    `both.yaml`:\n```yaml\nb: 1\n```\n\n```evidence\nsaid\n```\n\n## No case\n\n```sh\nls\n```\n";

#[test]
fn a_page_is_trees_and_expectations() {
    let cases = cases(PAGE, &["evidence"], &[]);
    assert_eq!(cases.len(), 1);
    let case = &cases[0];
    let read = |tree: &manifesto_tree::Tree, path| {
        let path = TreePath::new(path).unwrap();
        tree.entry(&path).map(|entry| String::from_utf8(tree.read(entry).unwrap().to_vec()).unwrap())
    };
    assert_eq!(case.name, "One");
    assert_eq!(read(&case.base, "a.yaml").as_deref(), Some("a: 1\n"));
    assert_eq!(read(&case.head, "a.yaml").as_deref(), Some("a: 2\n"));
    assert_eq!(read(&case.base, "both.yaml"), read(&case.head, "both.yaml"));
    assert_eq!(case.expectations[0].text, "said\n");
}
