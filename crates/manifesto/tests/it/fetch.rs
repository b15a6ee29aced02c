//! `manifesto fetch`, with a server of this machine.

#[path = "../../../manifesto-fetch/tests/support/mod.rs"]
#[allow(dead_code, reason = "the other tests of it use all")]
mod server;

use std::path::Path;

use server::{Answer, Server, archive};

use crate::run::{Run, repository, run_in};

/// A server with a repository that has these versions of the chart `web`.
fn charts(server: &Server, versions: &[&str]) -> String {
    let mut index = "entries:\n  web:\n".to_owned();
    for version in versions {
        index.push_str(&["  - {version: \"", version, "\", urls: [web-", version, ".tgz]}\n"].concat());
        server.answer(&format!("/charts/web-{version}.tgz"), [Answer::ok(archive("web", version))]);
    }
    server.answer("/charts/index.yaml", [Answer::ok(index)]);
    format!("http://{}/charts", server.authority)
}

fn application(repository: &str, version: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: web, namespace: argocd}}\nspec:\n  destination: {{name: in-cluster, namespace: web}}\n  source: {{repoURL: \"{repository}\", chart: web, targetRevision: {version}}}\n"
    )
}

fn fetch(repository: &Path, arguments: &[&str]) -> Run {
    run_in(repository, &[&["fetch"], arguments].concat(), b"")
}

#[test]
fn the_charts_of_both_sides_are_fetched_once_and_then_rendered() {
    let server = Server::start();
    let address = charts(&server, &["1.0.0", "2.0.0"]);
    let (base, head) = (application(&address, "1.0.0"), application(&address, "2.0.0"));
    let Some(directory) = repository(&[&[("web.yaml", &base)], &[("web.yaml", &head)]]) else { return };
    let directory = directory.path();
    let gaps = || run_in(directory, &["components", "HEAD"], b"").stdout;
    assert!(gaps().contains("is not in the repository"), "{}", gaps());

    let run = fetch(directory, &["HEAD~1..HEAD"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("web 1.0.0 of http") && run.stdout.contains("web 2.0.0 of http"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("2 charts fetched, 0 were there"), "{}", run.stderr);
    assert!(!gaps().contains("is not in the repository"), "{}", gaps());

    let asked = server.asked().len();
    let run = fetch(directory, &["HEAD~1..HEAD"]);
    assert!(run.stderr.contains("0 charts fetched, 2 were there"), "{}", run.stderr);
    assert_eq!(server.asked().len(), asked, "what is there is not asked for");
}

#[test]
fn a_change_cannot_choose_whom_we_ask() {
    let (known, new) = (Server::start(), Server::start());
    let base = application(&charts(&known, &["1.0.0"]), "1.0.0");
    let head = application(&charts(&new, &["1.0.0"]), "1.0.0");
    let Some(directory) = repository(&[&[("web.yaml", &base)], &[("web.yaml", &head)]]) else { return };
    let run = fetch(directory.path(), &["HEAD~1..HEAD"]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(run.stderr.contains(&format!("--allow-host {}", new.authority)), "{}", run.stderr);
    assert!(
        new.asked().is_empty() && run.stderr.contains("1 chart fetched, 0 were there, 1 could not be had")
    );
    let run = fetch(directory.path(), &["HEAD~1..HEAD", "--allow-host", &new.authority]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn what_is_written_down_is_held_to() {
    let server = Server::start();
    let address = charts(&server, &["1.0.0"]);
    let files = [("web.yaml", application(&address, "1.0.0"))];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let Some(directory) = repository(&[&files]) else { return };
    let directory = directory.path();
    let run = fetch(directory, &["--all", "--lock", ".manifesto.lock"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let lock = std::fs::read_to_string(directory.join(".manifesto.lock")).unwrap();
    assert!(lock.contains("name = \"web\"\nversion = \"1.0.0\"\ndigest = \"sha256:"), "{lock}");

    std::fs::remove_dir_all(directory.join(".cache")).unwrap();
    server.answer("/charts/web-1.0.0.tgz", [Answer::ok(archive("web", "1.0.1"))]);
    let run = fetch(directory, &["--all"]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(run.stderr.contains("the lock file says sha256:"), "{}", run.stderr);

    std::fs::write(directory.join(".manifesto.lock"), "version = 1\nchart = 1\n").unwrap();
    let run = fetch(directory, &["--all"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains(".manifesto.lock:"), "{}", run.stderr);
}
