//! What the marks of a picture mean, and its figures as a table.

use super::timeline::MOST_BARS;
use crate::report::{
    Bar, Column, Diagram, DiagramEdge, DiagramNode, Lane, Picture, Shape, Stroke, Table, Timeline, Tone, clock,
    grouped, percent,
};

/// Most tasks listed one by one.
const MOST_ROWS: usize = MOST_BARS;

/// The key of a picture: a sample of each mark with its meaning.
pub fn keys(picture: &Picture) -> String {
    let bar = |class: &str| format!("<rect class=\"{class}\" x=\"1\" y=\"2\" width=\"20\" height=\"12\"/>");
    let due =
        "<line class=\"due\" x1=\"11\" y1=\"1\" x2=\"11\" y2=\"15\"/><polygon class=\"due\" points=\"7,1 15,1 11,6\"/>";
    let limit = "<rect class=\"room\" x=\"1\" y=\"2\" width=\"16\" height=\"12\"/>\
                 <line class=\"limit\" x1=\"17\" y1=\"0\" x2=\"17\" y2=\"16\"/>";
    let dot = |class: &str| format!("<circle class=\"{class}\" cx=\"11\" cy=\"8\" r=\"5\"/>");
    let mut rows: Vec<(String, &str)> = Vec::new();
    match picture {
        Picture::Timeline(t) => {
            let count: usize = t.lanes.iter().map(|l| l.bars.len() + l.before.len()).sum();
            if count > MOST_BARS {
                rows.push((bar("area"), "share of an agent's slots at work"));
                let bad = if t.judges { "of that, late or against a rule" } else { "of that, on late tasks" };
                rows.push((bar("area late"), bad));
                if t.compares {
                    rows.push((bar("area was"), "before"));
                }
                return list(&rows);
            }
            let has = |f: &dyn Fn(&Bar) -> bool| t.lanes.iter().flat_map(|l| &l.bars).any(f);
            rows.push((bar("bar"), "a task"));
            if has(&|b| b.critical) {
                rows.push((bar("bar critical"), "on the critical path"));
            }
            if has(&|b| b.tone == Tone::Bad) {
                rows.push((bar("bar late"), if t.judges { "late, or breaks a rule" } else { "late" }));
            }
            if has(&|b| b.tone == Tone::Warn) {
                rows.push((bar("bar moved"), "moved from another agent"));
            }
            if has(&|b| b.tone == Tone::Good) {
                rows.push((bar("bar added"), "not there before"));
            }
            if has(&|b| b.deadline.is_some()) {
                rows.push((due.into(), "deadline"));
            }
            rows.push(("<rect class=\"idle\" x=\"1\" y=\"6\" width=\"20\" height=\"4\"/>".into(), "idle"));
            if t.compares {
                rows.push((bar("bar was"), "before"));
            }
        }
        Picture::Bars(b) => {
            rows.push((bar("bar"), b.marks[0]));
            if b.rows.iter().any(|r| r.base > 0.0) {
                rows.push((bar("base"), b.marks[1]));
            }
            if b.rows.iter().any(|r| r.limit.is_some()) {
                rows.push((limit.into(), b.marks[2]));
            }
            if b.rows.iter().any(|r| r.tone == Tone::Bad) {
                rows.push((bar("bar late"), b.marks[3]));
            }
        }
        Picture::Network(d) => rows.extend(network_keys(d)),
        Picture::Change(c) => {
            rows.push((dot("ring"), c.names[0]));
            rows.push((dot("disc"), c.names[1]));
        }
    }
    list(&rows)
}

/// The marks that a network has, and no others.
fn network_keys(d: &Diagram) -> Vec<(String, &'static str)> {
    let node = |f: &dyn Fn(&DiagramNode) -> bool| d.nodes.iter().any(f);
    let edge = |f: &dyn Fn(&DiagramEdge) -> bool| d.edges.iter().any(f);
    let line = |class: &str| format!("<line class=\"{class}\" x1=\"1\" y1=\"8\" x2=\"21\" y2=\"8\"/>");
    let shape = |class: &str, points: &str| format!("<polygon class=\"{class}\" points=\"{points}\"/>");
    let marks = [
        (node(&|n| n.shape == Shape::Box), "<circle class=\"node\" cx=\"11\" cy=\"8\" r=\"5\"/>".into(), "agent"),
        (node(&|n| n.shape == Shape::Round), shape("node zone", "11,1 17,4 17,12 11,15 5,12 5,4"), "zone"),
        (
            node(&|n| n.shape == Shape::Barrel),
            "<rect class=\"node service\" x=\"5\" y=\"2\" width=\"12\" height=\"12\"/>".into(),
            "service",
        ),
        (node(&|n| n.tone == Tone::Bad), shape("node bad", "11,0 19,8 11,16 3,8"), "its loss splits the network"),
        (
            node(&|n| n.tone == Tone::Warn),
            shape("node warn", "11,1 19,15 3,15"),
            "only one with a capability asked for",
        ),
        (edge(&|e| e.stroke == Stroke::Line && e.tone != Tone::Bad), line("edge"), "link, or an agent in its zone"),
        (edge(&|e| e.stroke == Stroke::Arrow), line("edge") + &shape("head", "21,8 14,5 14,11"), "needs or calls"),
        (edge(&|e| e.stroke == Stroke::Dashed), line("edge dashed"), "tasks hand over"),
        (edge(&|e| e.tone == Tone::Bad), line("edge bridge"), "bridge: without it the network splits"),
    ];
    marks.into_iter().filter(|m| m.0).map(|(_, mark, words)| (mark, words)).collect()
}

