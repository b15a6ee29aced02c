//! What a credential looks like.
//!
//! Few rules, and each strict: a scanner that cries wolf is switched off. A name alone is not enough, nor is a value
//! that only looks random.

/// What the known credentials start with, and what they are. After it come at least as many characters of the alphabet
/// that these credentials use.
const TOKENS: &[(&str, usize, &str)] = &[
    ("-----BEGIN RSA PRIVATE KEY", 0, "a private key"),
    ("-----BEGIN EC PRIVATE KEY", 0, "a private key"),
    ("-----BEGIN PRIVATE KEY", 0, "a private key"),
    ("-----BEGIN OPENSSH PRIVATE KEY", 0, "a private key"),
    ("-----BEGIN PGP PRIVATE KEY", 0, "a private key"),
    ("AGE-SECRET-KEY-1", 50, "a private key of age"),
    ("AKIA", 16, "an access key of AWS"),
    ("ghp_", 36, "a token of GitHub"),
    ("gho_", 36, "a token of GitHub"),
    ("ghs_", 36, "a token of GitHub"),
    ("github_pat_", 60, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("xoxb-", 20, "a token of Slack"),
    ("xoxp-", 20, "a token of Slack"),
    ("hvs.", 24, "a token of OpenBao or Vault"),
    ("tskey-", 16, "a key of Tailscale"),
    ("sk_live_", 16, "a key of Stripe"),
    ("dop_v1_", 40, "a token of DigitalOcean"),
    ("npm_", 36, "a token of npm"),
];

/// What the text holds when a known credential is in it.
pub fn known_token(text: &str) -> Option<&'static str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    TOKENS.iter().find_map(|(start, length, what)| {
        text.match_indices(start).find_map(|(at, _)| {
            let is_word = text.get(..at).is_none_or(|before| !before.ends_with(is_part));
            let rest = text.get(at + start.len()..)?;
            let follows = rest.chars().take_while(|c| is_part(*c)).count();
            (is_word && follows >= *length).then_some(*what)
        })
    })
}

/// Whether a value only stands for one: nothing, a template, a reference, a switch, a number, a path or an address.
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let marks = ["$(", "${", "{{", "<", "ENC[", "vault:", "ref+", "env:", "file:", "op://", "secret://"];
    let is_mark = |mark: &&str| value.contains(*mark);
    let is_number = value.parse::<f64>().is_ok();
    let is_switch = matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "none" | "null" | "off" | "on"
    );
    let is_path = value.starts_with('/') || value.starts_with("./");
    let is_address = value.contains("://") && !has_password(value);
    let is_masked = !value.is_empty() && value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.'));
    value.chars().count() < 4
        || marks.iter().any(is_mark)
        || is_number
        || is_switch
        || is_path
        || is_address
        || is_masked
        || value.contains(char::is_whitespace)
}

/// Whether an address carries a password that stands for itself: `postgres://user:pass@host`.
pub(super) fn has_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', ' ', '"']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| {
        !password.is_empty() && !["$", "{", "<", "*", "%"].iter().any(|mark| password.starts_with(mark))
    })
}
