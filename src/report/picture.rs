//! Pictures, before a page decides how they are drawn: who does what when, how full, and what changed.

use super::{Diagram, Tone};

/// Something to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// Work over time.
    Timeline(Timeline),
    /// Amounts beside each other.
    Bars(Bars),
    /// What hangs on what.
    Network(Diagram),
    /// Two states of the same measures.
    Change(Change),
}

/// Who does what when.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timeline {
    /// What it shows.
    pub title: String,
    /// One per agent, in the order in which they are drawn.
    pub lanes: Vec<Lane>,
    /// The lanes have a second layer: what was before.
    pub compares: bool,
    /// Bars that are marked bad break rules too; else they are late.
    pub judges: bool,
}

/// What one agent does.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lane {
    /// The agent.
    pub label: String,
    /// Its work, by start.
    pub bars: Vec<Bar>,
    /// How many at a time.
    pub slots: usize,
    /// Its work in the earlier state, by start.
    pub before: Vec<Bar>,
}

impl Lane {
    /// Most tasks at a time, for reports that do not know an agent's slots; `bars` by start.
    pub fn abreast(bars: &[Bar]) -> usize {
        let mut open: Vec<f64> = Vec::new();
        let mut most = 1;
        for bar in bars {
            open.retain(|finish| *finish > bar.start);
            open.push(bar.finish);
            most = most.max(open.len());
        }
        most
    }
}

/// One task.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bar {
    /// The task.
    pub label: String,
    /// From when, seconds.
    pub start: f64,
    /// Until when, seconds.
    pub finish: f64,
    /// When it is due, seconds.
    pub deadline: Option<f64>,
    /// It lies on a critical path.
    pub critical: bool,
    /// What there is to say of it.
    pub tone: Tone,
    /// Further words for who looks closely.
    pub note: String,
}

/// Amounts beside each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// What it shows.
    pub title: String,
    /// The unit of the amounts; `share` is drawn as percent.
    pub unit: &'static str,
    /// What a bar, what there was before, the room behind it and a bar that stands out mean.
    pub marks: [&'static str; 4],
    /// The rows, top to bottom.
    pub rows: Vec<BarRow>,
}

/// One amount.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BarRow {
    /// Of what.
    pub label: String,
    /// How much.
    pub value: f64,
    /// How much of it there was before.
    pub base: f64,
    /// How much there may be.
    pub limit: Option<f64>,
    /// What it means.
    pub tone: Tone,
    /// The amount in words.
    pub words: String,
}

/// Two states of the same measures, each on the axis of its row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    /// What it shows.
    pub title: String,
    /// The names of the two states.
    pub names: [&'static str; 2],
    /// The rows, top to bottom.
    pub rows: Vec<ChangeRow>,
}

/// One measure in two states.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChangeRow {
    /// Which measure.
    pub label: String,
    /// In the first state.
    pub before: f64,
    /// In the second.
    pub after: f64,
    /// Both in words.
    pub words: [String; 2],
    /// What the change means.
    pub tone: Tone,
}
