//! Charts from servers of this machine, good and bad ones.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fmt::Write as _;

use manifesto_fetch::{
    AllowedHosts, Cache, Credentials, Digest, Fetched, Fetcher, Lock, LockedChart, Trouble, Wanted,
};
use support::{Answer, Server, archive};

fn wanted(repository: &str, range: &str) -> Wanted {
    Wanted { repository: repository.to_owned(), name: "web".to_owned(), range: range.to_owned() }
}

fn allowed(servers: &[&Server]) -> AllowedHosts {
    let mut hosts = AllowedHosts::default();
    for server in servers {
        hosts.allow(&server.authority);
    }
    hosts
}

fn fetch(servers: &[&Server], wanted: &Wanted) -> Result<Fetched, Trouble> {
    let fetcher = Fetcher::new(allowed(servers), Credentials::default());
    fetcher.fetch(wanted, &Lock::default()).map_err(|error| {
        assert!(!error.to_string().is_empty());
        error.trouble
    })
}

/// A repository with `index.yaml` in `/charts`, whose archives are said to be at `urls`.
fn repository(server: &Server, charts: &[(&str, &str, &[u8])]) -> String {
    let mut index = "apiVersion: v1\nentries:\n  web:\n".to_owned();
    for (version, url, archive) in charts {
        let digest = Digest::of(archive).to_string().replace("sha256:", "");
        let _ =
            writeln!(index, "  - {{name: web, version: \"{version}\", urls: [\"{url}\"], digest: {digest}}}");
    }
    server.answer("/charts/index.yaml", [Answer::ok(index)]);
    format!("http://{}/charts", server.authority)
}

/// A registry with one chart at `/v2/org/web`.
fn registry(server: &Server, version: &str, archive: &[u8]) -> String {
    let digest = Digest::of(archive);
    let manifest = format!(
        "{{\"layers\": [{{\"mediaType\": \"application/vnd.cncf.helm.chart.content.v1.tar+gzip\", \"digest\": \"{digest}\"}}]}}"
    );
    server.answer(&format!("/v2/org/web/manifests/{}", version.replace('+', "_")), [Answer::ok(manifest)]);
    server.answer(&format!("/v2/org/web/blobs/{digest}"), [Answer::ok(archive)]);
    format!("oci://{}/org", server.authority)
}

#[test]
fn a_repository_gives_the_newest_version_in_the_range() {
    let (server, one, two) = (Server::start(), archive("web", "1.2.0"), archive("web", "1.10.0"));
    let address = repository(&server, &[("1.2.0", "web-1.2.0.tgz", &one), ("1.10.0", "/else/web.tgz", &two)]);
    server.answer("/charts/web-1.2.0.tgz", [Answer::ok(&*one)]);
    server.answer("/else/web.tgz", [Answer::ok(&*two)]);
    for (range, expected, content) in
        [("1.2.0", "1.2.0", &one), ("^1.0.0", "1.10.0", &two), ("", "1.10.0", &two)]
    {
        let fetched = fetch(&[&server], &wanted(&address, range)).unwrap();
        assert_eq!((&*fetched.version, &*fetched.archive), (expected, content.as_slice()), "{range}");
    }
    let none = fetch(&[&server], &wanted(&address, "2.x"));
    assert!(matches!(none, Err(Trouble::NoVersion { known: 2, newest: Some(newest) }) if newest == "1.10.0"));
    let other = Wanted { name: "other".to_owned(), ..wanted(&address, "") };
    assert!(matches!(fetch(&[&server], &other), Err(Trouble::UnknownChart)));
}

#[test]
fn a_registry_gives_a_tag_or_the_newest_of_all_pages() {
    let (server, content) = (Server::start(), archive("web", "1.3.0+b1"));
    let address = registry(&server, "1.3.0+b1", &content);
    let next = "</v2/org/web/tags/list?last=1.2.0&n=2>; rel=\"next\"";
    server.answer(
        "/v2/org/web/tags/list",
        [Answer::ok("{\"tags\": [\"1.0.0\", \"1.2.0\"]}").with("Link", next)],
    );
    server.answer(
        "/v2/org/web/tags/list?last=1.2.0&n=2",
        [Answer::ok("{\"tags\": [\"1.3.0_b1\", \"latest\"]}")],
    );
    for range in ["1.3.0+b1", "1.x", ">=1.0.0 <2.0.0"] {
        let fetched = fetch(&[&server], &wanted(&address, range)).unwrap();
        assert_eq!((&*fetched.version, &*fetched.archive), ("1.3.0+b1", content.as_slice()), "{range}");
    }
    // Argo CD leaves the scheme out.
    assert!(fetch(&[&server], &wanted(address.trim_start_matches("oci://"), "1.3.0+b1")).is_ok());
}

