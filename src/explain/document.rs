//! How an explanation reads in a terminal.

use super::report::{AgentRow, Condition, Report};
use crate::report::{Column, Document, Fact, Place, Tone, clock, grouped, money, number, plural};

/// Most agents shown.
const MAX_AGENTS: usize = 24;

/// Most facts shown.
const MAX_FACTS: usize = 30;

/// Lays a report out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    head(report, &mut d);
    conflict(report, &mut d);
    agents(report, &mut d);
    moves(report, &mut d);
    d
}

fn head(report: &Report, d: &mut Document) {
    d.heading(format!("Task {} · {}", report.task, report.strategy));
    let mut facts = Vec::new();
    match &report.placement {
        Some(p) => {
            let late = p.tardiness.unwrap_or(0.0);
            let by = if late > 0.0 { format!(", {} late", clock(late)) } else { String::new() };
            let text = format!("on {} from {} to {}{by}", p.agent, clock(p.start), clock(p.finish));
            facts.push(Fact::new("placed", text).tone(if late > 0.0 { Tone::Warn } else { Tone::Good }));
            facts.push(Fact::new("there", format!("load {} · cost {}", number(p.load, 2), money(p.cost))));
            let why: Vec<String> = report.timing.iter().map(|c| c.message.clone()).collect();
            facts.push(Fact::new("why then", why.join("; ")));
        }
        None => facts.push(Fact::new("placed", "nowhere").tone(Tone::Bad)),
    }
    let soonest = report.earliest_finish.map_or_else(
        || "in no plan".into(),
        |f| format!("at {} at the soonest, were it alone with what it waits for", clock(f)),
    );
    facts.push(Fact::new("done", soonest));
    if let Some(place) = &report.place {
        facts.push(Fact::new("written", place.text()));
    }
    d.facts(facts);
}

fn told(message: &str, place: Option<&Place>) -> String {
    place.map_or_else(|| message.to_owned(), |p| format!("{message} ({})", p.text()))
}

fn conflict(report: &Report, d: &mut Document) {
    if let Some(c) = &report.conflict {
        let what = if c.rules_out == "placed" { "no plan can place it" } else { "no plan can have it on time" };
        d.heading(format!("Why {what}"));
        d.points(c.facts.iter().take(MAX_FACTS).map(|f| told(&f.fact, f.place.as_ref())).collect());
        if c.facts.len() > MAX_FACTS {
            d.text(format!("… and {} more facts; --format json has all of them", grouped(c.facts.len() - MAX_FACTS)));
        }
        if c.proven_minimal && c.facts.len() > 1 {
            d.text("each of these is needed: without any one of them it would be possible");
        }
    }
    if let Some(s) = &report.shortage {
        d.heading("What is short");
        d.text(s.message.clone());
    }
    if !report.repairs.is_empty() {
        d.heading("What would help (each planned again)");
        let point = |r: &super::Repair| {
            let lost =
                if r.lost.is_empty() { String::new() } else { format!("; {} then has no place", r.lost.join(", ")) };
            told(&format!("{}{lost}", r.change), r.place.as_ref())
        };
        d.points(report.repairs.iter().map(point).collect());
    }
}

fn agents(report: &Report, d: &mut Document) {
    d.heading(if report.agents.len() == 1 { "The agent" } else { "Agents, the nearest first" });
    let rows = report.agents.iter().take(MAX_AGENTS).map(|r| {
        let finish = r.offer.as_ref().and_then(|o| o.finish);
        [
            r.agent.clone(),
            finish.map_or_else(|| "-".into(), clock),
            r.offer.as_ref().map_or_else(|| "-".into(), |o| money(o.cost)),
            standing(r),
        ]
    });
    let columns =
        [Column::id("agent"), Column::number("done"), Column::number("cost"), Column::text("what stands against it")];
    d.table(columns, rows.collect());
    if report.agents.len() > MAX_AGENTS {
        let left = report.agents.len() - MAX_AGENTS;
        d.text(format!("… and {} more agents; --format json has all of them", grouped(left)));
    }
}

fn standing(r: &AgentRow) -> String {
    let all: Vec<String> = r.conditions.iter().map(|c: &Condition| told(&c.message, c.place.as_ref())).collect();
    match (r.here, all.is_empty()) {
        (true, _) => "it is here".into(),
        (false, true) => "nothing".into(),
        (false, false) => all.join("; "),
    }
}

fn moves(report: &Report, d: &mut Document) {
    let rows: Vec<[String; 5]> = report
        .agents
        .iter()
        .filter_map(|r| {
            let m = r.moving.as_ref()?;
            let sign = if m.objective_change > 0.0 { "+" } else { "" };
            let Some(finish) = m.finish else {
                return Some([r.agent.clone(), "no place".into(), "-".into(), "-".into(), "-".into()]);
            };
            Some([
                r.agent.clone(),
                clock(finish),
                format!("{sign}{}", number(m.objective_change, 4)),
                grouped(m.displaced.len()),
                grouped(m.lost.len()),
            ])
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    d.heading("What moving it there costs (planned again)");
    let columns = [
        Column::id("agent"),
        Column::number("done"),
        Column::number("objective"),
        Column::number("others moved"),
        Column::number("others lost"),
    ];
    d.table(columns, rows);
    if report.replanned < report.candidates {
        let left = report.candidates - report.replanned;
        d.text(format!("the nearest {} only; not planned: {}", report.replanned, plural(left, "agent")));
    }
}
