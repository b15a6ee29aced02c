//! Real texts against the changes that they describe: every finding was judged by hand once, and says why.

use std::collections::BTreeSet;
use std::path::Path;

use crate::run::{git, run, shared};

/// A finding, the value in it that tells it from others, and why it is right.
type Judged = (&'static str, &'static str, &'static str);

/// A real text: its number, its case, its template, and all that is wrong with it beside what the template asks for.
const TEXTS: &[(&str, &str, &str, &[Judged])] = &[
    (
        "571",
        "02-add-infra-newt",
        "feature.md",
        &[
            ("box/false", "Manual sync", "the ApplicationSet syncs it by itself, prunes and heals it"),
            ("box/undisclosed", "ArgoCD auto-sync", "it was replaced by the manual sync that there is not"),
            ("claim/version", "v0.1.9", "the kustomization has chart version 1.1.0"),
            (
                "claim/absence",
                "51820/UDP",
                "allow-newt-to-pangolin admits a tunnel that the text nowhere names",
            ),
            ("claim/port", "80/TCP", "allow-newt-to-pangolin has 443/TCP and 51820/UDP"),
            ("claim/port", "1207/TCP", "Atuin listens on 8888"),
            ("claim/port", "8920", "only 8096 is admitted to Jellyfin"),
            ("claim/component", "atuin", "the fifth policy is Immich's"),
            ("claim/path", "security/network-policy.yaml", "the policies are in a file each"),
            (
                "claim/secret",
                "lungmen.akn/newt/auth/pangolin-oauth2",
                "shared/third-parties/pangolin/newt/lungmen.akn",
            ),
            ("claim/secret", "client_id", "the keys are endpoint, token_id, token_secret"),
            ("claim/secret", "client_secret", "the keys are endpoint, token_id, token_secret"),
            ("claim/namespace", "newt", "everything is in newt-system"),
            ("cmd/target", "ExternalSecret `newt-pangolin-oauth2`", "it is called newt-credentials"),
            ("cmd/target", "Secret `newt-pangolin-oauth2`", "it is called newt-credentials"),
            ("cmd/syntax", "atuin,jellyfin,jellyseerr,linkding,n8n", "one namespace for each -n"),
            ("cmd/target", "managed-by=newt", "no policy has this label"),
            ("rollback/self-heal", "lungmen.akn/newt", "an ApplicationSet makes it again"),
        ],
    ),
    (
        "473",
        "01-add-app-silverbullet",
        "feature.md",
        &[
            ("box/undisclosed", "DNS/Certificate", "the route publishes notes.chezmoi.sh for external-dns"),
            ("cmd/target", "silverbullet", "it is a StatefulSet"),
            ("rollback/self-heal", "lungmen.akn/silverbullet", "an ApplicationSet makes it again"),
            ("rollback/data-loss", "silverbullet", "the only volume is in that namespace"),
        ],
    ),
    (
        "1021",
        "08-gateway-migration",
        "later-feature.md",
        &[
            ("claim/path", "amiya.akn/src/infrastructure/kubernetes/in-gateway-system/default", "in-gateway"),
            (
                "claim/path",
                "amiya.akn/src/infrastructure/kubernetes/in-gateway-system/redirect",
                "in-gateway",
            ),
            (
                "claim/path",
                "amiya.akn/src/infrastructure/kubernetes/in-gateway-system/wildcard",
                "in-gateway",
            ),
            (
                "claim/path",
                "amiya.akn/src/infrastructure/kubernetes/in-gateway-system/kustomization",
                "in-gateway",
            ),
            (
                "claim/path",
                "lungmen.akn/src/infrastructure/kubernetes/in-gateway-system/default",
                "in-gateway",
            ),
            (
                "claim/path",
                "lungmen.akn/src/infrastructure/kubernetes/in-gateway-system/redirect",
                "in-gateway",
            ),
            (
                "claim/path",
                "lungmen.akn/src/infrastructure/kubernetes/in-gateway-system/wildcard",
                "in-gateway",
            ),
            (
                "claim/path",
                "lungmen.akn/src/infrastructure/kubernetes/in-gateway-system/kustomization",
                "in-gateway",
            ),
            (
                "claim/path",
                "amiya.akn/src/infrastructure/kubernetes/in-gateway-system/.application.patch",
                "in-gateway",
            ),
            (
                "claim/path",
                "lungmen.akn/src/infrastructure/kubernetes/in-gateway-system/.application.patch",
                "in-gateway",
            ),
            ("claim/absence", "leads nowhere any more", "policies admit the old gateway only"),
            (
                "claim/absence",
                "HTTPRoute/longhorn",
                "the Longhorn interface loses its route on both clusters",
            ),
        ],
    ),
    ("1023", "09-gateway-netpol-fix", "later-bugfix.md", &[]),
    ("1112", "12-cnpg-backup", "later-feature.md", &[]),
    ("1130", "17-docs-only-adr", "later-feature.md", &[]),
];

/// The families of rules whose findings are judged here.
const JUDGED: [&str; 4] = ["box/", "claim/", "cmd/", "rollback/"];

#[test]
fn real_texts_are_accused_of_what_is_wrong_in_them_and_of_nothing_else() {
    let (Some(bundle), Some(bodies), Some(templates)) =
        (shared("corpora/arcane.bundle"), shared("corpora/pr-bodies"), shared("template"))
    else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let Some(_) = git(directory.path(), &["clone", "-q", "--bare", bundle.to_str().unwrap(), "arcane.git"])
    else {
        return;
    };
    let repository = directory.path().join("arcane.git");
    let mut wrong = Vec::new();
    for (number, case, template, judged) in TEXTS {
        let body = std::fs::read_to_string(bodies.join(format!("{number}.md"))).unwrap();
        let text = directory.path().join("text.md");
        std::fs::write(&text, unwrapped(body.split_once('\n').unwrap().1)).unwrap();
        let found = findings(&repository, case, &templates.join(template), &text);
        let is_it = |(rule, value, _): &Judged, (id, message): &(String, String)| {
            id == rule && message.contains(value)
        };
        let accused = found.iter().filter(|finding| !judged.iter().any(|judged| is_it(judged, finding)));
        wrong.extend(accused.map(|finding| format!("{number}: not judged: {finding:?}")));
        let missed = judged.iter().filter(|judged| !found.iter().any(|finding| is_it(judged, finding)));
        wrong.extend(missed.map(|(rule, value, why)| format!("{number}: not found: {rule} {value} ({why})")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn findings(repository: &Path, case: &str, template: &Path, text: &Path) -> BTreeSet<(String, String)> {
    let range = format!("{case}/base..{case}/head");
    let arguments =
        ["check", &range, "--repo", repository.to_str().unwrap(), "--format", "json", "--template"];
    let rest = [template.to_str().unwrap(), "--text", text.to_str().unwrap()];
    let report: serde_json::Value =
        serde_json::from_str(&run(&[&arguments[..], &rest].concat()).stdout).unwrap();
    let findings = report["text"]["findings"].as_array().unwrap().iter();
    let told = findings.map(|finding| {
        (finding["rule"].as_str().unwrap().to_owned(), finding["message"].as_str().unwrap().to_owned())
    });
    // The bundle leaves pictures out.
    let is_picture = |message: &str| message.contains(".svg`") || message.contains(".png`");
    told.filter(|(rule, message)| {
        JUDGED.iter().any(|family| rule.starts_with(family)) && !is_picture(message)
    })
    .collect()
}

/// The texts are those of merge commits, which the forge wraps at 72 columns: the lines of a paragraph and of an item
/// belong together.
pub(crate) fn unwrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut in_fence = false;
    for line in text.lines() {
        let shown = line.trim_start();
        let is_fence = shown.starts_with("```");
        let bullet =
            shown.strip_prefix(['-', '*', '+']).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        let number = shown.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        let starts =
            bullet || number || shown.is_empty() || shown.starts_with(['#', '>', '|', '<']) || shown == "---";
        let before = lines.last().map(|line| line.trim_start().to_owned()).unwrap_or_default();
        let ends = before.is_empty()
            || before.starts_with(['#', '|'])
            || before.starts_with("```")
            || before.starts_with("> [!");
        match lines.last_mut() {
            Some(last) if !in_fence && !is_fence && !starts && !ends => {
                last.push(' ');
                last.push_str(shown);
            }
            _ => lines.push(line.to_owned()),
        }
        in_fence ^= is_fence;
    }
    lines.join("\n")
}