#[test]
fn a_registry_that_asks_who_asks_gets_a_token_and_nobody_else_does() {
    let (server, tokens, content) = (Server::start(), Server::start(), archive("web", "1.0.0"));
    let address = registry(&server, "1.0.0", &content);
    let challenge = format!(
        "Bearer realm=\"http://{}/token\",service=\"charts\",scope=\"repository:org/web:pull\"",
        tokens.authority
    );
    let manifest = format!(
        "{{\"layers\": [{{\"mediaType\": \"application/tar+gzip\", \"digest\": \"{}\"}}]}}",
        Digest::of(&content)
    );
    let ask = Answer::status(401).with("WWW-Authenticate", challenge);
    server.answer("/v2/org/web/manifests/1.0.0", [ask, Answer::ok(manifest)]);
    tokens
        .answer("/token?service=charts&scope=repository:org/web:pull", [Answer::ok("{\"token\": \"open\"}")]);
    assert!(fetch(&[&server, &tokens], &wanted(&address, "1.0.0")).is_ok());
    let shown: Vec<Option<String>> = server.asked().into_iter().map(|(_, shown)| shown).collect();
    assert_eq!(shown, [None, Some("Bearer open".to_owned()), Some("Bearer open".to_owned())]);
    assert_eq!(tokens.asked()[0].1, None);
}

#[test]
fn credentials_are_shown_to_their_host_and_not_where_it_sends() {
    let (server, store, content) = (Server::start(), Server::start(), archive("web", "1.0.0"));
    let address = repository(&server, &[("1.0.0", "web.tgz", &content)]);
    let location = format!("http://{}/bucket/web.tgz?signature=secret", store.authority);
    server.answer("/charts/web.tgz", [Answer::status(302).with("Location", location)]);
    store.answer("/bucket/web.tgz?signature=secret", [Answer::ok(&*content)]);
    let file = format!("{{\"auths\": {{\"{}\": {{\"auth\": \"bWU6c2VjcmV0\"}}}}}}", server.authority);
    let credentials = || Credentials::parse(file.as_bytes());
    assert!(!format!("{:?}", credentials()).contains("bWU6"));
    let fetcher = Fetcher::new(allowed(&[&server, &store]), credentials());
    fetcher.fetch(&wanted(&address, "1.0.0"), &Lock::default()).unwrap();
    assert!(server.asked().iter().all(|(_, shown)| shown.as_deref() == Some("Basic bWU6c2VjcmV0")));
    assert_eq!(store.asked()[0].1, None);

    // A host that nobody allowed is not asked at all.
    let fetcher = Fetcher::new(allowed(&[&server]), credentials());
    let error = fetcher.fetch(&wanted(&address, "1.0.0"), &Lock::default()).unwrap_err();
    assert!(matches!(&error.trouble, Trouble::Host { host, from: Some(from) }
        if *host == store.authority && *from == server.authority));
    assert!(error.hint().unwrap().contains(&format!("--allow-host {}", store.authority)));
    assert_eq!(store.asked().len(), 1);
}

#[test]
fn what_is_not_what_it_should_be_is_refused() {
    let (server, content) = (Server::start(), archive("web", "1.0.0"));
    let address = repository(&server, &[("1.0.0", "web.tgz", b"something else")]);
    server.answer("/charts/web.tgz", [Answer::ok(&*content)]);
    let wanted = wanted(&address, "1.0.0");
    assert!(matches!(fetch(&[&server], &wanted), Err(Trouble::WrongDigest { .. })));

    repository(&server, &[("1.0.0", "web.tgz", &content)]);
    let truncated = Answer { announced: Some(content.len() + 100), ..Answer::ok(&*content) };
    server.answer("/charts/web.tgz", [truncated]);
    assert!(
        matches!(fetch(&[&server], &wanted), Err(Trouble::Connection { why, .. }) if why.contains("not whole"))
    );

    let other = archive("other", "1.0.0");
    repository(&server, &[("1.0.0", "web.tgz", &other)]);
    server.answer("/charts/web.tgz", [Answer::ok(&*other)]);
    assert!(matches!(fetch(&[&server], &wanted), Err(Trouble::NoChart(why)) if why.contains("other")));

    repository(&server, &[("1.0.0", "web.tgz", b"no archive")]);
    server.answer("/charts/web.tgz", [Answer::ok("no archive")]);
    assert!(matches!(fetch(&[&server], &wanted), Err(Trouble::NoChart(_))));

    server.answer("/charts/index.yaml", [Answer::ok("a: [")]);
    assert!(matches!(fetch(&[&server], &wanted), Err(Trouble::Protocol(_))));
}

