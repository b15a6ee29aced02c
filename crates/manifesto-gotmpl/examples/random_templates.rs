//! Random templates through this crate and through the reference: `MANIFESTO_ORACLE=DIR random_templates SEED COUNT [table]`.
//!
//! `DIR` holds the reference's `helm`. It is slow to start: `MANIFESTO_ANSWERER=PROGRAM` names one that speaks for it (its
//! argument is the file of values; for each line, a template in base64, it writes `O` and the output or `E` and the error,
//! in base64), and only what the two of us disagree on is asked of the reference itself.
//! Prints a line of JSON for each template on which the two disagree, made as small
//! as it can be made with the disagreement still there; `table` walks the functions instead of nesting them, and with
//! `MANIFESTO_RECORD=FILE` writes down all templates with the reference's answers.

#![allow(
    clippy::cast_possible_truncation,
    clippy::format_push_string,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a tool for developers"
)]

#[path = "../tests/support/mod.rs"]
mod support;

mod generator {
    //! Random expressions with a bias to what fits.

    use manifesto_gotmpl::{Functions, Param};

    /// A small generator of random numbers: runs must be repeatable, not unpredictable.
    pub(crate) struct Random(pub(crate) u64);

    impl Random {
        pub(crate) fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
        }

        pub(crate) fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
            all[self.below(all.len())]
        }
    }

    #[derive(Clone)]
    pub(crate) enum Expr {
        Leaf(String),
        Call(String, Vec<Expr>),
        /// The last argument is handed on by a pipe.
        Piped(String, Vec<Expr>),
    }

    impl Expr {
        pub(crate) fn print(&self, inner: bool) -> String {
            let text = match self {
                Self::Leaf(text) => return text.clone(),
                Self::Call(name, args) => {
                    let args: Vec<String> = args.iter().map(|arg| arg.print(true)).collect();
                    format!("{name} {}", args.join(" "))
                }
                Self::Piped(name, args) => {
                    let (last, first) = args.split_last().unwrap();
                    let args: Vec<String> = first.iter().map(|arg| arg.print(true)).collect();
                    format!("{} | {name} {}", last.print(false), args.join(" "))
                }
            };
            if inner { format!("({})", text.trim()) } else { text.trim().to_owned() }
        }

        /// Smaller expressions that may show the same.
        pub(crate) fn smaller(&self) -> Vec<Self> {
            let (Self::Call(name, args) | Self::Piped(name, args)) = self else { return Vec::new() };
            let mut all = args.clone();
            if matches!(self, Self::Piped(..)) {
                all.push(Self::Call(name.clone(), args.clone()));
            }
            for (index, arg) in args.iter().enumerate() {
                for smaller in arg.smaller() {
                    let mut args = args.clone();
                    args[index] = smaller;
                    all.push(Self::Call(name.clone(), args));
                }
            }
            all
        }
    }

    const STRINGS: &[&str] = &[
        r#""""#,
        r#""a""#,
        r#""héllo wörld ☃""#,
        r#""a,b,c""#,
        r#""  two  words ""#,
        r#""\xff\xfea""#,
        r#""2006-01-02""#,
        r#""2006-01-02T15:04:05Z07:00""#,
        r#""1.2.3""#,
        r#""v1.2.3-rc.1+b""#,
        r#""^1.0.0 || >=2 <3""#,
        r#""~1.2.x, != 1.2.4""#,
        r#""http://u:p%40@h.x:8080/p/a th?q=1&r#f""#,
        r#""a/b/../c.tar.gz""#,
        r#""123""#,
        r#""0755""#,
        r#""1e3""#,
        r#""-7.50""#,
        r#""true""#,
        r#""foo: bar\nb: [1, x]\n""#,
        r#""[1,2""#,
        r#""{\"a\":1,\"b\":[true,null]}""#,
        r#""(a+)(b?)""#,
        r#""[a-z]+\\d*""#,
        r#""<$1${2}x$$>""#,
        r#""aGVsbG8=""#,
        r#""HTTPServerV2x_y-z""#,
        r#""fooBar baz""#,
        r#""1h30m5.5s""#,
        r#""%d %5.2f|%-6s|%q %v %+v %#v""#,
        r#""é""#,
        r#""a\nb\n""#,
        r#""<&'\">""#,
        "`raw \\ text`",
        r#""abcdefghijklmnopqrstuvwxyz 0123456789""#,
        r#""ONSWG4TFOQ======""#,
        r#"",""#,
        r#"" ""#,
        r#""o""#,
        r#""Mon Jan _2 15:04:05 2006""#,
        r#""3d""#,
        r#""A""#,
        ".S",
        ".unicode",
        ".multiline",
        ".name",
        ".EmptyStr",
        ".yaml",
        ".json",
        ".strnum",
        r#""America/New_York""#,
        r#""a.b.c""#,
        r#""*""#,
        r#""/""#,
        r#""x=1 y=2""#,
        r#""ǅ ß İ ﬁ""#,
        r#""10.0.0.1""#,
        r#""[::1]:80""#,
        r#""a = 1\n[b]\nc = [1.5, \"x\"]\n""#,
    ];
    const INTS: &[&str] = &[
        "0",
        "1",
        "2",
        "3",
        "5",
        "-1",
        "-3",
        "7",
        "10",
        "64",
        "255",
        "1000",
        "1000000",
        "(int .I)",
        "(len .SI)",
        "9223372036854775807",
        "'a'",
        "0x1F",
        "1_000",
    ];
    const FLOATS: &[&str] = &[
        "0.5",
        "1.0",
        "-2.5",
        "1e6",
        "1e21",
        "1e-7",
        "3.14159",
        ".F",
        ".Big",
        ".Huge",
        ".Tiny",
        ".Flt1",
        ".Neg",
        "123456789.125",
    ];
    const DICTS: &[&str] = &[
        ".MSI",
        ".MSIone",
        ".MSIEmpty",
        "(dict)",
        r#"(dict "a" 1 "b" (dict "c" "x"))"#,
        ".nested",
        ".a",
        ".U",
        ".Empty4",
        r#"(dict "a" nil "b" (list 1 "x"))"#,
        r#"(dict "scheme" "https" "host" "h:1" "path" "/a b" "userinfo" "u:p")"#,
        r#"(dict "x y" 1.5 "" true)"#,
        ".missing",
        ".Null",
    ];
    const LISTS: &[&str] = &[
        ".SI",
        ".SB",
        ".SIEmpty",
        ".SS",
        ".SMSI",
        ".mixed",
        ".list",
        "(list)",
        r#"(list 1 "a" 2.5 nil true)"#,
        r#"(list "b" "a" "c" "a")"#,
        "(list (list 1) (list))",
        "(until 4)",
        r#"(splitList "," "x,y,x")"#,
        "(rest (list))",
        "(chunk 2 .SI)",
        "(list (dict \"a\" 1) (dict \"a\" 1))",
    ];
    const OTHERS: &[&str] = &[
        "nil",
        "true",
        "false",
        ".",
        ".Null",
        ".missing",
        ".True",
        ".Zero",
        "$",
        "(int64 5)",
        "(add 2 3)",
        r#"(split "," "p,q")"#,
        r#"(semver "1.2.3-a")"#,
        "1i",
        r#"(index "abc" 1)"#,
        "(semver \"2.0.0\").Major",
        r#"(toDate "2006-01-02" "2020-03-04")"#,
        ".nested.a.b",
        ".missing.x",
        "(list).x",
        "'x'",
    ];

    /// Functions whose results cannot be compared: random, of the clock, or deliberately slow.
    pub(crate) const UNCOMPARABLE: &[&str] = &[
        "randAlphaNum",
        "randAlpha",
        "randNumeric",
        "randAscii",
        "randBytes",
        "randInt",
        "shuffle",
        "uuidv4",
        "bcrypt",
        "htpasswd",
        "encryptAES",
        "genPrivateKey",
        "genCA",
        "genCAWithKey",
        "genSelfSignedCert",
        "genSelfSignedCertWithKey",
        "genSignedCert",
        "genSignedCertWithKey",
        "now",
        "ago",
        "date",
        "dateInZone",
        "date_in_zone",
        "htmlDate",
        "htmlDateInZone",
        "keys",
        "values",
        "derivePassword",
        "include",
        "lookup",
        "fail",
        "required",
        "repeat",
        "getHostByName",
        "buildCustomCert",
    ];

    pub(crate) struct Generator<'f> {
        pub(crate) functions: &'f Functions,
        pub(crate) names: Vec<&'static str>,
        pub(crate) random: Random,
    }

    impl Generator<'_> {
        pub(crate) fn expr(&mut self, wanted: Param, depth: u32) -> Expr {
            if depth > 0 && self.random.below(3) == 0 {
                return self.call(depth - 1);
            }
            let pool = if self.random.below(12) == 0 { None } else { Some(wanted) };
            Expr::Leaf(self.leaf(pool).to_owned())
        }

        fn leaf(&mut self, wanted: Option<Param>) -> &'static str {
            let pools = [STRINGS, INTS, FLOATS, DICTS, LISTS, OTHERS];
            let pool = match wanted {
                Some(Param::Str) => STRINGS,
                Some(Param::Int | Param::Uint32) => INTS,
                Some(Param::Float) => FLOATS,
                Some(Param::Dict) => DICTS,
                Some(Param::List) => LISTS,
                Some(Param::Bool) => &["true", "false", ".True", ".False", "(eq 1 1)"],
                Some(Param::Named("time.Time")) => &[
                    r#"(toDate "2006-01-02" "2020-03-04")"#,
                    r#"(toDate "2006-01-02 15:04:05.000" "2024-02-29 23:59:58.123")"#,
                    "(toDate \"x\" \"y\")",
                ],
                Some(Param::Named(_)) => &[r#"(semver "1.2.3-a")"#, r#"(semver "1.2.3")"#],
                _ => pools[self.random.below(pools.len())],
            };
            self.random.pick(pool)
        }

        pub(crate) fn call(&mut self, depth: u32) -> Expr {
            let name = self.names[self.random.below(self.names.len())];
            self.call_of(name, depth)
        }

        pub(crate) fn call_of(&mut self, name: &str, depth: u32) -> Expr {
            let signature = self.functions.signature(name).unwrap();
            let fixed = signature.params.len() - usize::from(signature.variadic);
            let mut count = fixed;
            if signature.variadic {
                count += self.random.below(4);
            }
            if self.random.below(25) == 0 {
                count = count.saturating_sub(1);
            }
            let args: Vec<Expr> = (0..count)
                .map(|index| {
                    let param = signature.params.get(index).or(signature.params.last()).copied();
                    self.expr(param.unwrap_or(Param::Any), depth)
                })
                .collect();
            if args.is_empty() || self.random.below(3) > 0 {
                Expr::Call(name.to_owned(), args)
            } else {
                Expr::Piped(name.to_owned(), args)
            }
        }

        /// A template around expressions: blocks, variables, trim markers.
        pub(crate) fn template(&mut self, expr: &Expr) -> String {
            let other = self.expr(Param::Any, 1).print(false);
            let list = self.expr(Param::List, 1).print(false);
            let text = expr.print(false);
            match self.random.below(10) {
                0 => format!("{{{{ if {text} }}}}y{{{{ else if {other} }}}}m{{{{ else }}}}n{{{{ end }}}}"),
                1 => format!("{{{{ with {text} }}}}[{{{{ . }}}}]{{{{ else }}}}none{{{{ end }}}}"),
                2 => format!(
                    "{{{{- range $i, $x := {list} }}}}{{{{ $i }}}}={{{{ $x }}}}, {{{{ else }}}}{{{{ {text} }}}}{{{{ end -}}}} \n."
                ),
                3 => format!(
                    "{{{{ $v := {other} }}}}{{{{ if true }}}}{{{{ $v = {text} }}}}{{{{ end }}}}{{{{ printf \"%v|%T\" $v $v }}}}"
                ),
                4 => format!(
                    "{{{{ range {list} }}}}{{{{ if eq (toString .) \"2\" }}}}{{{{ continue }}}}{{{{ end }}}}{{{{ . }}}};{{{{ end }}}}{{{{ {text} }}}}"
                ),
                5 => format!(
                    "{{{{ define \"t\" }}}}<{{{{ . }}}}|{{{{ $ }}}}>{{{{ end }}}}{{{{ template \"t\" {} }}}}{{{{ include \"t\" {} }}}}",
                    expr.print(true),
                    expr.print(true)
                ),
                6 => format!(
                    "{{{{ $d := dict \"k\" {} }}}}{{{{ $_ := set $d \"n\" {} }}}}{{{{ toJson $d }}}}",
                    expr.print(true),
                    self.expr(Param::Any, 0).print(true)
                ),
                7 => format!("{{{{ {text} | toJson }}}}"),
                8 => format!(
                    "{{{{ printf \"%#v %q %s %x\" {} {} {} {} }}}}",
                    expr.print(true),
                    expr.print(true),
                    expr.print(true),
                    expr.print(true)
                ),
                _ => format!("{{{{ {text} }}}}"),
            }
        }
    }
}

