//! HTTP: only allowed hosts, nobody's credentials to others, bounded in time and size.

use std::time::Duration;

use ureq::{Agent, Body, http};

use crate::error::Trouble;
use crate::hosts::host_of;
use crate::url::is_loopback;
use crate::{AllowedHosts, Credentials};

/// As often as a server may send elsewhere.
const REDIRECTS_MAX: u32 = 5;
/// As often as a server that has enough of us is asked.
const TRIES_MAX: u32 = 4;
/// As long as is waited between two tries, whatever the server says.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Asks servers.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    pub(crate) hosts: AllowedHosts,
    credentials: Credentials,
}

/// An answer to what was asked, or the question who asks.
#[derive(Debug)]
pub(crate) enum Answer {
    /// What was asked for.
    Content {
        /// All of it.
        content: Vec<u8>,
        /// `Link`: where it goes on.
        link: Option<String>,
    },
    /// `WWW-Authenticate`: how to say who asks.
    Challenge(String),
}

/// One question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'q> {
    /// The whole address.
    pub(crate) address: &'q str,
    /// `Accept`.
    pub(crate) accept: &'q str,
    /// `Authorization`; only for the host of the address, never for one that it sends to.
    pub(crate) authorization: Option<&'q str>,
    /// The most bytes that are taken.
    pub(crate) bytes_max: u64,
}

impl Client {
    pub(crate) fn new(hosts: AllowedHosts, credentials: Credentials) -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_recv_body(Some(Duration::from_mins(2)))
            .user_agent(concat!("manifesto/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into(), hosts, credentials }
    }

    /// A file of a server, with the credentials of its host.
    pub(crate) fn get(&self, address: &str, accept: &str, bytes_max: u64) -> Result<Vec<u8>, Trouble> {
        let authorization = self.basic(address);
        let question = Question { address, accept, authorization: authorization.as_deref(), bytes_max };
        match self.ask(question)? {
            Answer::Content { content, .. } => Ok(content),
            Answer::Challenge(_) => {
                Err(Trouble::Refused { host: authority_of(address).to_owned(), status: 401 })
            }
        }
    }

    /// What a host is shown of who asks. Nothing is shown without TLS, but on this machine.
    pub(crate) fn basic(&self, address: &str) -> Option<String> {
        let authority = authority_of(address);
        let is_safe = address.starts_with("https://") || is_loopback(host_of(authority));
        let auth = self.credentials.of(authority).filter(|_| is_safe)?;
        Some(format!("Basic {auth}"))
    }

    /// Asks, and goes where the server sends.
    pub(crate) fn ask(&self, question: Question<'_>) -> Result<Answer, Trouble> {
        let mut address = question.address.to_owned();
        let mut authorization = question.authorization;
        let mut from = None;
        for _ in 0..=REDIRECTS_MAX {
            let authority = authority_of(&address).to_ascii_lowercase();
            if !self.hosts.allows(&authority) {
                return Err(Trouble::Host { host: authority, from });
            }
            let response = self.try_often(&address, question.accept, authorization)?;
            let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
            let status = response.status().as_u16();
            match (status, header("location")) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => {
                    let next = redirected(&address, &location)?;
                    if authority_of(&next) != authority_of(&address) {
                        authorization = None;
                        from = Some(authority);
                    }
                    address = next;
                }
                (200, _) => {
                    let link = header("link");
                    let content = content(response, &address, question.bytes_max)?;
                    return Ok(Answer::Content { content, link });
                }
                (401, _) => return Ok(Answer::Challenge(header("www-authenticate").unwrap_or_default())),
                (403, _) => return Err(Trouble::Refused { host: authority, status }),
                _ => return Err(Trouble::Status { address: shown(&address), status }),
            }
        }
        Err(Trouble::Protocol(format!("{} sends on and on", shown(question.address))))
    }

    /// Asks again while the server has enough of us, or is being restarted.
    fn try_often(
        &self,
        address: &str,
        accept: &str,
        authorization: Option<&str>,
    ) -> Result<http::Response<Body>, Trouble> {
        for tries in 1.. {
            let mut request = self.agent.get(address).header("accept", accept);
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            let connection =
                |error: ureq::Error| Trouble::Connection { address: shown(address), why: error.to_string() };
            let response = request.call().map_err(connection)?;
            let status = response.status().as_u16();
            if !matches!(status, 429 | 502 | 503 | 504) {
                return Ok(response);
            }
            if tries == TRIES_MAX {
                let host = authority_of(address).to_owned();
                return Err(match status {
                    429 => Trouble::TooMany { host, tries },
                    _ => Trouble::Status { address: shown(address), status },
                });
            }
            let asked = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
            let seconds = asked.and_then(|text| text.parse().ok()).unwrap_or(1 << (tries - 1));
            std::thread::sleep(Duration::from_secs(seconds).min(WAIT_MAX));
        }
        Err(Trouble::Protocol("nobody was asked".to_owned()))
    }
}

fn content(mut response: http::Response<Body>, address: &str, bytes_max: u64) -> Result<Vec<u8>, Trouble> {
    let read = response.body_mut().with_config().limit(bytes_max).read_to_vec();
    read.map_err(|error| match error {
        ureq::Error::BodyExceedsLimit(_) => Trouble::TooLarge { address: shown(address), bytes_max },
        error => {
            Trouble::Connection { address: shown(address), why: format!("the answer is not whole: {error}") }
        }
    })
}

/// Where a server sends: a whole address, or a path of the same host.
fn redirected(address: &str, location: &str) -> Result<String, Trouble> {
    let next = if location.contains("://") {
        location.to_owned()
    } else if location.starts_with('/') {
        let scheme = address.split("://").next().unwrap_or_default();
        format!("{scheme}://{}{location}", authority_of(address))
    } else {
        let (directory, _) = address.rsplit_once('/').unwrap_or((address, ""));
        format!("{directory}/{location}")
    };
    let loses_tls = address.starts_with("https://") && !next.starts_with("https://");
    if loses_tls || !next.starts_with("http") {
        let (from, to) = (shown(address), shown(&next));
        return Err(Trouble::Protocol(format!("{from} sends to {to}, which has no TLS")));
    }
    Ok(next)
}

/// Host and port of an address.
pub(crate) fn authority_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// An address without its query: servers that send elsewhere put what opens the door there.
fn shown(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}
