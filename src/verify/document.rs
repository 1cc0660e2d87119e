//! How a verification reads in a terminal.

use super::report::{Report, Verdict};
use crate::report::{Document, Fact, Place, Tone, clock, grouped, money, number, plural};

/// Most violations shown.
const MAX_ROWS: usize = 40;

/// Lays a report out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    d.heading("Verification");
    let verdict = match report.violations.len() {
        0 => Fact::new("plan", "sound: every rule is kept, every figure is true").tone(Tone::Good),
        n => Fact::new("plan", plural(n, "violation")).tone(Tone::Bad),
    };
    let total = report.placed + report.unplaced;
    let mut facts =
        vec![verdict, Fact::new("placed", format!("{} of {} tasks", grouped(report.placed), grouped(total)))];
    let o = &report.objective;
    if let (Some(name), Some(value)) = (&o.name, o.value) {
        let bound = o.bound.map_or_else(|| "no bound".into(), |b| format!("bound {}", shown(name, b)));
        facts.push(Fact::new("objective", format!("{name} {} · {bound}", shown(name, value))));
    }
    facts.push(certificate(&report.certificate));
    if report.placement.status == "proven" {
        let by = report.placement.method.unwrap_or("").replace('_', " ");
        let most =
            report.placement.bound.map_or_else(String::new, |b| format!(": no plan places more than {}", number(b, 4)));
        facts.push(Fact::new("placement", format!("proven by {by}{most}")).tone(Tone::Good));
    }
    let parts: Vec<String> = o.components.iter().map(|(name, x)| format!("{name} {}", shown(name, *x))).collect();
    facts.push(Fact::new("components", parts.join(" · ")));
    d.facts(facts);
    violations(report, &mut d);
    notes(report, &mut d);
    d
}

fn shown(name: &str, x: f64) -> String {
    match name {
        "makespan" => clock(x),
        "cost" => money(x),
        _ => number(x, 4),
    }
}

fn certificate(v: &Verdict) -> Fact {
    let by = v.method.map_or("", |m| m).replace('_', " ");
    let bound =
        || v.bound.map_or_else(String::new, |b| format!(": no plan beats {}", shown(v.proves.unwrap_or(""), b)));
    match v.status {
        "proven" => Fact::new("certificate", format!("proven by {by}{}", bound())).tone(Tone::Good),
        "partly" => {
            let text = format!("partly proven; to be believed: {}", v.believed.join(", "));
            Fact::new("certificate", text).tone(Tone::Warn)
        }
        "none" => Fact::new("certificate", "none: the bound comes from a search").tone(Tone::Warn),
        "refuted" => Fact::new("certificate", "refuted").tone(Tone::Bad),
        _ => Fact::new("certificate", "the plan carries none"),
    }
}

fn violations(report: &Report, d: &mut Document) {
    let rows = &report.violations;
    if rows.is_empty() {
        return;
    }
    d.heading(format!("Violations ({})", grouped(rows.len())));
    let point = |v: &super::Violation| {
        let places = v.plan.iter().chain(&v.snapshot).map(Place::text).collect::<Vec<_>>().join(", ");
        let places = if places.is_empty() { places } else { format!(" ({places})") };
        format!("{} {}: {}{places}", v.code, v.name, v.message)
    };
    d.points(rows.iter().take(MAX_ROWS).map(point).collect());
    if rows.len() > MAX_ROWS {
        d.text(format!("… and {} more; --format json has all of them", grouped(rows.len() - MAX_ROWS)));
    }
}

/// Findings that are no violations.
fn notes(report: &Report, d: &mut Document) {
    let codes: Vec<&str> = report.violations.iter().map(|v| v.code).collect();
    let rows: Vec<String> = report
        .findings
        .iter()
        .filter(|f| !codes.contains(&f.code))
        .take(MAX_ROWS)
        .map(|f| {
            let place = if f.line.is_some() { format!(" ({})", f.place()) } else { String::new() };
            format!("{}[{}]: {}{place}", f.severity, f.code, f.message)
        })
        .collect();
    if !rows.is_empty() {
        d.heading("Also");
        d.points(rows);
    }
}