mod oracle {
    //! The reference: one chart with a file for each template.

    use std::io::{BufRead as _, BufReader, Write as _};
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    pub(crate) struct Oracle {
        pub(crate) helm: PathBuf,
        pub(crate) folder: PathBuf,
        pub(crate) values: String,
    }

    fn decode(text: &str) -> Vec<u8> {
        let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0);
        for digit in text.bytes().filter_map(|byte| DIGITS.iter().position(|&digit| digit == byte)) {
            held = held << 6 | digit as u32;
            bits += 6;
            if bits >= 8 {
                bits -= 8;
                out.push((held >> bits) as u8);
                held &= (1 << bits) - 1;
            }
        }
        out
    }

    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    fn encode(bytes: &[u8]) -> String {
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let held =
                chunk.iter().chain(&[0, 0]).take(3).fold(0_usize, |held, byte| held << 8 | *byte as usize);
            for index in 0..4 {
                let digit = DIGITS[held >> (18 - 6 * index) & 63] as char;
                out.push(if index > chunk.len() { '=' } else { digit });
            }
        }
        out
    }

    /// Asks a program that answers in the place of the reference.
    pub(crate) fn ask(program: &str, values: &Path, templates: &[&str]) -> Vec<Result<Vec<u8>, String>> {
        let mut child = Command::new(program)
            .arg(values)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let lines: Vec<String> =
            templates.iter().map(|template| encode(template.as_bytes()) + "\n").collect();
        let writer = std::thread::spawn(move || {
            for line in &lines {
                input.write_all(line.as_bytes()).unwrap();
            }
        });
        let answers = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| {
            let line = line.unwrap();
            let bytes = decode(&line[1..]);
            if line.starts_with('O') { Ok(bytes) } else { Err(String::from_utf8_lossy(&bytes).into_owned()) }
        });
        let mut answers: Vec<_> = answers.collect();
        writer.join().ok();
        child.wait().ok();
        answers.resize(templates.len(), Err("no answer".to_owned()));
        answers
    }

    impl Oracle {
        /// The output of each template, or the error that one of them gives.
        fn run(&self, templates: &[&str]) -> Result<Vec<Vec<u8>>, String> {
            let folder = self.folder.join("templates");
            std::fs::remove_dir_all(&self.folder).ok();
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(self.folder.join("Chart.yaml"), "apiVersion: v2\nname: probe\nversion: 0.1.0\n")
                .unwrap();
            std::fs::write(self.folder.join("values.yaml"), &self.values).unwrap();
            let mut page = String::new();
            for (number, template) in templates.iter().enumerate() {
                let name = if templates.len() == 1 { "_p.tpl".to_owned() } else { format!("_p{number}.tpl") };
                std::fs::write(folder.join(&name), template).unwrap();
                // What one template changes, the next must not see.
                page.push_str(&format!(
                    "o: {{{{ include \"probe/templates/{name}\" (deepCopy .Values.data) | b64enc }}}}\n---\n"
                ));
            }
            if templates.len() == 1 {
                "o: {{ include \"probe/templates/_p.tpl\" .Values.data | b64enc }}".clone_into(&mut page);
            }
            std::fs::write(folder.join("out.yaml"), page).unwrap();
            let output = Command::new(&self.helm).args(["template", "x"]).arg(&self.folder).output().unwrap();
            if !output.status.success() {
                let text = String::from_utf8_lossy(&output.stderr).into_owned();
                let text = text.replace("\n\nUse --debug flag to render out invalid YAML", "");
                let start = text.find("Error: ").unwrap_or(0);
                return Err(text[start..].trim_end().to_owned());
            }
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(text
                .lines()
                .filter_map(|line| line.strip_prefix("o: ").or(line.strip_prefix("o:")))
                .map(decode)
                .collect())
        }

        /// The answer to each template. Those in `failing` are expected to fail: they are asked one by one.
        pub(crate) fn answers(&self, templates: &[&str], failing: &[bool]) -> Vec<Result<Vec<u8>, String>> {
            let mut answers = vec![Err(String::new()); templates.len()];
            let good: Vec<usize> = (0..templates.len()).filter(|&index| !failing[index]).collect();
            for chunk in good.chunks(60) {
                self.answer(templates, chunk, &mut answers);
            }
            for index in (0..templates.len()).filter(|&index| failing[index]) {
                self.answer(templates, &[index], &mut answers);
            }
            answers
        }

        fn answer(&self, templates: &[&str], indexes: &[usize], answers: &mut [Result<Vec<u8>, String>]) {
            let asked: Vec<&str> = indexes.iter().map(|&index| templates[index]).collect();
            match self.run(&asked) {
                Ok(outputs) if outputs.len() == indexes.len() => {
                    indexes.iter().zip(outputs).for_each(|(&index, output)| answers[index] = Ok(output));
                }
                Err(error) if indexes.len() == 1 => answers[indexes[0]] = Err(error),
                _ if indexes.len() == 1 => answers[indexes[0]] = Err("unreadable".to_owned()),
                _ => {
                    let (left, right) = indexes.split_at(indexes.len() / 2);
                    self.answer(templates, left, answers);
                    self.answer(templates, right, answers);
                }
            }
        }
    }

    pub(crate) fn new(helm: &Path, folder: PathBuf, values: String) -> Oracle {
        Oracle { helm: helm.join("helm"), folder, values }
    }
}

