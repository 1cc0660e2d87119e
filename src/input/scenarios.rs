//! Scenarios of `optimize --what-if`: named ones, and a grid over ranges of load, durations, prices and losses.
//!
//! ```yaml
//! scenarios:
//!   - {name: two lost, lose: [a1, a2]}
//!   - {name: busy week, load: 1.5, add: [{like: a3, count: 2}], cut: [{from: zone-a, to: zone-b}], deadlines: {t1: 2h}}
//! grid: {load: {from: 1, to: 2, step: 0.25}, prices: [1, 2]}
//! ```

use std::path::Path as FilePath;

use super::{
    Command, codes,
    fields::Fields,
    load::Loader,
    names::Directory,
    path::Path,
    problems::Problems,
    scalars::Range,
    sources::Sources,
    tree::{Kind, Node},
    values::Context,
};
use crate::error::{Error, Severity};

/// Most scenarios of a file, those of its grid counted.
pub const MAX_SCENARIOS: usize = 10_000;

/// Factors that are possible: 0 would leave no work.
const FACTOR: Range = Range::SPEED;

/// What is different in a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Agents that are offline, by id.
    pub lose: Vec<String>,
    /// Copies of agents: of which, and how many.
    pub add: Vec<(String, u32)>,
    /// Loads of tasks times this.
    pub load: f64,
    /// Durations of tasks times this.
    pub duration: f64,
    /// Prices of agents times this.
    pub prices: f64,
    /// Links that are cut, by their ends.
    pub cut: Vec<(String, String)>,
    /// New deadlines, seconds after `as_of`, by task.
    pub deadlines: Vec<(String, f64)>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            name: String::new(),
            lose: Vec::new(),
            add: Vec::new(),
            load: 1.0,
            duration: 1.0,
            prices: 1.0,
            cut: Vec::new(),
            deadlines: Vec::new(),
        }
    }
}

/// Reads a file of scenarios.
///
/// # Errors
///
/// Every problem of the file.
pub fn read_scenarios(file: &FilePath) -> Result<Vec<Scenario>, Error> {
    let sources = Sources::default();
    let problems = Problems::new(&sources, Command::Optimize);
    let mut documents = Loader::new(&sources, &problems, None).documents(&[file.to_path_buf()]);
    let cx = Context { problems: &problems, as_of: None, names: Directory::default() };
    let found = documents.pop().map(|document| read(&cx, document.root)).unwrap_or_default();
    let findings = problems.finish();
    if findings.iter().any(|f| f.severity >= Severity::Error) { Err(Error::Input(findings)) } else { Ok(found) }
}

fn read<'t>(cx: &Context<'_, 't>, root: Node<'t>) -> Vec<Scenario> {
    let at = root.span(cx.sources());
    let Some(mut f) = Fields::open(cx, root, &Path::Root) else { return Vec::new() };
    let mut out = f.list("scenarios", scenario);
    let path = Path::Root.field("grid");
    if let Some(node) = f.take("grid") {
        grid(cx, node, &path, &mut out);
    }
    f.finish();
    if out.is_empty() || out.len() > MAX_SCENARIOS {
        let message = format!("{} scenarios; there may be 1 to {MAX_SCENARIOS}", out.len());
        cx.problems.add(&codes::OUT_OF_RANGE, at, &Path::Root, message);
        out.truncate(1);
    }
    out
}

fn scenario<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Scenario> {
    let mut f = Fields::open(cx, node, path)?;
    let name = f.required_name("name");
    let factor = |f: &mut Fields<'_, 't, '_>, name| f.number(name, FACTOR).unwrap_or(1.0);
    let mut out = Scenario {
        load: factor(&mut f, "load"),
        duration: factor(&mut f, "duration"),
        prices: factor(&mut f, "prices"),
        lose: f.list("lose", Context::name).into_iter().map(|t| t.value.into_owned()).collect(),
        add: f.list("add", copies),
        cut: f.list("cut", ends),
        ..Scenario::default()
    };
    let deadlines = f.map("deadlines", |cx, node, path| cx.duration(&node, path));
    out.deadlines = deadlines.into_iter().map(|(t, ms)| (t.value.into_owned(), ms / 1000.0)).collect();
    f.finish();
    out.name = name?.value.into_owned();
    Some(out)
}

