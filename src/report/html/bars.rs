//! Amounts beside each other: load per agent against its capacity; and two states of the same measures on one axis.

use super::svg::{Svg, fit};
use crate::report::{BarRow, Bars, Change, Tone, grouped};

/// Most rows drawn.
const MOST: usize = 60;

const WIDTH: f64 = 1040.0;
const LEFT: f64 = 170.0;
const RIGHT: f64 = WIDTH - 240.0;
const ROW: f64 = 22.0;

/// Draws bars: what was there before is darker, a limit is a mark across.
pub fn bars(bars: &Bars, id: &str) -> (String, String) {
    let shown = &bars.rows[..bars.rows.len().min(MOST)];
    let most = shown.iter().map(|r| r.value.max(r.limit.unwrap_or(0.0))).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let at = |x: f64| LEFT + (RIGHT - LEFT) * (x / most).clamp(0.0, 1.0);
    let mut svg = Svg::new(WIDTH, ROW * shown.len() as f64 + 8.0);
    for (row, i) in shown.iter().zip(0..) {
        let y = 4.0 + ROW * f64::from(i);
        svg.text("lane", [LEFT - 8.0, y + 14.0], &fit(&row.label, LEFT - 16.0));
        bar(&mut svg, row, y, at);
    }
    let left = bars.rows.len() - shown.len();
    let note =
        if left > 0 { format!("The first {MOST} are drawn; {} more are not.", grouped(left)) } else { String::new() };
    let words =
        format!("{} rows, in {}. The same in figures stands in the table below.", grouped(bars.rows.len()), bars.unit);
    (svg.finish(id, &bars.title, &words), note)
}

fn bar(svg: &mut Svg, row: &BarRow, y: f64, at: impl Fn(f64) -> f64) {
    let tip = format!("{}: {}", row.label, row.words);
    if let Some(limit) = row.limit {
        svg.rect("room", [LEFT, y + 2.0, at(limit) - LEFT, 16.0], &tip);
    }
    let class = match row.tone {
        Tone::Bad => "bar late",
        Tone::Warn => "bar moved",
        Tone::Plain | Tone::Good => "bar",
    };
    svg.rect(class, [LEFT, y + 2.0, at(row.value) - LEFT, 16.0], &tip);
    if row.base > 0.0 {
        svg.rect("base", [LEFT, y + 2.0, at(row.base.min(row.value)) - LEFT, 16.0], &tip);
    }
    if let Some(limit) = row.limit {
        svg.line("limit", [at(limit), y, at(limit), y + 20.0]);
    }
    let mark = if row.tone == Tone::Bad { "▲ " } else { "" };
    let x = at(row.limit.unwrap_or(0.0).max(row.value)) + 8.0;
    svg.text("words", [x, y + 14.0], &fit(&format!("{mark}{}", row.words), WIDTH - x));
}

/// Draws two states of each measure on one axis from 0: a ring is before, a disc after.
pub fn change(change: &Change, id: &str) -> String {
    let mut svg = Svg::new(WIDTH, ROW * 1.3 * change.rows.len() as f64 + 8.0);
    for (row, i) in change.rows.iter().zip(0..) {
        let y = 18.0 + 1.3 * ROW * f64::from(i);
        let most = row.before.abs().max(row.after.abs()).max(f64::MIN_POSITIVE);
        let at = |x: f64| LEFT + 10.0 + (RIGHT - LEFT - 20.0) * (x.abs() / most).clamp(0.0, 1.0);
        let (from, to) = (at(row.before), at(row.after));
        let [before, after] = &row.words;
        let tip = format!("{}: {before} {}, {after} {}", row.label, change.names[0], change.names[1]);
        let class = match row.tone {
            Tone::Good => "better",
            Tone::Bad => "worse",
            Tone::Plain | Tone::Warn => "same",
        };
        svg.text("lane", [LEFT - 8.0, y + 4.0], &fit(&row.label, LEFT - 16.0));
        svg.line("rule", [LEFT + 10.0, y, RIGHT - 10.0, y]);
        svg.line(&format!("shift {class}"), [from, y, to, y]);
        svg.circle("ring", [from, y], 6.0, &tip);
        svg.circle(&format!("disc {class}"), [to, y], 4.5, &tip);
        let words = if before == after { format!("{after} (unchanged)") } else { format!("{before} → {after}") };
        svg.text("words", [RIGHT + 8.0, y + 4.0], &fit(&words, WIDTH - RIGHT - 8.0));
    }
    let words = format!("{} measures, {} and {}.", change.rows.len(), change.names[0], change.names[1]);
    svg.finish(id, &change.title, &words)
}