use std::io::Write as _;
use std::sync::Arc;

use generator::{Expr, Generator, Random, UNCOMPARABLE};
use manifesto_gotmpl::{Functions, Limits};

type Answer = Result<Vec<u8>, String>;

fn ours(functions: &Arc<Functions>, json: &[u8], template: &str) -> Answer {
    support::render(functions, template.as_bytes(), support::read_values(json), Limits::default())
        .map_err(|(text, _)| text)
}

/// The same bytes, or errors of the same place and class.
fn agree(ours: &Answer, theirs: &Answer) -> bool {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => ours == theirs || parser_words(ours) && parser_words(theirs),
        (Err(ours), Err(theirs)) => ours == theirs || support::class(ours) == support::class(theirs),
        _ => false,
    }
}

/// Whether an output shows why a parser of YAML or TOML failed: each has its own words.
fn parser_words(output: &[u8]) -> bool {
    let text = String::from_utf8_lossy(output);
    ["error converting YAML to JSON", "toml: "].iter().any(|words| text.contains(words))
}

fn show(answer: &Answer) -> String {
    match answer {
        Ok(out) => format!("\"out\": {}", quoted(out)),
        Err(error) => format!("\"err\": {}", quoted(error.as_bytes())),
    }
}

fn fixture_line(template: &str, answer: &Answer) -> String {
    format!("{{\"tpl\": {}, {}}}", quoted(template.as_bytes()), show(answer))
}

