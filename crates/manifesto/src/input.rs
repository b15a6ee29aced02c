//! From arguments to what is compared: trees, template and text.

use manifesto_analyzers::{Change, analyze};
use manifesto_document::{TemplateFile, choose, find_templates};
use manifesto_evidence::{Evidence, Gap, GapReason};
use manifesto_git::{Configuration, RangeSpec, Repository, Revision, SkippedPath};
use manifesto_gitops::Session;
use manifesto_report::json::v1;
use manifesto_tree::Side;
use std::io::Read as _;
use std::mem::ManuallyDrop;
use std::path::Path;

use crate::charts::{charts, lock_of};
use crate::failure::Failure;
use crate::options::{ChangeOptions, Global, TextOptions};
use crate::output::Output;
use crate::progress::Progress;
use crate::{examples, exit_code};

/// The most of a text that is read: GitLab's own limit for a description, the largest of all forges.
const TEXT_BYTES_MAX: u64 = 1 << 20;

/// A change and all that was found out about it.
#[derive(Debug)]
pub(crate) struct Subject {
    /// Never given back: the process ends with it, and object by object that takes a twentieth of the run.
    pub(crate) change: ManuallyDrop<Change>,
    pub(crate) evidence: Evidence,
    pub(crate) range: v1::Range,
    /// The author's text of an example.
    pub(crate) example_text: Option<&'static str>,
}

impl Subject {
    /// Reads and analyses the change that the arguments mean.
    pub(crate) fn read(global: &Global, options: &ChangeOptions, output: &Output) -> Result<Self, Failure> {
        let _progress = Progress::start(output, "rendering both sides");
        match &options.example {
            Some(name) => Self::example(name),
            None => Self::repository(global, options, output),
        }
    }

    fn example(name: &str) -> Result<Self, Failure> {
        let example = examples::find(name)?;
        let files = manifesto_tree::file_changes(&example.base, &example.head);
        let change = Change::between(&example.base, &example.head, files);
        let evidence = analyze(&change);
        let revision = |side: Side| v1::Revision { name: side.name().to_owned(), commit: None };
        let range = v1::Range { base: revision(Side::Base), head: revision(Side::Head) };
        let change = ManuallyDrop::new(change);
        Ok(Self { change, evidence, range, example_text: example.description })
    }

    fn repository(global: &Global, options: &ChangeOptions, output: &Output) -> Result<Self, Failure> {
        let repository = Repository::open(&global.repo, Configuration::Usual)?;
        let range = repository.resolve(&range_spec(options)?)?;
        output.detail(&format!("comparing {} with {}", range.base, range.head));
        let (base, head) = (repository.tree(&range.base)?, repository.tree(&range.head)?);
        let files = manifesto_git::changes(&base.tree, &head.tree);
        let inventory = crate::configuration::Configuration::read(&base.tree)?.inventory();
        let session = Session::with_charts(charts(global, lock_of(&head.tree)?)?);
        let change = session.change(&base.tree, &head.tree, files, &inventory);
        let mut evidence = analyze(&change);
        evidence.gaps.extend(base.skipped.iter().map(|path| skipped(Side::Base, path)));
        evidence.gaps.extend(head.skipped.iter().map(|path| skipped(Side::Head, path)));
        let range = v1::Range { base: revision(&range.base), head: revision(&range.head) };
        Ok(Self { change: ManuallyDrop::new(change), evidence, range, example_text: None })
    }

    /// The templates at base; those of head when base has none.
    pub(crate) fn templates(&self) -> Vec<TemplateFile> {
        let templates = find_templates(&self.change.base);
        if templates.is_empty() { find_templates(&self.change.head) } else { templates }
    }

    /// The exit code of a run that has nothing else to report.
    pub(crate) fn completeness_code(&self, options: &ChangeOptions) -> u8 {
        if options.require_complete && !self.evidence.gaps.is_empty() {
            exit_code::INCOMPLETE
        } else {
            exit_code::OK
        }
    }
}

pub(crate) fn range_spec(options: &ChangeOptions) -> Result<RangeSpec, Failure> {
    let text = match (&options.range, options.worktree) {
        (Some(range), true) => {
            return Err(Failure::usage(format!("--worktree leaves no room for the range {range:?}"))
                .hint("write `A..worktree` to compare A with the files on disk"));
        }
        (None, true) => "worktree",
        (range, false) => range.as_deref().unwrap_or_default(),
    };
    let spec: RangeSpec = text.parse()?;
    Ok(match &options.base {
        Some(base) => spec.with_base(base)?,
        None => spec,
    })
}

