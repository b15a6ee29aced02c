//! The arguments. Their comments are the help, the man page and the reference.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::configuration::ProfileName;

/// Reads a GitOps change and answers the pull-request template from evidence
///
/// Manifesto compares two revisions of a repository, renders what the clusters would hold on both sides, and fills the
/// repository's own pull-request template with what differs, or holds what the author wrote against it. It reads git
/// objects: no cluster, no network, no other program, and nothing of the change is executed.
#[derive(Debug, Parser)]
#[command(name = "manifesto", version, max_term_width = 100, disable_help_subcommand = false)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const AFTER_HELP: &str = "\
Examples:
  manifesto draft                       fill the template for this branch
  manifesto draft --write body.md       write it to a file, keeping what you wrote there
  manifesto check --text body.md        hold a text against the change
  manifesto diff main..feature          show what changes in the clusters
  manifesto draft --example new-app     try it without a repository

Exit codes:
  0  nothing is wrong
  1  `check` found something wrong with the text, or `render` cannot render
  2  the arguments are wrong
  3  no repository, revision, template or text where one is needed
  4  something could not be known, and `--require-complete` was given; or `render` printed
     less than all
  70 a fault of Manifesto itself
  74 the result could not be written";

#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The repository: any directory in it, or a bare one
    #[arg(long, value_name = "DIR", default_value = ".", global = true, hide_default_value = true)]
    pub(crate) repo: PathBuf,

    /// A directory with archives of charts that are not in the repository, as `helm pull` leaves them: those directly in it are
    /// of any repository, those in DIR/ghcr.io/org/charts of that one. They come before those that `manifesto fetch` got
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) charts: Option<PathBuf>,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: When,

    /// Print nothing but the result
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more about what was done
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Draft(DraftOptions),
    Check(CheckOptions),
    Diff(DiffOptions),
    Render(RenderOptions),
    Components(ComponentsOptions),
    Inventory(InventoryOptions),
    Fetch(FetchOptions),
    Finalize(FinalizeOptions),
    Record(RecordOptions),
    Template(TemplateOptions),
    Explain(ExplainOptions),
    Completions(CompletionsOptions),
    /// Print the man page
    ///
    /// In the format of man(7): `manifesto man > manifesto.1`.
    Man,
}

/// Which change is meant.
#[derive(Debug, Args)]
pub(crate) struct ChangeOptions {
    /// The change: `A..B` compares A with B, `A...B` compares B with where it left A, one commit is compared with its
    /// parent; without it, HEAD is compared with where it left the default branch
    #[arg(value_name = "RANGE")]
    pub(crate) range: Option<String>,

    /// The branch that the change is for, instead of the default branch
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,

    /// Compare with the files on disk, committed or not
    #[arg(long)]
    pub(crate) worktree: bool,

    /// Use a bundled example instead of a repository (`list` lists them)
    #[arg(long, value_name = "NAME", conflicts_with_all = ["range", "base", "worktree"])]
    pub(crate) example: Option<String>,

    /// Fail when anything could not be known
    #[arg(long)]
    pub(crate) require_complete: bool,
}

/// Which template and which text are meant.
#[derive(Debug, Args)]
pub(crate) struct TextOptions {
    /// The template: its name, its path at base, or a file
    #[arg(long, value_name = "NAME|PATH")]
    pub(crate) template: Option<String>,

    /// The author's text: a file, or `-` for standard input
    #[arg(long, value_name = "FILE|-")]
    pub(crate) text: Option<PathBuf>,
}

/// Fill the pull-request template from evidence
///
/// The template is found at base in .github/, .forgejo/, .gitea/, .gitlab/, docs/ or the root. What evidence can answer
/// is filled in, boxes that evidence decides are ticked, and everything else stays as it is. With --text, the author's
/// text is filled instead: not a byte that the author wrote is changed, and what was drafted before is brought up to date.
///
/// On a terminal the difference is shown; elsewhere the whole text is printed.
#[derive(Debug, Args)]
pub(crate) struct DraftOptions {
    #[command(flatten)]
    pub(crate) change: ChangeOptions,

    #[command(flatten)]
    pub(crate) text: TextOptions,

    /// Write the text to this file; what it holds is the author's text, unless --text names another
    #[arg(long, value_name = "FILE", conflicts_with = "diff")]
    pub(crate) write: Option<PathBuf>,

    /// Show what would change in the text
    #[arg(long)]
    pub(crate) diff: bool,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    pub(crate) format: DraftFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DraftFormat {
    /// The text
    Markdown,
    /// The evidence that the text is made from
    Json,
}

/// Hold the author's text against the evidence
///
/// Boxes that are ticked but false, boxes that are open but should be disclosed, and what was left of the template are
/// reported with the line of the text and the line of the manifest that says otherwise. What nobody can know is never
/// held against the author.
#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    #[command(flatten)]
    pub(crate) change: ChangeOptions,