fn json_line(template: &str, answer: &Answer, got: &Answer) -> String {
    format!("{{\"tpl\": {}, {}, \"got\": {{{}}}}}", quoted(template.as_bytes()), show(answer), show(got))
}

/// A string of JSON.
fn quoted(bytes: &[u8]) -> String {
    let text = support::shown(bytes);
    let mut out = String::from("\"");
    for rune in text.chars() {
        match rune {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            rune if rune.is_control() || matches!(rune, '\u{2028}' | '\u{2029}' | '\u{FEFF}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(rune)));
            }
            rune => out.push(rune),
        }
    }
    out + "\""
}

/// A random template, and the expression that it was made of.
type Case = (Option<Expr>, String);

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number =
        |index: usize, default: u64| args.get(index).and_then(|arg| arg.parse().ok()).unwrap_or(default);
    let (seed, count) = (number(1, 1), number(2, 200));
    let table = args.iter().any(|arg| arg == "table");
    let folder = std::env::temp_dir().join(format!("manifesto-differential-{}", std::process::id()));
    let values = include_str!("../tests/values.json");
    let helm =
        std::env::var_os("MANIFESTO_ORACLE").expect("MANIFESTO_ORACLE names the folder of the reference");
    let oracle = oracle::new(helm.as_ref(), folder.clone(), format!("{{\"data\": {values}}}"));
    let functions = Arc::new(support::functions());
    let cases = generate(&functions, seed, count, table);
    let mine = cases.iter().map(|(_, template)| ours(&functions, values.as_bytes(), template));
    // Where a budget of ours ends, the reference may well run away or crash.
    let within = |answer: &Answer| !matches!(answer, Err(error) if error.contains("budget exceeded"));
    let mine: Vec<Answer> = mine.collect();
    let (cases, mine): (Vec<Case>, Vec<Answer>) =
        cases.into_iter().zip(mine).filter(|(_, answer)| within(answer)).unzip();
    let answers = ask(&oracle, &folder, values, &cases, &mine);
    record(&cases, &answers);
    let (mut wrong, mut wording) = (0, 0);
    for (case, (mine, theirs)) in cases.iter().zip(mine.iter().zip(&answers)) {
        // A moment is rounded to how long ago it is.
        let clock = case.1.contains("durationRound") && case.1.contains("toDate");
        if !clock && !agree(mine, theirs) {
            wrong += usize::from(told(&oracle, &functions, values, case));
            continue;
        }
        wording += usize::from(mine != theirs);
        if mine != theirs && std::env::var_os("MANIFESTO_WORDING").is_some() {
            println!("worded: {}", json_line(&case.1, theirs, mine));
        }
    }
    println!("seed {seed}: {} templates, {wrong} wrong, {wording} errors worded differently", cases.len());
    std::fs::remove_dir_all(folder).ok();
}

