//! The linear programme behind a strategy's bound, for other people's solvers.

use super::{
    bounds,
    buckets::Buckets,
    heads::Heads,
    selection::{LEVEL_COST, Price, Selection, TASK},
};
use crate::{
    error::Error,
    lp::{Naming, escaped, write},
    model::{Ms, Quantities, Strategy, TaskIx},
    schedule::Instance,
};

/// Pairs of task and agent beyond which no programme is written: the text would not fit.
const MANY: usize = 3_000_000;

/// Longest name that every reader takes; longer ones give way to numbers.
const LONGEST: usize = 120;

/// The relaxation whose optimum bounds the strategy's objective over plans of the placed tasks, in the CPLEX LP
/// format. `horizon` is the plan's last moment: time buckets reach until then.
///
/// # Errors
///
/// [`Error::Io`] where the strategy has no one programme, or it would be too large.
pub fn relaxation(q: &Quantities<'_>, strategy: Strategy, placed: &[bool], horizon: Ms) -> Result<String, Error> {
    let inst = Instance::new(q);
    if inst.pairs() > MANY {
        return Err(Error::Io(format!(
            "the programme has {} columns, more than {MANY}: it is not written",
            inst.pairs()
        )));
    }
    let whole = |u: &u32| inst.units.row(*u as usize).iter().all(|t| placed[*t as usize]);
    let units: Vec<u32> = (0..inst.units.len() as u32).filter(whole).collect();
    let heads = Heads::new(&inst);
    match strategy {
        Strategy::CostOptimized => {
            let selection = Selection::new(&inst, units, Price::Cost);
            let unit = inst.cost_scale.back(1.0);
            Ok(written(&inst, &selection, "the sum of costs", unit))
        }
        Strategy::LoadBalanced => {
            let selection = Selection::new(&inst, units, Price::Nothing).with_utilization(LEVEL_COST);
            let per = 1.0 / selection.per_utilization as f64 / LEVEL_COST as f64;
            let unit = if inst.gauge.by_load { inst.load_scale.back(per) } else { per };
            Ok(written(&inst, &selection, "the greatest utilization", unit))
        }
        Strategy::PerformanceOptimized => {
            let path = bounds::path(&inst, &heads, &units);
            let selection = Selection::new(&inst, units, Price::Nothing).with_makespan(LEVEL_COST, path);
            Ok(written(&inst, &selection, "the makespan in seconds", 1.0 / 1000.0 / LEVEL_COST as f64))
        }
        Strategy::DeadlineAware => {
            let buckets = Buckets::new(&inst, &heads, placed, horizon);
            let buckets =
                buckets.ok_or_else(|| Error::Io("no placed task has a deadline: there is no programme".into()))?;
            let naming = BucketNames { inst: &inst, buckets: &buckets };
            Ok(write(&buckets, &buckets.rows, &[], &naming))
        }
        Strategy::Hybrid => {
            Err(Error::Io("the bound of hybrid is composed of several programmes; name another strategy".into()))
        }
    }
}

fn written(inst: &Instance<'_>, selection: &Selection<'_>, what: &'static str, unit: f64) -> String {
    let level_unit = match selection.by_agent.iter().any(|a| a.work.is_some()) {
        true => 1000.0,
        false if inst.gauge.by_load => inst.load_scale.factor(),
        false => selection.per_utilization as f64,
    };
    let naming = Names { inst, selection, what, unit, rows: row_names(inst, selection), level_unit };
    write(selection, &selection.rows, &selection.levels, &naming)
}

/// An id in a name, or a number where it is too long.
fn named(id: &str, index: usize) -> String {
    let short = escaped(id);
    if short.len() > LONGEST { format!("{index}") } else { short }
}

fn task(inst: &Instance<'_>, t: u32) -> String {
    named(&inst.q.snapshot.task(TaskIx(t)).id, t as usize)
}

fn agent(inst: &Instance<'_>, a: u32) -> String {
    named(&inst.q.snapshot.agents[a as usize].id, a as usize)
}

/// Names that are not their id read backwards.
fn table(inst: &Instance<'_>) -> Vec<String> {
    let s = inst.q.snapshot;
    let tasks = s.tasks.iter().enumerate().map(|(i, t)| ("task", named(&t.id, i), &t.id));
    let agents = s.agents.iter().enumerate().map(|(i, a)| ("agent", named(&a.id, i), &a.id));
    let dims = s.names.dims.iter().enumerate().map(|(i, d)| ("dimension", named(d, i), d));
    let resources = s.network.resources.iter().enumerate().map(|(i, r)| ("resource", named(&r.id, i), &r.id));
    let all = tasks.chain(agents).chain(dims).chain(resources);
    // A JSON string: on one line whatever the id holds.
    all.filter(|(_, name, id)| name != *id)
        .map(|(noun, name, id)| format!("{noun} {name} is {}", serde_json::Value::from(id.as_str())))
        .collect()
}

/// Names of a selection's parts.
struct Names<'a, 'i> {
    inst: &'a Instance<'i>,
    selection: &'a Selection<'i>,
    what: &'static str,
    unit: f64,
    rows: Vec<(String, f64)>,
    level_unit: f64,
}

