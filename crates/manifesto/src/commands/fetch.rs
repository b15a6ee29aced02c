//! `manifesto fetch`: the charts of a change, into the cache. The only verb with a network.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use manifesto_fetch::{
    AllowedHosts, Cache, Credentials, FetchError, Fetched, Fetcher, Lock, LockedChart, Wanted,
};
use manifesto_git::{Configuration as GitConfiguration, Repository};
use manifesto_gitops::Session;
use manifesto_tree::Tree;

use crate::charts::{charts, lock_of, parse_lock};
use crate::configuration::Configuration;
use crate::credential_files::credential_files;
use crate::failure::Failure;
use crate::input::range_spec;
use crate::options::{ChangeOptions, FetchOptions, Global};
use crate::output::Output;
use crate::progress::Progress;
use crate::{disk, exit_code};

/// Charts hold Applications that name charts: so often is looked again at what is wanted.
const ROUNDS_MAX: usize = 8;
/// As many servers are asked at once.
const WORKERS: usize = 4;

pub(crate) fn run(global: &Global, options: &FetchOptions, output: &Output) -> Result<u8, Failure> {
    let cache = Cache::of_user().ok_or_else(|| {
        Failure::output("nobody says where caches are kept").hint("set HOME or XDG_CACHE_HOME")
    })?;
    let sides = Sides::read(global, options)?;
    let lock = lock_of(&sides.head)?;
    let files = credential_files(std::env::home_dir().as_deref(), |name| std::env::var_os(name));
    let known_hosts = sides.known_hosts(global, options, output)?;
    let mut fetcher = Fetcher::new(known_hosts, Credentials::of_files(files));
    let mut done = Done { cache, lock, output, charts: BTreeSet::new(), fetched: 0, failed: 0 };
    let mut tried = BTreeSet::new();
    for _ in 0..ROUNDS_MAX {
        let mut wanted = sides.wanted(global, &done.lock, output)?;
        wanted.retain(|wanted| tried.insert(wanted.clone()) && !done.has(wanted));
        if wanted.is_empty() {
            break;
        }
        if options.all {
            for wanted in &wanted {
                fetcher.allow_address(&wanted.repository);
            }
        }
        for (wanted, fetched) in fetch(&fetcher, wanted, &done.lock, output) {
            done.add(&wanted, fetched)?;
        }
    }
    if let Some(path) = &options.lock {
        write_lock(path, &done)?;
    }
    Ok(done.report())
}

/// What charts are wanted for: a change, or all of one revision.
struct Sides {
    base: Option<Tree>,
    head: Tree,
}

impl Sides {
    fn read(global: &Global, options: &FetchOptions) -> Result<Self, Failure> {
        let repository = Repository::open(&global.repo, GitConfiguration::Usual)?;
        if options.all {
            let head = super::tree_of(&repository, options.range.as_deref())?;
            return Ok(Self { base: None, head });
        }
        let change = ChangeOptions {
            range: options.range.clone(),
            base: options.base.clone(),
            worktree: options.worktree,
            example: None,
            require_complete: false,
        };
        let range = repository.resolve(&range_spec(&change)?)?;
        let tree = |revision| Ok::<Tree, Failure>(repository.tree(revision)?.tree);
        Ok(Self { base: Some(tree(&range.base)?), head: tree(&range.head)? })
    }

    /// The charts that are named where something is to be rendered, as far as the charts that are there say.
    fn wanted(&self, global: &Global, lock: &Lock, output: &Output) -> Result<Vec<Wanted>, Failure> {
        let _progress = Progress::start(output, "looking for charts");
        let session = Session::with_charts(charts(global, lock.clone())?);
        match &self.base {
            Some(base) => {
                let inventory = Configuration::read(base)?.inventory();
                let files = manifesto_git::changes(base, &self.head);
                session.change(base, &self.head, files, &inventory);
            }
            None => {
                session.listing(&self.head, &Configuration::read(&self.head)?.inventory());
            }
        }
        Ok(addresses(&session))
    }

    /// The hosts that are named before the change, and those that the user names.
    fn known_hosts(
        &self,
        global: &Global,
        options: &FetchOptions,
        output: &Output,
    ) -> Result<AllowedHosts, Failure> {
        let mut hosts = AllowedHosts::default();
        options.allow_host.iter().for_each(|host| hosts.allow(host));
        if let Some(base) = &self.base {
            let _progress = Progress::start(output, "looking for the hosts that base names");
            let session = Session::with_charts(charts(global, Lock::default())?);
            session.listing(base, &Configuration::read(base)?.inventory());
            for wanted in addresses(&session) {
                hosts.allow_address(&wanted.repository);
            }
        }
        Ok(hosts)
    }
}

