//! How a comparison reads: how much changed, then what it means, then each change.

use std::collections::BTreeMap;

use super::report::{Figure, PlanDiff, Report, Shift, SnapshotDiff, TaskRow};
use crate::report::{Column, Document, Fact, Tone, clock, grouped, money, number, plural};

/// Most rows of a list.
const MOST: usize = 200;
/// Moves from which they are also summed up by pairs of agents.
const MANY: usize = 10;

/// Lays a comparison out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    match report {
        Report::Plans(diff) => plans(diff, &mut d),
        Report::Snapshots(diff) => snapshots(diff, &mut d),
    }
    d
}

fn rest(d: &mut Document, n: usize, what: &str) {
    if n > MOST {
        d.text(format!("… and {} more {what}; --format json has all of them", grouped(n - MOST)));
    }
}

fn plans(diff: &PlanDiff, d: &mut Document) {
    let c = &diff.counts;
    d.heading("Difference of two plans");
    let of = |side: &super::PlanSide| {
        let strategy = side.strategy.as_ref().map_or_else(String::new, |s| format!(" · {s}"));
        let left = if side.unassigned > 0 { format!(", {} not", grouped(side.unassigned)) } else { String::new() };
        format!("{}{strategy} · {} placed{left}", side.file, plural(side.placed, "task"))
    };
    let status = if diff.same {
        "no difference: the same tasks on the same agents at the same moments".to_owned()
    } else {
        let parts = [
            (c.moved, "moved"),
            (c.added, "added"),
            (c.lost, "lost"),
            (c.earlier, "earlier"),
            (c.later, "later"),
            (c.unchanged, "as before"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|p| p.0 > 0).map(|(n, word)| format!("{} {word}", grouped(*n))).collect();
        parts.join(" · ")
    };
    let tone = if c.lost > 0 { Tone::Bad } else { Tone::Plain };
    let mut facts =
        vec![Fact::new("tasks", status).tone(tone), Fact::new("before", of(&diff.a)), Fact::new("after", of(&diff.b))];
    if diff.shift_seconds != 0.0 {
        facts.push(Fact::new("counted from", format!("the later plan's now is {} after", clock(diff.shift_seconds))));
    }
    let gone = |label: &str, ids: &[String]| (!ids.is_empty()).then(|| Fact::new(label, ids.join(", ")));
    facts.extend(gone("agents added", &diff.agents.added));
    facts.extend(gone("agents lost", &diff.agents.lost));
    d.facts(facts);
    objective(&diff.objective, d);
    rows("Lost", &diff.lost, d);
    moves(diff, d);
    rows("Added", &diff.added, d);
    shifts("Later", &diff.later, d);
    shifts("Earlier", &diff.earlier, d);
}

fn objective(figures: &BTreeMap<String, Figure>, d: &mut Document) {
    if figures.is_empty() {
        return;
    }
    d.heading("Objective by component");
    let row = |(name, f): (&String, &Figure)| {
        let show = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| value(name, x));
        let sign = |x: f64| if x > 0.0 { format!("+{}", value(name, x)) } else { value(name, x) };
        [name.clone(), show(f.before), show(f.after), f.change.map_or_else(|| "-".into(), sign)]
    };
    let columns =
        [Column::mark("component"), Column::number("before"), Column::number("after"), Column::number("change")];
    d.table(columns, figures.iter().map(row).collect());
}

/// A figure in its unit.
pub fn value(name: &str, x: f64) -> String {
    match name.trim_end_matches(" bound") {
        "makespan" => clock(x),
        "cost" => money(x),
        _ => number(x, 4),
    }
}

fn rows(title: &str, rows: &[TaskRow], d: &mut Document) {
    if rows.is_empty() {
        return;
    }
    d.heading(format!("{title} ({})", grouped(rows.len())));
    let cells = |r: &TaskRow| {
        let why = r.reason.clone().unwrap_or_default();
        [r.task.clone(), r.agent.clone(), clock(r.start), clock(r.finish), why]
    };
    let columns = [
        Column::id("task"),
        Column::id("agent"),
        Column::number("start"),
        Column::number("finish"),
        Column::text("the other plan says"),
    ];
    d.table(columns, rows.iter().take(MOST).map(cells).collect());
    rest(d, rows.len(), "tasks");
}

