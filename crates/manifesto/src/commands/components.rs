//! `manifesto components`: what a revision deploys.

use manifesto_gitops::ListedComponent;
use manifesto_report::terminal;

use crate::exit_code;
use crate::failure::Failure;
use crate::options::{ComponentsFormat, ComponentsOptions, Global};
use crate::output::Output;

pub(crate) fn run(global: &Global, options: &ComponentsOptions, output: &Output) -> Result<u8, Failure> {
    let listing = super::listing(global, options.revision.as_deref(), output)?;
    match options.format {
        ComponentsFormat::Terminal => output.print(&terminal::listing(&listing, options.reads))?,
        ComponentsFormat::Json => output.print(&manifesto_report::json::listing(&listing))?,
        ComponentsFormat::ArgocdPaths => {
            let lines: Vec<String> = listing.components.iter().map(argocd_paths).collect();
            output.print(&lines.concat())?;
        }
    }
    Ok(exit_code::OK)
}

/// The annotation by which Argo CD skips a refresh when nothing changed that the Application reads: absolute paths in the
/// repository, separated by semicolons.
fn argocd_paths(listed: &ListedComponent) -> String {
    let paths: Vec<String> = listed.directories().iter().map(|directory| format!("/{directory}")).collect();
    format!("{}\n  argocd.argoproj.io/manifest-generate-paths: {}\n", listed.name, paths.join(";"))
}