#[test]
fn servers_that_refuse_or_have_enough_say_so() {
    let (server, content) = (Server::start(), archive("web", "1.0.0"));
    let address = repository(&server, &[("1.0.0", "web.tgz", &content)]);
    let wanted = wanted(&address, "1.0.0");
    server.answer("/charts/web.tgz", [Answer::status(401)]);
    assert!(matches!(fetch(&[&server], &wanted), Err(Trouble::Refused { status: 401, .. })));
    let busy = || Answer::status(429).with("Retry-After", "0");
    server.answer("/charts/web.tgz", [busy(), busy(), Answer::ok(&*content)]);
    assert!(fetch(&[&server], &wanted).is_ok());
    server.answer("/charts/web.tgz", [busy()]);
    assert!(matches!(fetch(&[&server], &wanted), Err(Trouble::TooMany { tries: 4, .. })));
    server.answer("/charts/web.tgz", [Answer::status(302).with("Location", "/charts/web.tgz")]);
    assert!(matches!(fetch(&[&server], &wanted), Err(Trouble::Protocol(why)) if why.contains("on and on")));
    server.answer("/charts/web.tgz", [Answer::status(404)]);
    assert!(matches!(fetch(&[&server], &wanted), Err(Trouble::Status { status: 404, .. })));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = Wanted { repository: format!("http://{nobody}"), ..wanted };
    let mut hosts = AllowedHosts::default();
    hosts.allow_address(&gone.repository);
    let fetcher = Fetcher::new(hosts, Credentials::default());
    let error = fetcher.fetch(&gone, &Lock::default()).unwrap_err();
    assert!(matches!(error.trouble, Trouble::Connection { .. }));
}

#[test]
fn addresses_that_are_none_are_not_asked() {
    for address in [
        "",
        "charts",
        "file:///etc/passwd",
        "ftp://a.example/x",
        "https://me:secret@a.example",
        "https:///x",
        "oci://a.example/../b",
    ] {
        assert!(matches!(fetch(&[], &wanted(address, "1.0.0")), Err(Trouble::Address(_))), "{address}");
    }
    assert!(matches!(
        fetch(&[], &wanted("https://a.example", "1.0.0")),
        Err(Trouble::Host { from: None, .. })
    ));
}

#[test]
fn a_version_that_is_published_again_is_noticed() {
    let (server, content) = (Server::start(), archive("web", "1.0.0"));
    let address = registry(&server, "1.0.0", &content);
    let mut lock = Lock::default();
    let digest = Digest::of(b"before");
    let (repository, name) = (address.clone(), "web".to_owned());
    lock.add(LockedChart { repository, name, version: "1.0.0".to_owned(), digest });
    assert_eq!(Lock::parse(&lock.text()).as_ref(), Ok(&lock));
    let fetcher = Fetcher::new(allowed(&[&server]), Credentials::default());
    let error = fetcher.fetch(&wanted(&address, "1.0.0"), &lock).unwrap_err();
    assert!(matches!(error.trouble, Trouble::NotAsLocked { .. }));
    assert!(Lock::parse("version = 2\n").is_err() && Lock::parse("version = 1\nchart = 1\n").is_err());
}

#[test]
fn the_cache_gives_back_what_it_was_given_or_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let cache = Cache::at(directory.path().join("cache"));
    let wanted = Wanted { name: "../web".to_owned(), ..wanted("oci://ghcr.io/org/..", "") };
    assert!(cache.versions(&wanted.repository, &wanted.name).is_empty());
    let archive = archive("web", "1.0.0+b");
    let fetched = Fetched {
        version: "1.0.0+b".to_owned(),
        digest: Digest::of(&archive),
        archive: archive.clone().into(),
    };
    cache.put(&wanted, &fetched).unwrap();
    assert_eq!(cache.versions(&wanted.repository, &wanted.name), ["1.0.0+b"]);
    assert_eq!(cache.digest(&wanted.repository, &wanted.name, "1.0.0+b"), Some(fetched.digest.clone()));
    assert_eq!(cache.archive(&fetched.digest).as_deref(), Some(archive.as_slice()));
    let only = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(only, 1, "nothing is written beside the cache");
    let blob = cache.directory().join("blobs").join(fetched.digest.to_string().replace("sha256:", ""));
    std::fs::write(blob, "damaged").unwrap();
    assert_eq!(cache.archive(&fetched.digest), None);
}