/// Name of each row, and its integers per unit of the input (seconds for times).
fn row_names(inst: &Instance<'_>, selection: &Selection<'_>) -> Vec<(String, f64)> {
    let mut out: Vec<(String, f64)> = (0..selection.rows.len()).map(|r| (format!("r#{r}"), 1.0)).collect();
    let mut put = |row: Option<u32>, name: String, unit: f64| {
        if let Some(r) = row {
            out[r as usize] = (name, unit);
        }
    };
    let s = inst.q.snapshot;
    let (load, per) = (inst.load_scale.factor(), selection.per_utilization as f64);
    for (a, rows) in selection.by_agent.iter().enumerate() {
        let id = agent(inst, a as u32);
        put(rows.load, format!("capacity#{id}"), load);
        put(rows.tasks, format!("max_tasks#{id}"), TASK as f64);
        put(rows.level_load, format!("load#{id}"), load * per);
        put(rows.work, format!("work#{id}"), 1000.0);
        let begin = inst.offered.begin(a);
        for (i, offered) in inst.offered.row(a).iter().enumerate() {
            let dim = offered.dim as usize;
            let (name, unit) = (named(&s.names.dims[dim], dim), inst.dim_scales[dim].factor());
            put(selection.budget[begin + i], format!("budget#{id}#{name}"), unit);
            put(selection.level_budget[begin + i], format!("use#{id}#{name}"), unit * per);
            put(selection.held[begin + i], format!("held#{id}#{name}"), unit * 1000.0);
        }
    }
    for (r, resource) in s.network.resources.iter().enumerate() {
        let (id, unit) = (named(&resource.id, r), inst.shared_scales[r].factor());
        put(selection.shared_budget[r], format!("shared_budget#{id}"), unit);
        put(selection.shared_held[r], format!("shared#{id}"), unit * 1000.0);
    }
    out
}

impl Naming for Names<'_, '_> {
    fn comments(&self) -> Vec<String> {
        let mut out = vec![
            format!("orch: no plan that places these tasks has less than this optimum, {}", self.what),
            "x#TASK#AGENT is the part of a task (and what goes together with it) that an agent takes".into(),
            "rows are named for what is limited; amounts are in the input's units, times in seconds".into(),
        ];
        out.extend(table(self.inst));
        out
    }

    fn column(&self, group: usize, key: u32) -> String {
        let unit = self.selection.units()[group] as usize;
        format!("x#{}#{}", task(self.inst, self.inst.units.row(unit)[0]), agent(self.inst, key))
    }

    fn group(&self, group: usize) -> String {
        let unit = self.selection.units()[group] as usize;
        format!("one#{}", task(self.inst, self.inst.units.row(unit)[0]))
    }

    fn row(&self, row: usize) -> String {
        self.rows[row].0.clone()
    }

    fn row_unit(&self, row: usize) -> f64 {
        self.rows[row].1
    }

    fn level_unit(&self, _: usize) -> f64 {
        self.level_unit
    }

    fn level(&self, _: usize) -> String {
        "level".into()
    }

    fn unit(&self) -> f64 {
        self.unit
    }
}

/// Names of time buckets.
struct BucketNames<'a, 'i> {
    inst: &'a Instance<'i>,
    buckets: &'a Buckets<'i>,
}

impl Naming for BucketNames<'_, '_> {
    fn comments(&self) -> Vec<String> {
        let edges: Vec<String> = self.buckets.edges().iter().map(|e| format!("{}", *e as f64 / 1000.0)).collect();
        let mut out = vec![
            "orch: no plan that places these tasks has less weighted tardiness than this optimum".into(),
            "x#TASK#AGENT#BUCKET is the part of a task that an agent finishes within a time bucket".into(),
            "work#AGENT#BUCKET: what is finished by the bucket's end fits before it; seconds".into(),
        ];
        out.extend(edges.chunks(12).map(|part| format!("buckets begin at seconds {}", part.join(" "))));
        out.extend(table(self.inst));
        out
    }

    fn column(&self, group: usize, key: u32) -> String {
        let per = self.buckets.edges().len() as u32;
        format!("x#{}#{}#{}", self.task(group), agent(self.inst, key / per), key % per)
    }

    fn group(&self, group: usize) -> String {
        format!("one#{}", self.task(group))
    }

    fn row(&self, row: usize) -> String {
        let per = self.buckets.edges().len() - 1;
        format!("work#{}#{}", agent(self.inst, (row / per) as u32), row % per)
    }

    fn level(&self, _: usize) -> String {
        "level".into()
    }

    fn unit(&self) -> f64 {
        self.buckets.scale.back(1.0) / 1000.0
    }

    fn row_unit(&self, _: usize) -> f64 {
        1000.0
    }

    fn level_unit(&self, _: usize) -> f64 {
        1.0
    }
}

impl BucketNames<'_, '_> {
    fn task(&self, group: usize) -> String {
        task(self.inst, self.buckets.task(group))
    }
}
