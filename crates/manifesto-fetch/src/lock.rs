//! The lock file: which archive each version of a chart was when it was fetched.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::Digest;

/// Charts and their digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    charts: Vec<LockedChart>,
}

/// One version of one chart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedChart {
    /// The address of its repository.
    pub repository: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of the archive.
    pub digest: Digest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    chart: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    repository: String,
    name: String,
    version: String,
    digest: String,
}

const HEAD: &str =
    "# Written by `manifesto fetch`: a chart that is published again with other content is noticed.\n";

impl Lock {
    /// Reads a lock file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        if file.version != 1 {
            return Err(format!("version {} is of a later Manifesto", file.version));
        }
        let row = |row: Row| {
            let digest = Digest::parse(&row.digest);
            let digest = digest.ok_or_else(|| format!("`{}` is no digest", row.digest))?;
            let Row { repository, name, version, .. } = row;
            Ok(LockedChart { repository, name, version, digest })
        };
        Ok(Self { charts: file.chart.into_iter().map(row).collect::<Result<_, String>>()? })
    }

    /// The digest of a version, if it is known.
    pub fn digest(&self, repository: &str, name: &str, version: &str) -> Option<&Digest> {
        let is_it = |chart: &&LockedChart| {
            (&*chart.repository, &*chart.name, &*chart.version) == (repository, name, version)
        };
        self.charts.iter().find(is_it).map(|chart| &chart.digest)
    }

    /// Adds a version, unless it is known.
    pub fn add(&mut self, chart: LockedChart) {
        if self.digest(&chart.repository, &chart.name, &chart.version).is_none() {
            self.charts.push(chart);
            self.charts.sort();
        }
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}version = 1\n");
        for LockedChart { repository, name, version, digest } in &self.charts {
            let _ = write!(
                text,
                "\n[[chart]]\nrepository = {}\nname = {}\nversion = {}\ndigest = \"{digest}\"\n",
                quoted(repository),
                quoted(name),
                quoted(version)
            );
        }
        text
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