fn moves(diff: &PlanDiff, d: &mut Document) {
    let n = diff.moved.len();
    if n == 0 {
        return;
    }
    if n > MANY {
        d.heading("Moves by agents");
        let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for m in &diff.moved {
            *pairs.entry((&m.from, &m.to)).or_default() += 1;
        }
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
        let cells = |((from, to), n): &((&str, &str), usize)| [(*from).to_owned(), (*to).to_owned(), grouped(*n)];
        let columns = [Column::id("from agent"), Column::id("to agent"), Column::number("tasks")];
        let left = pairs.len();
        d.table(columns, pairs.iter().take(MOST / 10).map(cells).collect());
        if left > MOST / 10 {
            d.text(format!("… and {} more pairs of agents", grouped(left - MOST / 10)));
        }
    }
    d.heading(format!("Moved ({})", grouped(n)));
    let cells = |m: &super::TaskMove| {
        let finish = if m.finish_before == m.finish_after {
            clock(m.finish_after)
        } else {
            format!("{} → {}", clock(m.finish_before), clock(m.finish_after))
        };
        [m.task.clone(), m.from.clone(), m.to.clone(), finish]
    };
    let columns = [Column::id("task"), Column::id("from"), Column::id("to"), Column::number("finish")];
    d.table(columns, diff.moved.iter().take(MOST).map(cells).collect());
    rest(d, n, "moves");
}

fn shifts(title: &str, rows: &[Shift], d: &mut Document) {
    if rows.is_empty() {
        return;
    }
    d.heading(format!("{title} ({})", grouped(rows.len())));
    let cells = |s: &Shift| {
        let by = if s.by == 0.0 { "start only".into() } else { clock(s.by.abs()) };
        let when = |a: f64, b: f64| format!("{} → {}", clock(a), clock(b));
        [s.task.clone(), s.agent.clone(), by, when(s.finish_before, s.finish_after)]
    };
    let columns = [Column::id("task"), Column::id("agent"), Column::number("by"), Column::number("finish")];
    d.table(columns, rows.iter().take(MOST).map(cells).collect());
    rest(d, rows.len(), "tasks");
}

fn snapshots(diff: &SnapshotDiff, d: &mut Document) {
    let c = &diff.counts;
    d.heading("Difference of two snapshots");
    let written = c.added + c.lost + c.fields == 0;
    let status = if diff.same {
        "no difference: both mean the same".to_owned()
    } else if written {
        "a difference in what files beside them say".to_owned()
    } else {
        format!(
            "{} added · {} lost · {} changed in {}",
            grouped(c.added),
            grouped(c.lost),
            grouped(c.changed),
            plural(c.fields, "field")
        )
    };
    let of = |side: &super::SnapshotSide| {
        let parts: Vec<String> = side.things.iter().map(|(name, n)| format!("{name} {}", grouped(*n))).collect();
        format!("{} · {}", side.file, parts.join(", "))
    };
    d.facts(vec![Fact::new("status", status), Fact::new("before", of(&diff.a)), Fact::new("after", of(&diff.b))]);
    for (title, things) in [("Lost", &diff.lost), ("Added", &diff.added)] {
        if things.is_empty() {
            continue;
        }
        d.heading(format!("{title} ({})", grouped(things.len())));
        let cells = |t: &super::Thing| {
            let place = t.line.map_or_else(|| t.file.clone(), |line| format!("{}:{line}", t.file));
            [t.section.clone(), t.id.clone(), place]
        };
        let columns = [Column::mark("section"), Column::id("id"), Column::id("where")];
        d.table(columns, things.iter().take(MOST).map(cells).collect());
        rest(d, things.len(), "things");
    }
    if diff.changed.is_empty() {
        return;
    }
    d.heading(format!("Changed ({})", plural(diff.changed.len(), "field")));
    let cells = |f: &super::FieldChange| {
        let show = |x: &Option<String>| x.clone().unwrap_or_else(|| "-".into());
        let line = |n: Option<u32>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let lines = format!("{}, {}", line(f.line_before), line(f.line_after));
        let thing = if f.id.is_empty() { f.section.clone() } else { f.id.clone() };
        [thing, f.field.clone(), show(&f.before), show(&f.after), lines]
    };
    let columns =
        [Column::id("of"), Column::id("field"), Column::text("before"), Column::text("after"), Column::number("lines")];
    d.table(columns, diff.changed.iter().take(MOST).map(cells).collect());
    rest(d, diff.changed.len(), "fields");
}