/// `count` random templates, or with `table` as many calls of each function.
fn generate(functions: &Arc<Functions>, seed: u64, count: u64, table: bool) -> Vec<Case> {
    let only = std::env::var("MANIFESTO_ONLY").ok();
    let wanted = |name: &&str| {
        !UNCOMPARABLE.contains(name)
            && only.as_ref().is_none_or(|only| only.split(',').any(|wanted| wanted == *name))
    };
    let names: Vec<&str> = functions.names().into_iter().filter(wanted).collect();
    let random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut generator = Generator { functions, names: names.clone(), random };
    let mut cases: Vec<Case> = Vec::new();
    if table {
        for name in names.iter().flat_map(|name| (0..count).map(move |_| name)) {
            let expr = generator.call_of(name, 0);
            let template = format!("{{{{ {} }}}}", expr.print(false));
            cases.push((Some(expr), template));
        }
    } else {
        for _ in 0..count {
            let expr = generator.call(3);
            let template = generator.template(&expr);
            cases.push((Some(expr), template));
        }
    }
    cases.sort_by(|one, other| one.1.cmp(&other.1));
    cases.dedup_by(|one, other| one.1 == other.1);
    cases
}

/// The reference's answers; those of another program where `MANIFESTO_ANSWERER` names one.
fn ask(
    oracle: &oracle::Oracle,
    folder: &std::path::Path,
    values: &str,
    cases: &[Case],
    mine: &[Answer],
) -> Vec<Answer> {
    let templates: Vec<&str> = cases.iter().map(|(_, template)| template.as_str()).collect();
    let failing: Vec<bool> = mine.iter().map(Result::is_err).collect();
    let Ok(program) = std::env::var("MANIFESTO_ANSWERER") else {
        return oracle.answers(&templates, &failing);
    };
    std::fs::create_dir_all(folder).unwrap();
    let file = folder.join("values.json");
    std::fs::write(&file, values).unwrap();
    oracle::ask(&program, &file, &templates)
}

