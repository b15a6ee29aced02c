//! Variables in texts: the facts of fluxcd/pkg, envsubst (eval_test.go, funcs_test.go, parse/parse_test.go), and ours.

use std::collections::BTreeMap;

use crate::flux::envsubst::{Evaluated, Evaluation, Refusal, Variable, shown};

type Variables = &'static [(&'static str, &'static str)];

fn evaluate(variables: Variables, text: &str, is_strict: bool) -> Result<Evaluated, Refusal> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    Evaluation {
        variable: &|name| match variables.get(name) {
            Some(&"?") => Variable::Unknown,
            Some(value) => Variable::Set(value),
            None => Variable::Unset,
        },
        mark: &|name| format!("<{name}>"),
        is_strict,
    }
    .run(text)
}

/// Variables, a text, and what it evaluates to.
const LENIENT: &[(Variables, &str, &str)] = &[
    (&[], "abcdEFGH28ij", "abcdEFGH28ij"),
    (&[("var01", "abcdEFGH28ij")], "${#var01}", "12"),
    (&[("var01", "abcdEFGH28ij")], "${var01^}", "AbcdEFGH28ij"),
    (&[("var01", "abcdEFGH28ij")], "${var01^^}", "ABCDEFGH28IJ"),
    (&[("var01", "ABCDEFGH28IJ")], "${var01,}", "aBCDEFGH28IJ"),
    (&[("var01", "ABCDEFGH28IJ")], "${var01,,}", "abcdefgh28ij"),
    (&[("path_name", "/room/bozo/ideas/thoughts.for.today")], "${path_name:11}", "ideas/thoughts.for.today"),
    (&[("path_name", "/room/bozo/ideas/thoughts.for.today")], "${path_name:11:5}", "ideas"),
    (&[("var", "abc")], "${var=xyz}", "abc"),
    (&[], "${var=xyz}", "xyz"),
    (&[("default_var", "foo")], "something ${var=${default_var}}", "something foo"),
    (&[("default_var", "foo1")], "foo: ${var=${default_var}-suffix}", "foo: foo1-suffix"),
    (&[("default_var", "foo1")], "foo: ${var=prefix${default_var}-suffix}", "foo: prefixfoo1-suffix"),
    (&[], "${var:=xyz}", "xyz"),
    (&[("stringZ", "abcABC123ABCabc")], "${stringZ/%abc/XYZ}", "abcABC123ABCXYZ"),
    (&[("stringZ", "abcABC123ABCabc")], "${stringZ/#abc/XYZ}", "XYZABC123ABCabc"),
    (&[("stringZ", "abcABC123ABCabc")], "${stringZ//abc/xyz}", "xyzABC123ABCxyz"),
    (&[("stringZ", "abcABC123ABCabc")], "${stringZ/abc/xyz}", "xyzABC123ABCabc"),
    (&[("filename", "bash.string.txt")], "${filename#*.}", "string.txt"),
    (&[("filename", "path/to/file")], "${filename#*/}", "to/file"),
    (&[("filename", "/path/to/file")], "${filename#*/}", "path/to/file"),
    (&[("filename", "bash.string.txt")], "${filename##*.}", "txt"),
    (&[("filename", "path/to/file")], "${filename##*/}", "file"),
    (&[("filename", "/path/to/file")], "${filename##*/}", "file"),
    (&[("filename", "bash.string.txt")], "${filename%.*}", "bash.string"),
    (&[("filename", "bash.string.txt")], "${filename%%.*}", "bash"),
    (&[("var01", "abcdEFGH28ij")], "${var=${var01^^}}", "ABCDEFGH28IJ"),
    (&[("var01", "abcdEFGH28ij")], "$${var01}", "${var01}"),
    (
        &[("var01", "abcdEFGH28ij")],
        "some text ${var01}$${var$${var01}$var01${var01}",
        "some text abcdEFGH28ij${var${var01}$var01abcdEFGH28ij",
    ),
    (&[("default_var", "foo")], "something $${var=${default_var}}", "something ${var=foo}"),
    (&[("stringZ", "foo/bar")], "${stringZ/\\//-}", "foo-bar"),
    (&[("stringZ", "foo/bar/baz")], "${stringZ//\\//-}", "foo-bar-baz"),
    (&[("default_var", "foo")], "\\\\something ${var=${default_var}}", "\\\\something foo"),
    (&[("stringZ", "foo.bar")], "${stringZ/./}", "foobar"),
    // The functions by themselves.
    (&[("v", "Hello World")], "${#v}", "11"),
    (&[("v", "Hello World")], "${v,,}", "hello world"),
    (&[("v", "HELLO WORLD")], "${v,}", "hELLO WORLD"),
    (&[("v", "")], "${v,}", ""),
    (&[("v", "Hello World")], "${v^^}", "HELLO WORLD"),
    (&[("v", "hello world")], "${v^}", "Hello world"),
    (&[("v", "")], "${v^}", ""),
    (&[("v", "Hello World")], "${v:=Hola Mundo}", "Hello World"),
    (&[("v", "")], "${v:=Hola Mundo}", "Hola Mundo"),
    (
        &[("v", ""), ("a", "-Bonjour le monde"), ("b", "-Halló heimur")],
        "${v:=Hola Mundo${a}${b}}",
        "Hola Mundo-Bonjour le monde-Halló heimur",
    ),
    (&[("v", "123456789123456789")], "${v:0:8}", "12345678"),
    (&[("v", "123456789123456789")], "${v:1:8}", "23456789"),
    (&[("v", "123456789123456789")], "${v:9}", "123456789"),
    (&[("v", "123456789123456789")], "${v:9:50}", "123456789"),
    (&[("v", "123456789123456789"), ("n", "-3")], "${v:${n}:2}", "78"),
    (&[("v", "123456789123456789"), ("n", "-300")], "${v:${n}:3}", "123"),
    (&[("v", "12345678")], "${v:9:1}", ""),
];