fn copies<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<(String, u32)> {
    let mut f = Fields::open(cx, node, path)?;
    let like = f.required_name("like");
    let count = f.whole("count", Range::COUNT).map_or(1, |n| n as u32);
    f.finish();
    Some((like?.value.into_owned(), count.min(1_000)))
}

fn ends<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<(String, String)> {
    let mut f = Fields::open(cx, node, path)?;
    let (from, to) = (f.required_name("from"), f.required_name("to"));
    f.finish();
    Some((from?.value.into_owned(), to?.value.into_owned()))
}

/// Every combination of the ranges given.
fn grid<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>, out: &mut Vec<Scenario>) {
    let Some(mut f) = Fields::open(cx, node, path) else { return };
    let [loads, durations, prices] = ["load", "duration", "prices"].map(|name| values(cx, &mut f, name, path));
    let lost: Vec<String> = f.list("lose", Context::name).into_iter().map(|t| t.value.into_owned()).collect();
    f.finish();
    let lost: Vec<Option<String>> = if lost.is_empty() { vec![None] } else { lost.into_iter().map(Some).collect() };
    for load in &loads {
        for duration in &durations {
            for price in &prices {
                for gone in &lost {
                    // Said of too many by whoever counts them.
                    if out.len() > MAX_SCENARIOS {
                        return;
                    }
                    let factors = [("load", *load, loads.len()), ("duration", *duration, durations.len())];
                    let factors = factors.into_iter().chain([("prices", *price, prices.len())]);
                    let told =
                        factors.filter(|(_, x, n)| *n > 1 || *x != 1.0).map(|(what, x, _)| format!("{what} × {x}"));
                    let name = told.chain(gone.iter().map(|id| format!("without {id}"))).collect::<Vec<_>>().join(", ");
                    let lose = gone.iter().cloned().collect();
                    let more = Scenario {
                        name,
                        load: *load,
                        duration: *duration,
                        prices: *price,
                        lose,
                        ..Scenario::default()
                    };
                    out.push(more);
                }
            }
        }
    }
}

/// The values of a range: a list of numbers and `{from, to, step}`, or one such alone; 1 where there is none.
fn values<'t>(cx: &Context<'_, 't>, f: &mut Fields<'_, 't, '_>, name: &'static str, path: &Path<'_>) -> Vec<f64> {
    let Some(node) = f.take(name) else { return vec![1.0] };
    let path = path.field(name);
    let items = if matches!(node.kind, Kind::Map(_)) { vec![node] } else { cx.items(node, &path) };
    let mut out = Vec::new();
    for item in items {
        if matches!(item.kind, Kind::Map(_)) {
            out.extend(steps(cx, item, &path));
        } else {
            out.extend(cx.number(&item, &path, FACTOR));
        }
    }
    if out.is_empty() { vec![1.0] } else { out }
}

/// From a number in steps up to another.
fn steps<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Vec<f64> {
    let Some(mut f) = Fields::open(cx, node, path) else { return Vec::new() };
    let ends = ["from", "to", "step"].map(|name| {
        if !f.has(name) {
            f.missing(name);
        }
        f.number(name, FACTOR)
    });
    f.finish();
    let [Some(from), Some(to), Some(step)] = ends else { return Vec::new() };
    let count = libm::floor((to - from) / step + 1e-9).clamp(-1.0, MAX_SCENARIOS as f64) as i64 + 1;
    (0..count).map(|i| libm::round((from + i as f64 * step) * 1e9) / 1e9).collect()
}
