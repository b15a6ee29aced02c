//! Transforms: the facts of function-patch-and-transform, transforms_test.go, and ours.

use super::support::{json, node};
use crate::crossplane::transform::resolve;

/// A transform, its input, and what comes of it as JSON; none where it is refused.
const TRANSFORMS: &[(&str, &str, Option<&str>)] = &[
    // Map.
    ("{type: map, map: {}}", "7", None),
    ("{type: map, map: {}}", "ola", None),
    ("{type: map, map: {ola: voila}}", "ola", Some("\"voila\"")),
    ("{type: map, map: {ola: 1.0}}", "ola", Some("1")),
    ("{type: map, map: {ola: true}}", "ola", Some("true")),
    ("{type: map, map: {ola: {foo: bar}}}", "ola", Some("{\"foo\":\"bar\"}")),
    ("{type: map, map: {ola: [foo, bar]}}", "ola", Some("[\"foo\",\"bar\"]")),
    ("{type: map}", "ola", None),
    // Match.
    ("{type: match, match: {patterns: [{type: literal, literal: '5'}]}}", "5", None),
    ("{type: match, match: {fallbackValue: foo, fallbackTo: Input}}", "foo", None),
    ("{type: match, match: {fallbackValue: bar}}", "foo", Some("\"bar\"")),
    ("{type: match, match: {fallbackValue: bar, fallbackTo: Value}}", "foo", Some("\"bar\"")),
    ("{type: match, match: {fallbackValue: null}}", "foo", Some("null")),
    ("{type: match, match: {patterns: [], fallbackTo: Input}}", "foo", Some("\"foo\"")),
    ("{type: match, match: {fallbackValue: null, fallbackTo: Input}}", "foo", Some("\"foo\"")),
    (
        "{type: match, match: {patterns: [{type: literal, literal: foo, result: bar}]}}",
        "foo",
        Some("\"bar\""),
    ),
    (
        "{type: match, match: {patterns: [{literal: foo, result: bar}, {literal: foo, result: not this}]}}",
        "foo",
        Some("\"bar\""),
    ),
    (
        "{type: match, match: {patterns: [{literal: foo, result: {Hello: World}}]}}",
        "foo",
        Some("{\"Hello\":\"World\"}"),
    ),
    ("{type: match, match: {patterns: [{literal: foo, result: [a, b]}]}}", "foo", Some("[\"a\",\"b\"]")),
    ("{type: match, match: {patterns: [{literal: foo, result: 5}]}}", "foo", Some("5")),
    ("{type: match, match: {patterns: [{literal: foo, result: true}]}}", "foo", Some("true")),
    ("{type: match, match: {patterns: [{literal: foo, result: null}]}}", "foo", Some("null")),
    (
        "{type: match, match: {patterns: [{type: regexp, regexp: '^foo.*$', result: Hello}]}}",
        "foobar",
        Some("\"Hello\""),
    ),
    ("{type: match, match: {patterns: [{type: regexp}]}}", "foo", None),
    ("{type: match, match: {patterns: [{type: regexp, regexp: '?='}]}}", "foo", None),
    ("{type: match, match: {patterns: [{type: literal}]}}", "foo", None),
    // Math.
    ("{type: math, math: {type: bad}}", "25", None),
    ("{type: math, math: {type: Multiply, multiply: 2}}", "ola", None),
    ("{type: math, math: {type: Multiply}}", "25", None),
    ("{type: math, math: {type: Multiply, multiply: 2}}", "3", Some("6")),
    ("{type: math, math: {multiply: 2}}", "3", Some("6")),
    ("{type: math, math: {multiply: 2}}", "1.25", Some("2.5")),
    ("{type: math, math: {type: ClampMin, clampMin: 2}}", "1", Some("2")),
    ("{type: math, math: {type: ClampMin, clampMin: 2}}", "3", Some("3")),
    ("{type: math, math: {type: ClampMin}}", "25", None),
    ("{type: math, math: {type: ClampMax, clampMax: 2}}", "3", Some("2")),
    ("{type: math, math: {type: ClampMax, clampMax: 2}}", "1", Some("1")),
    ("{type: math, math: {type: ClampMax}}", "25", None),
    // String.
    ("{type: string, string: {type: Something}}", "value", None),
    ("{type: string, string: {type: Format}}", "value", None),
    ("{type: string, string: {type: Format, fmt: 'verycool%s'}}", "thing", Some("\"verycoolthing\"")),
    ("{type: string, string: {fmt: 'the largest %d'}}", "8", Some("\"the largest 8\"")),
    ("{type: string, string: {type: Convert}}", "crossplane", None),
    ("{type: string, string: {type: Convert, convert: Something}}", "crossplane", None),
    ("{type: string, string: {type: Convert, convert: ToUpper}}", "crossplane", Some("\"CROSSPLANE\"")),
    ("{type: string, string: {type: Convert, convert: ToLower}}", "CrossPlane", Some("\"crossplane\"")),
    (
        "{type: string, string: {type: Convert, convert: ToBase64}}",
        "CrossPlane",
        Some("\"Q3Jvc3NQbGFuZQ==\""),
    ),
    (
        "{type: string, string: {type: Convert, convert: FromBase64}}",
        "Q3Jvc3NQbGFuZQ==",
        Some("\"CrossPlane\""),
    ),
    ("{type: string, string: {type: Convert, convert: FromBase64}}", "ThisStringIsNotBase64", None),
    (
        "{type: string, string: {type: Convert, convert: ToSha1}}",
        "Crossplane",
        Some("\"3b683dc8ff44122b331a5e4f253dd69d90726d75\""),
    ),
    (
        "{type: string, string: {type: Convert, convert: ToSha256}}",
        "Crossplane",
        Some("\"19c8a7c24ed0067f606815b59e5b82d92935ff69deed04171457a55018e31224\""),
    ),
    (
        "{type: string, string: {type: Convert, convert: ToSha512}}",
        "Crossplane",
        Some(
            "\"0016037c62c92b5cc4a282fbe30cdd228fa001624b26fd31baa9fcb76a9c60d48e2e7a16cf8729a2d9cba3d23e1d846e7721a5381b9a92dd813178e9a6686205\"",
        ),
    ),
    (
        "{type: string, string: {type: Convert, convert: ToSha512}}",
        "1234",
        Some(
            "\"d404559f602eab6fd602ac7680dacbfaadd13630335e951f097af3900e9de176b6db28512f2e000b9d04fba5133e8b1c6e8df59db3a8ab9d60be4b97cc9e81db\"",
        ),
    ),
    ("{type: string, string: {type: Convert, convert: ToAdler32}}", "Crossplane", Some("\"373097499\"")),
    (
        "{type: string, string: {type: Convert, convert: ToAdler32}}",
        "⡌⠁⠧⠑ ⠼⠁⠒  ⡍⠜⠇⠑⠹⠰⠎ ⡣⠕⠌",
        Some("\"4110427190\""),
    ),
    (
        "{type: string, string: {type: TrimPrefix, trim: 'https://'}}",
        "https://crossplane.io",
        Some("\"crossplane.io\""),
    ),
    ("{type: string, string: {type: TrimSuffix, trim: -test}}", "my-string-test", Some("\"my-string\"")),
    (
        "{type: string, string: {type: TrimPrefix, trim: 'https://'}}",
        "crossplane.io",
        Some("\"crossplane.io\""),
    ),
    ("{type: string, string: {type: TrimSuffix, trim: -test}}", "my-string", Some("\"my-string\"")),
    ("{type: string, string: {type: Regexp, regexp: {match: '[a-z'}}}", "my-string", None),
    ("{type: string, string: {type: Regexp, regexp: {match: '[0-9]'}}}", "my-1-string", Some("\"1\"")),
    (
        "{type: string, string: {type: Regexp, regexp: {match: 'my-([0-9]+)-string', group: 1}}}",
        "my-1-string",
        Some("\"1\""),
    ),
    (
        "{type: string, string: {type: Regexp, regexp: {match: 'my-([0-9]+)-string', group: 2}}}",
        "my-1-string",
        None,
    ),
    (
        "{type: string, string: {type: Convert, convert: ToJson}}",
        "{foo: bar}",
        Some("\"{\\\"foo\\\":\\\"bar\\\"}\""),
    ),
    (
        "{type: string, string: {type: Join, join: {separator: ','}}}",
        "[cross, plane]",
        Some("\"cross,plane\""),
    ),
    ("{type: string, string: {type: Join, join: {separator: ''}}}", "[cross, plane]", Some("\"crossplane\"")),
    (
        "{type: string, string: {type: Join, join: {separator: '-'}}}",
        "[cross, plane, 42]",
        Some("\"cross-plane-42\""),
    ),
    (
        "{type: string, string: {type: Replace, replace: {search: Cr, replace: B}}}",
        "Crossplane",
        Some("\"Bossplane\""),
    ),
    (
        "{type: string, string: {type: Replace, replace: {search: xx, replace: zz}}}",
        "Crossplane",
        Some("\"Crossplane\""),
    ),
    (
        "{type: string, string: {type: Replace, replace: {search: ss, replace: ''}}}",
        "Crossplane",
        Some("\"Croplane\""),
    ),
    // Convert.
    ("{type: convert, convert: {toType: bool}}", "'true'", Some("true")),
    ("{type: convert, convert: {toType: float64}}", "'1000'", Some("1000")),
    ("{type: convert, convert: {toType: float64, format: quantity}}", "'1000m'", Some("1")),
    ("{type: convert, convert: {toType: float64, format: quantity}}", "1000 blabla", None),
    ("{type: convert, convert: {toType: bool}}", "true", Some("true")),
    ("{type: convert, convert: {toType: int}}", "1", Some("1")),
    (
        "{type: convert, convert: {toType: object, format: json}}",
        "'{\"foo\":\"bar\"}'",
        Some("{\"foo\":\"bar\"}"),
    ),
    (
        "{type: convert, convert: {toType: array, format: json}}",
        "'[\"foo\", \"bar\"]'",
        Some("[\"foo\",\"bar\"]"),
    ),
    ("{type: convert, convert: {toType: string}}", "[64]", None),
    ("{type: convert, convert: {toType: string, format: quantity}}", "100", None),
    ("{type: convert, convert: {toType: '[]int'}}", "'[64]'", None),
    ("{type: convert, convert: {toType: int64}}", "1.1", Some("1")),
    // Ours.
    ("{type: convert, convert: {toType: string}}", "42", Some("\"42\"")),
    ("{type: convert, convert: {toType: string}}", "1.5", Some("\"1.5\"")),
    ("{type: convert, convert: {toType: string}}", "true", Some("\"true\"")),
    ("{type: convert, convert: {toType: int64}}", "ten", None),
    ("{type: convert, convert: {toType: int64}}", "true", Some("1")),
    ("{type: string, string: {type: Join, join: {separator: ', '}}}", "[a, b]", Some("\"a, b,\"")),
    ("{type: string, string: {fmt: '%s-%[1]d'}}", "a", Some("\"a-%!d(string=a)\"")),
    ("{type: what}", "a", None),
];

#[test]
fn transforms_make_of_a_value_what_upstream_makes() {
    for (transform, input, expected) in TRANSFORMS {
        let resolved = resolve(&node(input), &node(transform));
        match expected {
            Some(expected) => {
                let resolved = resolved.unwrap_or_else(|why| panic!("{transform} of {input}: {why}"));
                assert_eq!(json(&resolved), *expected, "{transform} of {input}");
            }
            None => assert!(resolved.is_err(), "{transform} of {input}: {resolved:?}"),
        }
    }
}
