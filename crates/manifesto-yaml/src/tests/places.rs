//! Lines and columns.

use super::read;
use crate::{Dialect, Limits, Node, parse_json};

fn place(node: &Node) -> (u32, u16) {
    (node.mark.line, node.mark.column)
}

#[test]
fn nodes_know_where_they_stand() {
    let text =
        "# c\n\na: b\n\"é😀\":   x\nlist:\n- &anchor {k: [1,\n  2]}\n- *anchor\n- |\n  text\n- !!str 5\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        for dialect in [Dialect::SigsV2, Dialect::GoV3] {
            let parsed = read(&text, dialect);
            let root = &parsed.documents[0].root;
            assert_eq!((parsed.documents[0].line, place(root)), (3, (3, 1)));
            assert_eq!(place(root.get("a").unwrap()), (3, 4));
            assert_eq!(place(&root.entries()[1].key), (4, 1));
            assert_eq!(place(root.get("é😀").unwrap()), (4, 9));
            let list = root.get("list").unwrap();
            assert_eq!(place(list), (6, 1));
            // A node with an anchor or a tag stands where that does.
            let items: Vec<_> = list.items().iter().map(place).collect();
            assert_eq!(items, [(6, 3), (6, 3), (9, 3), (11, 3)]);
            assert_eq!(place(&list.items()[1].get("k").unwrap().items()[1]), (7, 3));
        }
    }
}

#[test]
fn later_documents_count_lines_of_the_whole_text() {
    let text = "a: b\n--- # c\n\nd: e\n---\n# f\ng:\n  h: i\n";
    for dialect in [Dialect::SigsV2, Dialect::GoV3] {
        let documents = read(text, dialect).documents;
        let places: Vec<_> =
            documents.iter().map(|document| place(&document.root.entries()[0].key)).collect();
        assert_eq!(places, [(1, 1), (4, 1), (7, 1)]);
        assert_eq!(place(documents[2].root.path(&["g", "h"]).unwrap()), (8, 6));
    }
}

#[test]
fn errors_know_where_they_stand() {
    let errors = [
        ("a: b\nc\n", 2, 1, "no `:` stands behind this key"),
        ("a: b: c\n", 1, 5, "a mapping value is not allowed here"),
        ("a:\n  - b\n c: d\n", 3, 2, "a key is missing here"),
        ("a: [b, c\n", 2, 1, "a `,` or `]` is missing here"),
        ("a: {b: c}}\n", 1, 10, "a key is missing here"),
        ("a: 'b\n\nc: d\n", 1, 4, "the quote is not closed"),
        ("a: \"\\q\"\n", 1, 4, "the text has an escape that YAML does not know"),
        ("a: *b\n", 1, 4, "no value has the anchor `b`"),
        ("a: @b\n", 1, 4, "no value can start with this character"),
        ("a:\n\tb: c\n", 2, 1, "no value can start with this character"),
        ("a: !!int b\n", 1, 4, "`b` does not fit its tag !!int"),
        ("a: {<<: b}\n", 1, 5, "a merge key takes a mapping or a list of mappings"),
        ("%YAML 1.2\n---\na: b\n", 1, 1, "YAML 1.2 is not read, only 1.1"),
    ];
    for dialect in [Dialect::SigsV2, Dialect::GoV3] {
        for (text, line, column, problem) in errors {
            let error = read(text, dialect).error.unwrap();
            assert_eq!(
                (error.mark.line, error.mark.column, error.problem.as_str()),
                (line, column, problem),
                "{text}"
            );
        }
        let text = format!("ok: 1\n---\n{}", errors[0].0);
        assert_eq!(
            read(&text, dialect).error.unwrap().to_string(),
            "line 4, column 1: no `:` stands behind this key"
        );
    }
    assert_eq!(read("a: b\n--- c\n", Dialect::GoV3).error.unwrap().mark.line, 2);
}

#[test]
fn json_knows_where_it_stands() {
    let node = parse_json(b"{\n  \"a\": [1,\n 2]}", &Limits::default()).unwrap();
    assert_eq!(place(&node.get("a").unwrap().items()[1]), (3, 2));
    for (text, line, column) in [
        ("{\"a\" 1}", 1, 6),
        ("[1,]", 1, 4),
        ("[01]", 1, 3),
        ("\"a\nb\"", 1, 1),
        ("1 2", 1, 3),
        ("[1\n1]", 2, 1),
        ("nul", 1, 1),
    ] {
        let error = parse_json(text.as_bytes(), &Limits::default()).unwrap_err();
        assert_eq!((error.mark.line, error.mark.column), (line, column), "{text} {error}");
    }
}