/// The same, where a variable that is not set is an error; none for that error.
const STRICT: &[(Variables, &str, Option<&str>)] = &[
    (&[], "abcdEFGH28ij", Some("abcdEFGH28ij")),
    (&[("foo", "bar")], "${foo}", Some("bar")),
    (&[("foo", "")], "${foo}", Some("")),
    (&[], "${missing}", None),
    (&[("foo", "bar")], "${missing:=default}", Some("default")),
    (&[], "${#missing}", None),
    (&[], "${missing^}", None),
    (&[], "${missing^^}", None),
    (&[], "${missing,}", None),
    (&[], "${missing,,}", None),
    (&[], "${missing:0}", None),
    (&[], "${missing:0:10}", None),
    (&[], "${missing/pattern/replacement}", None),
    (&[], "${missing//pattern/replacement}", None),
    (&[], "${missing/#pattern/replacement}", None),
    (&[], "${missing/%pattern/replacement}", None),
    (&[], "${missing#pattern}", None),
    (&[], "${missing##pattern}", None),
    (&[], "${missing%pattern}", None),
    (&[], "${missing%%pattern}", None),
    (&[], "${missing:-fallback}", Some("fallback")),
    (&[], "${missing:=assigned}", Some("assigned")),
    (&[], "${missing=assigned}", Some("assigned")),
];

/// A text, and how it is read: texts in quotes, expressions in parentheses.
const READ: &[(&str, &str)] = &[
    ("text", "'text'"),
    ("}text", "'}text'"),
    ("http://github.com", "'http://github.com'"),
    ("$${string}", "'${string}'"),
    ("$$string", "'$string'"),
    ("\\\\.\\pipe\\pipename", "'\\\\.\\pipe\\pipename'"),
    ("${string}", "(string)"),
    ("${string,}", "(string ,)"),
    ("${string,,}", "(string ,,)"),
    ("${string^}", "(string ^)"),
    ("${string^^}", "(string ^^)"),
    ("${string:position}", "(string : 'position')"),
    ("${string:position:length}", "(string : 'position' 'length')"),
    ("${string#substring}", "(string # 'substring')"),
    ("${string##substring}", "(string ## 'substring')"),
    ("${string%substring}", "(string % 'substring')"),
    ("${string%%substring}", "(string %% 'substring')"),
    ("${string/substring/replacement}", "(string / 'substring' 'replacement')"),
    ("${string//substring/replacement}", "(string // 'substring' 'replacement')"),
    ("${string/#substring/replacement}", "(string /# 'substring' 'replacement')"),
    ("${string/%substring/replacement}", "(string /% 'substring' 'replacement')"),
    ("${string=default}", "(string = 'default')"),
    ("${string:=default}", "(string := 'default')"),
    ("${string:-default}", "(string :- 'default')"),
    ("${string:?default}", "(string :? 'default')"),
    ("${string:+default}", "(string :+ 'default')"),
    ("${#string}", "(string #)"),
    ("${string#$%:*{}", "(string # '$%:*{')"),
    ("hello ${#string} world", "'hello ' (string #) ' world'"),
    ("\\\\ hello ${#string} world \\\\", "'\\\\ hello ' (string #) ' world \\\\'"),
    ("${string/\\/position/length}", "(string / '/position' 'length')"),
    ("${string/\\/position\\\\/length}", "(string / '/position\\' 'length')"),
    ("${string/position/\\/length}", "(string / 'position' '/length')"),
    ("${string/position/\\/length\\\\}", "(string / 'position' '/length\\')"),
    ("${string/position/\\/leng\\\\th}", "(string / 'position' '/leng\\th')"),
    ("${string:${position}}", "(string : (position))"),
    (
        "${string:${stringy:position:length}:${stringz,,}}",
        "(string : (stringy : 'position' 'length') (stringz ,,))",
    ),
    ("${string#${stringz}}", "(string # (stringz))"),
    ("${string=${stringz}}", "(string = (stringz))"),
    ("${string=prefix-${var}}", "(string = 'prefix-' (var))"),
    ("${string=${var}-suffix}", "(string = (var) '-suffix')"),
    ("${string=prefix-${var}-suffix}", "(string = 'prefix-' (var) '-suffix')"),
    ("${string=prefix${var} suffix}", "(string = 'prefix' (var) ' suffix')"),
    ("${string//${stringy}/${stringz}}", "(string // (stringy) (stringz))"),
];

