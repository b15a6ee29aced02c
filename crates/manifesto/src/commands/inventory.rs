//! `manifesto inventory`: the clusters that a revision speaks of, and a start for declaring them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use manifesto_gitops::{Cluster, Listing};

use crate::exit_code;
use crate::failure::Failure;
use crate::options::{Global, InventoryOptions};
use crate::output::Output;

pub(crate) fn run(global: &Global, options: &InventoryOptions, output: &Output) -> Result<u8, Failure> {
    let listing = super::listing(global, options.revision.as_deref(), output)?;
    output.print_exactly(&page(&listing))?;
    Ok(exit_code::OK)
}

/// TOML that can be used as it is: what is known is written, what a person has to fill in is a comment.
fn page(listing: &Listing) -> String {
    let mut clusters: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for listed in &listing.components {
        let cluster = listed.component.deployment.as_ref().map(|deployment| &deployment.cluster);
        let is_unknown = matches!(cluster, Some(Cluster::Unknown(_)));
        *clusters.entry((listed.component.cluster(), is_unknown)).or_default() += 1;
    }
    let mut text =
        String::from("# .github/manifesto.toml: what this repository does not say of its clusters.\n");
    apis(listing, &mut text);
    for ((name, is_unknown), components) in clusters {
        let what = match (name, is_unknown) {
            ("", true) => "clusters that nothing tells apart",
            ("", false) => "the cluster that everything is in",
            _ => name,
        };
        let _ = writeln!(text, "\n# {what}: {components} components");
        if is_unknown {
            let _ = writeln!(
                text,
                "# [[clusters]]\n# name = {name:?}\n# server = \"https://…\"\n# labels = {{}}\n# annotations = {{}}"
            );
        }
    }
    for gap in &listing.gaps {
        let _ = writeln!(text, "\n# not known: {gap}");
    }
    text
}

/// The APIs that charts ask for and that nothing here installs. Before the tables: in TOML what follows them is theirs.
fn apis(listing: &Listing, text: &mut String) {
    let mut asked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for listed in &listing.components {
        for api in listed.rendering.unserved_apis() {
            asked.entry(api).or_default().push(&listed.name);
        }
    }
    if asked.is_empty() {
        return;
    }
    text.push_str(
        "\n# Charts ask for these APIs, which nothing here installs. Keep those that the clusters serve.\n",
    );
    text.push_str("# api-versions = [\n");
    for (api, names) in asked {
        let others = names.len().saturating_sub(ASKERS_MAX);
        let mut names = names.iter().take(ASKERS_MAX).copied().collect::<Vec<_>>().join(", ");
        if others > 0 {
            let _ = write!(names, " and {others} others");
        }
        let _ = writeln!(text, "#   {api:?}, # {names}");
    }
    text.push_str("# ]\n");
}

/// So many of those that ask are named.
const ASKERS_MAX: usize = 3;