/// What is wanted of repositories with an address; the others are directories, or nobody knows them.
fn addresses(session: &Session) -> Vec<Wanted> {
    let wanted = session.wanted_charts().into_iter().filter(|chart| {
        !chart.repository.is_empty()
            && !chart.repository.starts_with("file:")
            && ![&chart.repository, &chart.name, &chart.range]
                .into_iter()
                .any(|text| manifesto_gitops::is_unknown(text))
    });
    wanted
        .map(|chart| Wanted { repository: chart.repository, name: chart.name, range: chart.range })
        .collect()
}

type Outcome = Result<Fetched, Box<FetchError>>;

/// Fetches them, several at once; the outcomes come in the order of what is wanted.
fn fetch(fetcher: &Fetcher, wanted: Vec<Wanted>, lock: &Lock, output: &Output) -> Vec<(Wanted, Outcome)> {
    let bar = if output.shows_progress() {
        let style = ProgressStyle::with_template("fetching {wide_bar} {pos}/{len} {msg}");
        ProgressBar::with_draw_target(Some(wanted.len() as u64), ProgressDrawTarget::stderr())
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    } else {
        ProgressBar::hidden()
    };
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(wanted.len()) {
            scope.spawn(|| {
                while let Some((number, wanted)) = take(&next, &wanted) {
                    bar.set_message(wanted.name.clone());
                    let outcome = fetcher.fetch(wanted, lock);
                    bar.inc(1);
                    outcomes
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .push((number, outcome));
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut outcomes = outcomes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    outcomes.sort_by_key(|(number, _)| *number);
    wanted.into_iter().zip(outcomes.into_iter().map(|(_, outcome)| outcome)).collect()
}

fn take<'w>(next: &AtomicUsize, wanted: &'w [Wanted]) -> Option<(usize, &'w Wanted)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    wanted.get(number).map(|wanted| (number, wanted))
}

/// What was done so far.
struct Done<'o> {
    cache: Cache,
    lock: Lock,
    output: &'o Output,
    /// What was fetched, or was in the cache.
    charts: BTreeSet<LockedChart>,
    fetched: usize,
    failed: usize,
}

impl Done<'_> {
    /// Whether this very version is in the cache, as the lock file has it. Of a range, nobody here knows the newest.
    fn has(&mut self, wanted: &Wanted) -> bool {
        let Wanted { repository, name, range: version } = wanted;
        let known = self.cache.digest(repository, name, version);
        let locked = self.lock.digest(repository, name, version);
        let digest = known.filter(|known| locked.is_none_or(|locked| locked == known));
        let Some(digest) = digest.filter(|digest| self.cache.archive(digest).is_some()) else { return false };
        self.charts.insert(locked_chart(wanted, version, digest));
        true
    }

    fn add(&mut self, wanted: &Wanted, outcome: Outcome) -> Result<(), Failure> {
        match outcome {
            Ok(fetched) => {
                let directory = self.cache.directory().display();
                self.cache
                    .put(wanted, &fetched)
                    .map_err(|error| Failure::output(format!("the cache {directory}: {error}")))?;
                let Fetched { version, digest, .. } = fetched;
                self.output
                    .print(&format!("{} {version} of {}  {digest}\n", wanted.name, wanted.repository))?;
                self.charts.insert(locked_chart(wanted, &version, digest));
                self.fetched += 1;
            }
            Err(error) => {
                let hint = error.hint().map(|hint| format!("\n  help: {hint}")).unwrap_or_default();
                self.output.warning(&format!("{error}{hint}"));
                self.failed += 1;
            }
        }
        Ok(())
    }

    fn report(&self) -> u8 {
        let there = self.charts.len() - self.fetched;
        let failed =
            if self.failed > 0 { format!(", {} could not be had", self.failed) } else { String::new() };
        self.output.note(&format!("{} fetched, {there} were there{failed}", counted(self.fetched)));
        if self.failed > 0 { exit_code::INCOMPLETE } else { exit_code::OK }
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 chart".to_owned() } else { format!("{count} charts") }
}

fn locked_chart(wanted: &Wanted, version: &str, digest: manifesto_fetch::Digest) -> LockedChart {
    let (repository, name) = (wanted.repository.clone(), wanted.name.clone());
    LockedChart { repository, name, version: version.to_owned(), digest }
}

/// Adds what was fetched, and what was there, to what the file holds.
fn write_lock(path: &Path, done: &Done<'_>) -> Result<(), Failure> {
    let shown = path.display().to_string();
    let mut lock = match std::fs::read_to_string(path) {
        Ok(text) => parse_lock(&shown, &text)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Lock::default(),
        Err(error) => return Err(Failure::input(format!("{shown}: {error}"))),
    };
    done.charts.iter().cloned().for_each(|chart| lock.add(chart));
    disk::write(path, &lock.text())
}