#[test]
fn expressions_come_to_what_upstream_makes_of_them() {
    for (variables, text, expected) in LENIENT {
        let evaluated =
            evaluate(variables, text, false).unwrap_or_else(|refusal| panic!("{text}: {refusal}"));
        assert_eq!(evaluated.text, *expected, "{text}");
    }
}

#[test]
fn what_is_not_set_is_an_error_where_that_is_asked_for() {
    for (variables, text, expected) in STRICT {
        let evaluated = evaluate(variables, text, true).map(|evaluated| evaluated.text);
        match expected {
            Some(expected) => assert_eq!(evaluated.as_deref(), Ok(*expected), "{text}"),
            None => assert!(evaluated.is_err_and(|refusal| refusal.0.contains("variable not set")), "{text}"),
        }
    }
}

#[test]
fn texts_are_read_as_upstream_reads_them() {
    for (text, expected) in READ {
        assert_eq!(shown(text).as_deref(), Ok(*expected), "{text}");
    }
}

/// What upstream refuses, by its parser or by a panic.
const REFUSED: &[&str] = &[
    "${}",
    "${ a }",
    "${a",
    "${a-b}",
    "${a[0]}",
    "${a:}",
    "${a#}",
    "${a:=b",
    "${a/b}",
    "${#}",
    "${a^^^}",
    "${five:3:-1}",
];

#[test]
fn what_is_no_expression_is_refused() {
    for text in REFUSED {
        assert!(evaluate(&[("five", "12345")], text, false).is_err(), "{text}");
    }
}

/// What people do not expect, and upstream does.
const SURPRISES: &[(Variables, &str, &str)] = &[
    (&[("a", "x")], "${a:+set}", "x"),
    (&[("a", "abcabc")], "${a/#abc/}", "abcabc"),
    (&[("a", "x/y/z")], "${a%/*}", "x/y"),
    (&[("a", "x/y/z")], "${a##*y}", "/z"),
    (&[], "$$$${a} $a", "$${a} $a"),
    (&[("a", "é")], "${#a}", "2"),
    (&[("a", "ß")], "${a^^}", "ß"),
    (&[("a", "ab")], "${a/[^a]/x}", "ab"),
    (&[("a", "cab")], "${a#[^a]}", "ab"),
    (&[("a", "a]b")], "${a#[}", "a]b"),
];

#[test]
fn surprises_stay_surprises() {
    for (variables, text, expected) in SURPRISES {
        let evaluated = evaluate(variables, text, false).map(|evaluated| evaluated.text);
        assert_eq!(evaluated.as_deref(), Ok(*expected), "{text}");
    }
}

#[test]
fn what_depends_on_an_unknown_variable_is_marked() {
    const UNKNOWN: Variables = &[("a", "?"), ("b", "set")];
    let cases = [
        ("x-${a}-y", "x-<a>-y", "a"),
        ("${a:=default}", "<a>", "a"),
        ("${a^^}", "<a>", "a"),
        ("${c:=${a}}", "<a>", "a"),
        ("${b:=${a}}", "set", "a"),
        ("${b/s/${a}}", "<a>", "a"),
        ("${b}", "set", ""),
    ];
    for (text, expected, unknown) in cases {
        let evaluated = evaluate(UNKNOWN, text, false).unwrap();
        assert_eq!(evaluated.text, expected, "{text}");
        let names: Vec<String> = evaluated.unknown.into_iter().collect();
        assert_eq!(names.join(","), unknown, "{text}");
    }
}

#[test]
fn hostile_expressions_end() {
    let nested = "${a:=".repeat(100_000);
    assert!(evaluate(&[], &nested, false).is_err());
    let many = "${a}".repeat(50_000);
    assert_eq!(evaluate(&[("a", "x")], &many, false).unwrap().text.len(), 50_000);
    let grown = format!("${{a//x/{}}}", "y".repeat(1 << 20));
    let long: &'static str = Box::leak("x".repeat(1 << 20).into_boxed_str());
    let variables: Variables = Box::leak(Box::new([("a", long)]));
    assert!(evaluate(variables, &grown, false).is_err_and(|refusal| refusal.0.contains("grow")));
    assert!(evaluate(variables, "${a##*y}", false).is_err_and(|refusal| refusal.0.contains("trimmed")));
}
