//! `helmCharts`: who renders them is an option of the build.

use std::collections::BTreeSet;

use manifesto_tree::{Gap, GapReason, TreePath};

use super::origin::Origin;
use super::{Accumulated, Context, Layer, check};
use crate::error::Outcome;
use crate::file::{HelmChart, Text};
use crate::load::LoadError;
use crate::object::{Object, metadata, read_objects};
use crate::options::{ChartOutcome, ChartRequest};

impl Layer {
    /// Renders the charts of the kustomization.
    pub(super) fn run_charts(&self, context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
        let home =
            self.file.helm_globals.as_ref().map(|globals| globals.chart_home.clone()).unwrap_or_default();
        let origin = self.builtin_origin("HelmChartInflationGenerator");
        for chart in self.file.helm_charts.iter().flatten() {
            self.run_chart(context, acc, chart, &home, origin.as_ref())?;
        }
        Ok(())
    }

    /// Renders one chart.
    pub(super) fn run_chart(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        chart: &HelmChart,
        home: &str,
        origin: Option<&Origin>,
    ) -> Outcome<()> {
        let what = format!("the chart `{}` cannot be rendered", chart.name);
        if chart.name.is_empty() {
            return Err(self.refused(chart.mark, "the chart cannot be rendered", "it has no `name`"));
        }
        if !matches!(chart.values_merge.as_str(), "" | "override" | "merge" | "replace") {
            let why = format!(
                "`valuesMerge` is `{}`, and has to be override, merge or replace",
                chart.values_merge
            );
            return Err(self.refused(chart.mark, what, why));
        }
        let text = |path: &str| Text { value: path.into(), mark: chart.mark };
        let mut additional = Vec::new();
        for path in &chart.additional_values_files {
            additional.push(self.load(context, &text(path), &what)?.bytes);
        }
        let values_file = match chart.values_file.as_str() {
            "" => None,
            path => Some(self.load(context, &text(path), &what)?.bytes),
        };
        let place = self.place(chart.mark);
        let chart_home = self.chart_home(chart, home);
        let outcome = match (context.options.charts, &chart_home) {
            (Some(renderer), Ok(chart_home)) => renderer.render(&ChartRequest {
                tree: context.loader.tree(),
                directory: &self.root.directory,
                chart_home,
                chart,
                values_file,
                additional_values_files: additional,
                place: &place,
            }),
            (_, Err(error)) => {
                ChartOutcome::Unknown(Gap::new(GapReason::OutsideRepository, format!("{what}: {error}")))
            }
            (None, Ok(_)) => ChartOutcome::Unknown(not_rendered(chart)),
        };
        match outcome {
            ChartOutcome::Rendered { text, reads, gaps } => {
                context.loader.note_all(&reads);
                for gap in gaps {
                    context.gap(gap);
                }
                self.absorb_chart(context, acc, chart, &text, origin)
            }
            ChartOutcome::Unknown(gap) => {
                acc.incomplete.get_or_insert(gap.reason);
                let place = gap.place.clone().unwrap_or(place);
                context.gap(gap.at(place));
                Ok(())
            }
        }
    }

    /// The directory with the chart's directory.
    fn chart_home(&self, chart: &HelmChart, home: &str) -> Result<TreePath, LoadError> {
        self.root.directory.join(&chart.home(home)).map_err(|_| LoadError::OutsideRepository)
    }

    fn absorb_chart(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        chart: &HelmChart,
        text: &str,
        origin: Option<&Origin>,
    ) -> Outcome<()> {
        let what = format!("the objects of the chart `{}` cannot be added", chart.name);
        let read = read_objects(text.as_bytes(), &context.session.limits().yaml);
        let objects = read.map_err(|error| {
            let why = format!("line {} of what it renders: {}", error.mark.line, error.why);
            self.refused(chart.mark, what.clone(), why)
        })?;
        context.count_objects(objects.objects.len(), &self.place(chart.mark))?;
        let schema = context.schema();
        let mut seen = BTreeSet::new();
        for node in objects.objects {
            let mut object = Object::new(node.all_at(chart.mark), self.path.clone());
            self.came_from_here(&mut object);
            let id = object.identity(&schema).current.words();
            if !seen.insert(format!("{:?}", object.identity(&schema).current)) {
                return Err(self.refused(chart.mark, what, format!("it renders the {id} twice")));
            }
            let place = Some(self.place(chart.mark));
            if let Some(origin) = origin
                && metadata::annotation(object.root(), metadata::ORIGIN).is_none()
            {
                check(context, place, &what, object.set_switch(metadata::ORIGIN, &origin.text()))?;
            }
            self.absorb(context, acc, object, chart.mark, &what)?;
        }
        Ok(())
    }
}

fn not_rendered(chart: &HelmChart) -> Gap {
    let version = if chart.version.is_empty() { String::new() } else { format!(" {}", chart.version) };
    let repo = if chart.repo.is_empty() { String::new() } else { format!(" of {}", chart.repo) };
    let detail = format!("the chart `{}`{version}{repo} is not rendered", chart.name);
    Gap::new(GapReason::MissingChart, detail)
}
