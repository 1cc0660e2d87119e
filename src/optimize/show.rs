//! What an optimization hands to the formats.

use super::{document, document::show, measure::METRICS, report::Report};
use crate::{
    error::Error,
    report::{BarRow, Bars, Change, ChangeRow, Document, FindingRow, Picture, Sheet, Show, Tone, percent, to_json},
};

impl Show for Report {
    fn command(&self) -> &'static str {
        "optimize"
    }

    fn json(&self) -> Result<String, Error> {
        to_json(self)
    }

    fn document(&self) -> Document {
        document(self)
    }

    fn findings(&self) -> &[FindingRow] {
        &self.findings
    }

    /// One row per metric, by name.
    fn sheet(&self) -> Sheet {
        let mut out = Sheet::new(["metric", "before", "after", "change", "change_share"]);
        for (metric, i) in &self.performance_improvements {
            let [before, after, change, share] =
                [i.before, i.after, i.change, i.change_share].map(|x| x.map_or_else(String::new, |x| x.to_string()));
            out.row(&[(*metric).to_owned(), before, after, change, share]);
        }
        out
    }

    /// Today beside the proposal, and what the makespan owes to each bottleneck.
    fn pictures(&self) -> Vec<Picture> {
        vec![Picture::Change(change(self)), Picture::Bars(bottlenecks(self))]
    }
}

fn change(report: &Report) -> Change {
    let row = |m: &super::measure::Named| {
        let i = report.performance_improvements.get(m.name)?;
        let (before, after) = (i.before?, i.after?);
        let better = if m.less { after < before } else { after > before };
        let tone = match (better, after == before) {
            (true, _) => Tone::Good,
            (false, true) => Tone::Plain,
            (false, false) => Tone::Bad,
        };
        let words = [before, after].map(|x| show(m.name, Some(x)));
        Some(ChangeRow { label: m.name.replace('_', " "), before, after, words, tone })
    };
    let rows = METRICS.iter().filter_map(row).filter(|r| r.before != 0.0 || r.after != 0.0).collect();
    Change { title: "Before and after".into(), names: ["today", "proposed"], rows }
}

fn bottlenecks(report: &Report) -> Bars {
    let row = |b: &super::report::BottleneckRow| {
        let share = b.share_of_makespan?;
        Some(BarRow {
            label: b.kind.replace('_', " "),
            value: share,
            limit: Some(1.0),
            words: format!("{} · {}", percent(share, 1), b.message),
            ..BarRow::default()
        })
    };
    Bars {
        title: "What the makespan owes to each bottleneck".into(),
        unit: "share",
        marks: ["bound that it alone sets, of the makespan", "", "the makespan", ""],
        rows: report.bottleneck_analysis.iter().filter_map(row).take(20).collect(),
    }
}