    #[command(flatten)]
    pub(crate) text: TextOptions,

    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub(crate) format: CheckFormat,

    /// The least level of a finding that fails the check
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    pub(crate) min_severity: Severity,

    /// How strict the check is, instead of what .github/manifesto.toml says at base
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,

    /// Do not look at a rule
    #[arg(long, short = 'A', value_name = "RULE")]
    pub(crate) allow: Vec<String>,

    /// Make warnings of a rule's findings
    #[arg(long, short = 'W', value_name = "RULE")]
    pub(crate) warn: Vec<String>,

    /// Make errors of a rule's findings
    #[arg(long, short = 'D', value_name = "RULE")]
    pub(crate) deny: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people, with colours on a terminal
    Terminal,
    /// For a comment or a job summary
    Markdown,
    /// For programs; the schema is in docs/reference/json-v1.schema.json
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
    /// GitLab's Code Quality report
    CodeQuality,
    /// JUnit's XML
    Junit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Severity {
    /// Worth knowing
    Note,
    /// Probably wrong or incomplete
    Warning,
    /// Wrong
    Error,
}

/// Show what changes in the clusters, object by object
///
/// Objects are compared as Kubernetes merges them, not as lines. What comes with every release (version labels, checksums,
/// generated certificates) is counted apart. Values of Secrets are never shown.
#[derive(Debug, Args)]
pub(crate) struct DiffOptions {
    #[command(flatten)]
    pub(crate) change: ChangeOptions,

    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with colours on a terminal
    Terminal,
    /// For a comment or a job summary
    Markdown,
    /// For programs; the schema is in docs/reference/json-v1.schema.json
    Json,
}

/// Print the manifests of a kustomization or a chart, as `kustomize build` or `helm template` does
///
/// Standard output is the manifests and nothing else, byte for byte those of kustomize v5.7.1 or Helm v4.1.4. What would need
/// the network, a program or a secret key is named on standard error, the rest is printed, and the exit code is 4.
#[derive(Debug, Args)]
pub(crate) struct RenderOptions {
    /// The directory of the kustomization or the chart, or an archive of a chart; with --at from the root of the repository
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    pub(crate) path: PathBuf,

    /// The revision to read; without it, the files on disk
    #[arg(long, value_name = "REV")]
    pub(crate) at: Option<String>,

    /// Which files a kustomization may name
    #[arg(long, value_name = "WHICH", default_value = "LoadRestrictionsRootOnly")]
    pub(crate) load_restrictor: Restrictor,

    /// Print where each object comes from instead: its template or file, and the values that a template reads
    #[arg(long)]
    pub(crate) origins: bool,

    #[command(flatten)]
    pub(crate) release: ReleaseOptions,
}

/// What a chart is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Charts")]
pub(crate) struct ReleaseOptions {
    /// The name of the release
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// The namespace of the release
    #[arg(long, short, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,

    /// A file of values on disk; the later wins
    #[arg(long, short = 'f', value_name = "FILE")]
    pub(crate) values: Vec<PathBuf>,

    /// Values as Helm takes them: `key=value,…`
    #[arg(long, value_name = "VALUES")]
    pub(crate) set: Vec<String>,

    /// The same, all of them text
    #[arg(long, value_name = "VALUES")]
    pub(crate) set_string: Vec<String>,

    /// The same as JSON: `key={…}`
    #[arg(long, value_name = "VALUES")]
    pub(crate) set_json: Vec<String>,

    /// A value from a file on disk: `key=FILE`
    #[arg(long, value_name = "VALUES")]
    pub(crate) set_file: Vec<String>,

    /// The version of Kubernetes
    #[arg(long, value_name = "VERSION")]
    pub(crate) kube_version: Option<String>,

    /// A version of an API that the cluster has: `monitoring.coreos.com/v1`
    #[arg(long, short = 'a', value_name = "API")]
    pub(crate) api_versions: Vec<String>,

    /// Print the CRDs of the chart as well
    #[arg(long)]
    pub(crate) include_crds: bool,