/// Writes fixtures to the file that `MANIFESTO_RECORD` names.
fn record(cases: &[Case], answers: &[Answer]) {
    let Some(path) = std::env::var_os("MANIFESTO_RECORD") else { return };
    let mut file = std::fs::File::create(path).unwrap();
    for ((_, template), answer) in cases.iter().zip(answers) {
        if !matches!(answer, Ok(output) if parser_words(output)) {
            writeln!(file, "{}", fixture_line(template, answer)).unwrap();
        }
    }
}

/// Tells the smallest template that is answered differently; false when asking alone gives no difference.
fn told(oracle: &oracle::Oracle, functions: &Arc<Functions>, values: &str, (expr, template): &Case) -> bool {
    let plain = expr.as_ref().map(|expr| (expr.clone(), format!("{{{{ {} }}}}", expr.print(false))));
    let line = match plain.filter(|(_, plain)| disagree(oracle, functions, values, plain).is_some()) {
        Some((expr, _)) => Some(shrink(oracle, functions, values, expr)),
        None => disagree(oracle, functions, values, template),
    };
    if let Some(line) = &line {
        println!("{line}");
    }
    line.is_some()
}

fn disagree(
    oracle: &oracle::Oracle,
    functions: &Arc<Functions>,
    values: &str,
    template: &str,
) -> Option<String> {
    let mine = ours(functions, values.as_bytes(), template);
    if matches!(&mine, Err(error) if error.contains("budget exceeded")) {
        return None;
    }
    let theirs = oracle.answers(&[template], &[true]).pop()?;
    (!agree(&mine, &theirs)).then(|| json_line(template, &theirs, &mine))
}

fn shrink(oracle: &oracle::Oracle, functions: &Arc<Functions>, values: &str, mut expr: Expr) -> String {
    let print = |expr: &Expr| format!("{{{{ {} }}}}", expr.print(false));
    let mut line = disagree(oracle, functions, values, &print(&expr)).unwrap_or_default();
    'smaller: loop {
        for smaller in expr.smaller() {
            if let Some(found) = disagree(oracle, functions, values, &print(&smaller)) {
                (expr, line) = (smaller, found);
                continue 'smaller;
            }
        }
        return line;
    }
}
