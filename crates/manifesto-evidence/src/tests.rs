use crate::{Prose, Topic, code};

#[test]
fn data_is_inert_in_markdown() {
    let cases = [
        ("web", "`web`"),
        ("a`b", "``a`b``"),
        ("``", "``` `` ```"),
        ("", "(empty)"),
        ("closes #1\n@admin", "`closes #1 @admin`"),
        ("\u{1b}[31mred\u{202e}", "`\\u{1b}[31mred\\u{202e}`"),
        ("<img src=x>", "`<img src=x>`"),
    ];
    for (data, markdown) in cases {
        assert_eq!(Prose::from([code(data)]).to_markdown(), markdown, "{data:?}");
    }
}

#[test]
fn clauses_keep_words_and_wrap_the_rest() {
    let markdown = |text| Prose::clause(text).to_markdown();
    assert_eq!(markdown("7 changed files, of Pulumi."), "7 changed files, of Pulumi.");
    assert_eq!(markdown("the chart `new app` is not here"), "the chart `new app` is not here");
    assert_eq!(markdown("fixes #1 of @admin <b>"), "fixes `#1` of `@admin` `<b>`");
    assert_eq!(markdown("https://x.y/z is remote"), "`https://x.y/z` is remote");
}

#[test]
fn lists_are_cut_with_a_count() {
    let list = |n: usize, most| Prose::new().list((0..n).map(|i| format!("x{i}")), most).to_markdown();
    assert_eq!(list(1, 3), "`x0`");
    assert_eq!(list(3, 3), "`x0`, `x1` and `x2`");
    assert_eq!(list(5, 3), "`x0`, `x1` and 3 more");
}

#[test]
fn slugs_are_unique() {
    let mut slugs: Vec<&str> = Topic::ALL.iter().map(|topic| topic.slug()).collect();
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), Topic::ALL.len());
    assert!(Topic::ALL.iter().all(|topic| Topic::from_slug(topic.slug()) == Some(*topic)));
}