fn revision(revision: &Revision) -> v1::Revision {
    v1::Revision { name: revision.name.clone(), commit: revision.commit().map(|id| id.to_string()) }
}

fn skipped(side: Side, path: &SkippedPath) -> Gap {
    Gap::new(GapReason::Unreadable, path.to_string()).on(side)
}

/// The name by which a text calls a revision: the short commit, so that every clone writes the same.
pub(crate) fn revision_name(revision: &v1::Revision) -> String {
    revision.commit.as_ref().map_or_else(|| revision.name.clone(), |id| id.chars().take(12).collect())
}

/// The author's text: a file, standard input, or the example's.
pub(crate) fn text(options: &TextOptions, subject: &Subject) -> Result<Option<String>, Failure> {
    match &options.text {
        Some(path) if path.as_os_str() == "-" => {
            read_text("standard input", std::io::stdin().lock()).map(Some)
        }
        Some(path) => read_file(path).map(Some),
        None => Ok(subject.example_text.map(str::to_owned)),
    }
}

/// The text of a file.
pub(crate) fn read_file(path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|error| Failure::input(format!("{name}: {error}")))?;
    read_text(&name, file)
}

fn read_text(name: &str, reader: impl std::io::Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let mut limited = reader.take(TEXT_BYTES_MAX + 1);
    limited.read_to_end(&mut bytes).map_err(|error| Failure::input(format!("{name}: {error}")))?;
    if bytes.len() as u64 > TEXT_BYTES_MAX {
        return Err(Failure::input(format!("{name}: the text is longer than {TEXT_BYTES_MAX} bytes"))
            .hint("no forge takes a description of this size; is this the right file?"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().get(..valid).unwrap_or_default().split(|byte| *byte == b'\n').count();
        Failure::input(format!("{name}:{line}: the text is not UTF-8"))
    })
}

/// The template that a text is held against. Where the repository has none, it is empty: what the text claims can be held
/// against the change all the same.
pub(crate) fn template_or_none(
    options: &TextOptions,
    subject: &Subject,
    text: &str,
    output: &Output,
) -> Result<TemplateFile, Failure> {
    // A text that was drafted without a template of the repository follows ours.
    let is_drafted = text.contains("<!-- mf ");
    if options.template.is_none() && subject.templates().is_empty() && !is_drafted {
        output.note("the repository has no pull-request template: only what the text claims is looked at");
        let path = manifesto_tree::TreePath::root();
        return Ok(TemplateFile { path, name: String::new(), text: String::new() });
    }
    template(options, subject, text, output)
}

/// The template that comes with Manifesto, for repositories that have none, or when it is asked for by its name.
const OWN_TEMPLATE: (&str, &str) = ("manifesto", include_str!("own_template.md"));

fn own_template() -> TemplateFile {
    let (name, text) = OWN_TEMPLATE;
    let path = manifesto_tree::TreePath::from_normalized("template of manifesto");
    TemplateFile { path, name: name.to_owned(), text: text.to_owned() }
}

/// The template that is meant: by name or path, else the one that the text follows, else the one that evidence fills best.
pub(crate) fn template(
    options: &TextOptions,
    subject: &Subject,
    text: &str,
    output: &Output,
) -> Result<TemplateFile, Failure> {
    let templates = subject.templates();
    if let Some(found) = choose(&templates, options.template.as_deref(), text) {
        return Ok(found.clone());
    }
    let names: Vec<&str> = templates.iter().map(|template| template.name.as_str()).collect();
    match &options.template {
        Some(wanted) if Path::new(wanted).is_file() => {
            let text = read_file(Path::new(wanted))?;
            let path =
                manifesto_tree::TreePath::new(wanted).unwrap_or_else(|_| manifesto_tree::TreePath::root());
            Ok(TemplateFile { path, name: wanted.clone(), text })
        }
        Some(wanted) if wanted == OWN_TEMPLATE.0 => Ok(own_template()),
        Some(wanted) if !names.is_empty() => {
            Err(Failure::input(format!("there is no template {wanted:?} at base"))
                .hint(format!("the templates are {}", names.join(", "))))
        }
        Some(wanted) => {
            Err(Failure::input(format!("there is no template {wanted:?}, neither at base nor on disk")))
        }
        None => {
            output.note(
                "the repository has no pull-request template: this is the one that comes with Manifesto",
            );
            output.note("`manifesto template print > .github/pull_request_template.md` makes it yours");
            Ok(own_template())
        }
    }
}
