//! What a change means for the charts that are rendered: values that are given in vain, and defaults that are others.

use std::sync::Arc;

use manifesto_helm::{ChangedDefault, Chart, Options, UnusedValue, Values, changed_defaults};
use manifesto_tree::Place;

use crate::change::{AffectedComponent, ComponentSide};

/// A chart that was rendered with values.
#[derive(Debug)]
pub struct ChartRelease {
    /// The name of the release.
    pub name: String,
    /// Where values are that are in no file of their own; the chart, where nobody deploys it.
    pub place: Place,
    /// What it is told in vain.
    pub unused: Vec<UnusedValue>,
    pub(crate) chart: Arc<Chart>,
    pub(crate) values: Values,
    pub(crate) options: Options,
}

/// A release whose chart has another version.
#[derive(Debug)]
pub struct ChartUpgrade<'c> {
    /// The release in head.
    pub release: &'c ChartRelease,
    /// The version in base.
    pub from: &'c str,
    /// The version in head.
    pub to: &'c str,
    /// The defaults that differ and that head does not set.
    pub defaults: Vec<ChangedDefault>,
}

impl ChartRelease {
    /// The name of the chart.
    pub fn chart_name(&self) -> &str {
        &self.chart.metadata.name
    }

    fn is_same(&self, other: &Self) -> bool {
        (&*self.name, self.chart_name()) == (&*other.name, other.chart_name())
    }
}

impl AffectedComponent {
    /// The values of head that no chart reads, and that base did not give in vain already.
    pub fn newly_unused(&self) -> Vec<(&ChartRelease, &UnusedValue)> {
        let base = releases(self.base.as_ref());
        let is_known = |release: &ChartRelease, value: &UnusedValue| {
            base.iter()
                .filter(|before| before.is_same(release))
                .any(|before| before.unused.iter().any(|other| other.path == value.path))
        };
        let head = releases(self.head.as_ref()).iter();
        head.flat_map(|release| release.unused.iter().map(move |value| (&**release, value)))
            .filter(|(release, value)| !is_known(release, value))
            .collect()
    }

    /// The releases that are on both sides.
    pub(crate) fn release_pairs(&self) -> impl Iterator<Item = (&ChartRelease, &ChartRelease)> {
        let base = releases(self.base.as_ref());
        let same = |release: &&Arc<ChartRelease>| base.iter().find(|before| before.is_same(release));
        releases(self.head.as_ref())
            .iter()
            .filter_map(move |release| same(&release).map(|before| (&**before, &**release)))
    }

    /// The releases whose charts have other versions.
    pub fn chart_upgrades(&self) -> Vec<ChartUpgrade<'_>> {
        self.release_pairs()
            .filter(|(before, release)| before.chart.metadata.version != release.chart.metadata.version)
            .map(|(before, release)| ChartUpgrade {
                release,
                from: &before.chart.metadata.version,
                to: &release.chart.metadata.version,
                defaults: changed_defaults(&before.chart, &release.chart, &release.values),
            })
            .collect()
    }
}

fn releases(side: Option<&ComponentSide>) -> &[Arc<ChartRelease>] {
    side.map(|side| &*side.rendering.releases).unwrap_or_default()
}