fn list(rows: &[(String, &str)]) -> String {
    let items = rows
        .iter()
        .map(|(mark, words)| format!("<li><svg viewBox=\"0 0 22 16\" aria-hidden=\"true\">{mark}</svg>{words}</li>\n"));
    format!("<ul class=\"keys\" aria-label=\"Key\">\n{}</ul>\n", items.collect::<String>())
}

/// The figures of a picture.
pub fn table(picture: &Picture) -> Table {
    match picture {
        Picture::Timeline(t) => timeline(t),
        Picture::Bars(b) => {
            let cells = |r: &crate::report::BarRow| vec![r.label.clone(), r.words.clone()];
            let columns = vec![Column::id("agent"), Column::text(b.unit)];
            Table { columns, rows: b.rows.iter().map(cells).collect() }
        }
        Picture::Network(d) => network(d),
        Picture::Change(c) => {
            let columns = vec![Column::text("measure"), Column::number(c.names[0]), Column::number(c.names[1])];
            let cells = |r: &crate::report::ChangeRow| vec![r.label.clone(), r.words[0].clone(), r.words[1].clone()];
            Table { columns, rows: c.rows.iter().map(cells).collect() }
        }
    }
}

fn timeline(t: &Timeline) -> Table {
    let count: usize = t.lanes.iter().map(|l| l.bars.len()).sum();
    if count > MOST_ROWS {
        return summed(&t.lanes);
    }
    let columns = vec![
        Column::id("task"),
        Column::id("agent"),
        Column::number("start"),
        Column::number("finish"),
        Column::number("due"),
        Column::text("remarks"),
    ];
    let cells = |lane: &Lane, b: &Bar| {
        let mut remarks: Vec<String> = Vec::new();
        remarks.extend(b.deadline.filter(|d| b.finish > d + 1e-6).map(|d| format!("{} late", clock(b.finish - d))));
        remarks.extend(b.critical.then(|| "critical path".into()));
        remarks.extend(Some(b.note.clone()).filter(|n| !n.is_empty()));
        let due = b.deadline.map_or_else(String::new, clock);
        vec![b.label.clone(), lane.label.clone(), clock(b.start), clock(b.finish), due, remarks.join(", ")]
    };
    let rows = t.lanes.iter().flat_map(|l| l.bars.iter().map(move |b| cells(l, b))).collect();
    Table { columns, rows }
}

fn summed(lanes: &[Lane]) -> Table {
    let columns = vec![
        Column::id("agent"),
        Column::number("tasks"),
        Column::number("first start"),
        Column::number("done"),
        Column::number("at work"),
        Column::number("late"),
    ];
    let cells = |l: &Lane| {
        let end = l.bars.iter().map(|b| b.finish).fold(0.0, f64::max);
        let work: f64 = l.bars.iter().map(|b| b.finish - b.start).sum();
        let share = if end > 0.0 { work / (end * l.slots.max(1) as f64) } else { 0.0 };
        let late = l.bars.iter().filter(|b| b.deadline.is_some_and(|d| b.finish > d + 1e-6)).count();
        let first = l.bars.first().map_or(0.0, |b| b.start);
        vec![l.label.clone(), grouped(l.bars.len()), clock(first), clock(end), percent(share, 1), grouped(late)]
    };
    Table { columns, rows: lanes.iter().map(cells).collect() }
}

fn network(d: &Diagram) -> Table {
    let mut degree = vec![0_usize; d.nodes.len()];
    let mut bridges = vec![0_usize; d.nodes.len()];
    for e in &d.edges {
        for end in [e.from, e.to] {
            degree[end] += 1;
            bridges[end] += usize::from(e.tone == Tone::Bad);
        }
    }
    // What stands out first.
    let mut order: Vec<usize> = (0..d.nodes.len()).collect();
    order.sort_by_key(|i| (d.nodes[*i].tone != Tone::Bad, d.nodes[*i].tone != Tone::Warn, *i));
    order.truncate(MOST_ROWS);
    let cells = |i: usize| {
        let node = &d.nodes[i];
        let group = node.group.and_then(|g| d.groups.get(g)).cloned().unwrap_or_default();
        let what = match node.tone {
            Tone::Bad => "its loss splits the network",
            Tone::Warn => "only one with a capability asked for",
            Tone::Plain | Tone::Good => "",
        };
        vec![node.label.clone(), group, grouped(degree[i]), grouped(bridges[i]), what.to_owned()]
    };
    let columns = vec![
        Column::id("node"),
        Column::text("cluster"),
        Column::number("edges"),
        Column::number("bridges"),
        Column::text("remarks"),
    ];
    Table { columns, rows: order.into_iter().map(cells).collect() }
}