    /// Leave out tests
    #[arg(long)]
    pub(crate) skip_tests: bool,
}

impl ReleaseOptions {
    /// Whether anything was said of a release.
    pub(crate) fn is_given(&self) -> bool {
        let lists = [&self.set, &self.set_string, &self.set_json, &self.set_file, &self.api_versions];
        let texts = [&self.name, &self.namespace, &self.kube_version];
        !self.values.is_empty()
            || lists.iter().any(|list| !list.is_empty())
            || texts.iter().any(|text| text.is_some())
            || self.include_crds
            || self.skip_tests
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Restrictor {
    /// Those in and below its own directory
    #[value(name = "LoadRestrictionsRootOnly")]
    RootOnly,
    /// Any file of the repository
    #[value(name = "LoadRestrictionsNone")]
    None,
}

/// Fetch the charts that a change needs and that are not in the repository
///
/// The only verb with a network. Charts come from HTTP repositories and OCI registries, go into the user's cache, and are found
/// there by every other verb. Only hosts that base names already are asked, and those of --allow-host: a change cannot have
/// you ask a host of its choice. Who asks is told as `helm registry login` and `docker login` have written it down (also where
/// HELM_REGISTRY_CONFIG or DOCKER_CONFIG say).
///
/// Digests can be written down: with a file .github/manifesto.lock or .manifesto.lock in the repository, a chart that was
/// published again with other content is refused, here and by every other verb.
#[derive(Debug, Args)]
pub(crate) struct FetchOptions {
    /// The change, as for `manifesto diff`; with --all, one revision
    #[arg(value_name = "RANGE")]
    pub(crate) range: Option<String>,

    /// The branch that the change is for, instead of the default branch
    #[arg(long, value_name = "REV", conflicts_with = "all")]
    pub(crate) base: Option<String>,

    /// Compare with the files on disk, committed or not
    #[arg(long, conflicts_with = "all")]
    pub(crate) worktree: bool,

    /// Fetch the charts of everything that a revision deploys, the files on disk without one; all its hosts are asked
    #[arg(long)]
    pub(crate) all: bool,

    /// A host that may be asked: `charts.example.org`, `127.0.0.1:5000`
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,

    /// Write the digests of these charts to a file, beside what it holds: .github/manifesto.lock is found by itself
    #[arg(long, value_name = "FILE")]
    pub(crate) lock: Option<PathBuf>,
}

/// List every component of a revision: where it goes and what it reads
///
/// A component is what an Argo CD Application or a Flux Kustomization deploys, written down or generated, and besides that
/// every kustomization, chart and directory of manifests that nothing else uses.
#[derive(Debug, Args)]
pub(crate) struct ComponentsOptions {
    /// The revision; without it, the files on disk, or HEAD of a bare repository
    #[arg(value_name = "REV")]
    pub(crate) revision: Option<String>,

    /// List the directories that each component reads
    #[arg(long)]
    pub(crate) reads: bool,

    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub(crate) format: ComponentsFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ComponentsFormat {
    /// For people, with colours on a terminal
    Terminal,
    /// For programs; the schema is in docs/reference/components-v1.schema.json
    Json,
    /// The annotation `argocd.argoproj.io/manifest-generate-paths` of each component
    ArgocdPaths,
}

/// Print the clusters that a revision speaks of, as a start for `.github/manifesto.toml`
///
/// What the repository does not say about its clusters can be declared there: then what ApplicationSets generate for them is
/// known and no gap. Nothing needs to be declared.
#[derive(Debug, Args)]
pub(crate) struct InventoryOptions {
    /// The revision; without it, the files on disk
    #[arg(value_name = "REV")]
    pub(crate) revision: Option<String>,
}

/// Take out of a text what only a draft needs
///
/// The markers of what was drafted, the note at the end, and the hints that the template gives its authors. Every other
/// byte stays. The result is printed.
#[derive(Debug, Args)]
pub(crate) struct FinalizeOptions {
    #[command(flatten)]
    pub(crate) change: ChangeOptions,

    #[command(flatten)]
    pub(crate) text: TextOptions,
}

/// Print what came of a check as an in-toto Statement
///
/// Its subjects are the commit that the change leads to and the text; its predicate holds the verdict of every slot, box and
/// claim, the findings, what was accepted and why, and the digests of the template and of the configuration. It is not
/// signed. A text with findings is recorded like any other.
#[derive(Debug, Args)]
pub(crate) struct RecordOptions {
    #[command(flatten)]
    pub(crate) change: ChangeOptions,

    #[command(flatten)]
    pub(crate) text: TextOptions,
}

/// Look at the pull-request template
#[derive(Debug, Args)]
pub(crate) struct TemplateOptions {
    #[command(subcommand)]
    pub(crate) verb: TemplateVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateVerb {
    /// Print what each slot and each box of the template asks, and who answers
    Explain(TemplateChoice),
    /// Print the template: that of the repository, or else the one that comes with Manifesto
    Print(TemplateChoice),
    /// Print what authors and drafts will stumble over in the template
    ///
    /// Comments that never end, slots and boxes that are there twice, titles that were probably misspelt, a length that
    /// leaves no room. The exit code is 1 when something was found.
    Lint(TemplateChoice),
}

/// Which template is meant.
#[derive(Debug, Args)]
pub(crate) struct TemplateChoice {
    #[command(flatten)]
    pub(crate) change: ChangeOptions,

    #[command(flatten)]
    pub(crate) text: TextOptions,
}

/// Print the page of a topic or a rule
///
/// Without a name, the names are listed.
#[derive(Debug, Args)]
pub(crate) struct ExplainOptions {
    /// A topic (`images`) or a rule (`box/false`)
    pub(crate) name: Option<String>,
}

/// Print the completions of a shell
///
/// For bash, for instance: `manifesto completions bash > ~/.local/share/bash-completion/completions/manifesto`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsOptions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}
