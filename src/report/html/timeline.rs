//! Work over time (a Gantt chart): a lane per agent, deadlines, the critical path, idle gaps, and what was before.

use super::{
    axis::Axis,
    svg::{Svg, fit},
};
use crate::report::{Bar, Lane, Timeline, Tone, clock, grouped, plural};

/// Most tasks drawn one by one.
pub const MOST_BARS: usize = 2000;
/// Most lanes drawn.
const MOST_LANES: usize = 80;
/// Steps of a lane where tasks are summed up.
const STEPS: usize = 160;

const WIDTH: f64 = 1040.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = WIDTH - 26.0;
const TOP: f64 = 26.0;

/// A picture and what it leaves out.
pub struct Drawn {
    /// The image.
    pub svg: String,
    /// What is to be said beside it.
    pub note: String,
}

/// Draws a timeline.
pub fn draw(timeline: &Timeline, id: &str) -> Drawn {
    let all = || timeline.lanes.iter().flat_map(|l| l.bars.iter().chain(&l.before));
    let count: usize = timeline.lanes.iter().map(|l| l.bars.len()).sum();
    let single = count + timeline.lanes.iter().map(|l| l.before.len()).sum::<usize>() <= MOST_BARS;
    let shown = chosen(timeline);
    let first = all().map(|b| b.start).fold(0.0, f64::min);
    let last = all().map(|b| b.finish).fold(0.0, f64::max);
    // A deadline long after the work would press the work together.
    let due = all().filter_map(|b| b.deadline).filter(|d| *d <= 1.25 * last).fold(last, f64::max);
    let axis = Axis::new([first, due], [LEFT, RIGHT]);
    let lanes: Vec<Laid<'_>> = shown.iter().map(|l| Laid::of(l, single, timeline.compares)).collect();
    let height = TOP + lanes.iter().map(Laid::height).sum::<f64>() + 10.0;
    let mut svg = Svg::new(WIDTH, height);
    axis.draw(&mut svg, TOP, height - 6.0);
    let mut y = TOP + 2.0;
    let mut path = Vec::new();
    for lane in &lanes {
        lane.draw(&mut svg, &axis, y, &mut path);
        y += lane.height();
    }
    // The path runs from the end of each of its tasks to the start of the next.
    path.sort_by(|a: &([f64; 2], [f64; 2]), b| a.0[0].total_cmp(&b.0[0]).then(a.0[1].total_cmp(&b.0[1])));
    for pair in path.windows(2) {
        let ([x1, y1], [x2, y2]) = (pair[0].1, pair[1].0);
        svg.shape("path", &[[x1, y1], [x1, f64::midpoint(y1, y2)], [x2, f64::midpoint(y1, y2)], [x2, y2]], true, "");
    }
    let late = all().filter(|b| b.deadline.is_some_and(|d| b.finish > d + 1e-6)).count();
    let words = format!(
        "{} tasks on {} agents from {} to {}; {} late. The same in figures stands in the table below.",
        grouped(count),
        grouped(timeline.lanes.len()),
        clock(first),
        clock(last),
        grouped(late)
    );
    Drawn { svg: svg.finish(id, &timeline.title, &words), note: note(timeline, shown.len(), single) }
}

/// The lanes in their order, or the busiest of them where there are too many.
fn chosen(timeline: &Timeline) -> Vec<&Lane> {
    let mut order: Vec<usize> = (0..timeline.lanes.len()).collect();
    if order.len() > MOST_LANES {
        let busy = |i: &usize| timeline.lanes[*i].bars.iter().map(|b| b.finish - b.start).sum::<f64>();
        order.sort_by(|a, b| busy(b).total_cmp(&busy(a)).then(a.cmp(b)));
        order.truncate(MOST_LANES);
        order.sort_unstable();
    }
    order.into_iter().map(|i| &timeline.lanes[i]).collect()
}

fn note(timeline: &Timeline, lanes: usize, single: bool) -> String {
    let mut out = Vec::new();
    if !single {
        out.push("So many tasks are summed up: the height of a lane is the share of its slots at work.".to_owned());
    }
    let left = timeline.lanes.len() - lanes;
    if left > 0 {
        out.push(format!("The {lanes} agents with the most work are drawn; {} more are not.", grouped(left)));
    }
    out.join(" ")
}

/// A lane with the row of each bar.
struct Laid<'t> {
    lane: &'t Lane,
    /// Row of each bar; empty where they are summed up.
    rows: Vec<usize>,
    before: Vec<usize>,
    count: [usize; 2],
}

impl<'t> Laid<'t> {
    fn of(lane: &'t Lane, single: bool, compares: bool) -> Self {
        let (rows, after) = if single { stack(&lane.bars) } else { (Vec::new(), 1) };
        let (before, earlier) = if single { stack(&lane.before) } else { (Vec::new(), 1) };
        Self { lane, rows, before, count: [after, if compares { earlier } else { 0 }] }
    }

    fn row(&self) -> f64 {
        if self.rows.is_empty() && !self.lane.bars.is_empty() { 22.0 } else { 20.0 }
    }

    fn height(&self) -> f64 {
        self.row() * (self.count[0] + self.count[1]) as f64 + 6.0
    }

    /// Draws the lane from `top` down; `path` takes the ends of critical bars.
    fn draw(&self, svg: &mut Svg, axis: &Axis, top: f64, path: &mut Vec<([f64; 2], [f64; 2])>) {
        let lane = self.lane;
        svg.text("lane", [LEFT - 8.0, top + 15.0], &fit(&lane.label, LEFT - 16.0));
        svg.line("rule", [0.0, top + self.height() - 3.0, WIDTH, top + self.height() - 3.0]);
        let below = top + self.row() * self.count[1] as f64;
        if self.rows.is_empty() && !lane.bars.is_empty() {
            if self.count[1] > 0 {
                area(svg, axis, &lane.before, lane.slots, [top, self.row()], "area was");
            }
            area(svg, axis, &lane.bars, lane.slots, [below, self.row()], "area");
            let late: Vec<Bar> = lane.bars.iter().filter(|b| b.tone == Tone::Bad).cloned().collect();
            area(svg, axis, &late, lane.slots, [below, self.row()], "area late");
            return;
        }
        for (bar, row) in lane.before.iter().zip(&self.before) {
            let y = top + self.row() * *row as f64;
            let x = axis.at(bar.start);
            let w = (axis.at(bar.finish) - x).max(1.0);
            svg.rect("bar was", [x, y + 4.0, w, 12.0], &format!("before: {}", tip(bar, &lane.label)));
        }
        for (from, until) in gaps(&lane.bars) {
            let x = axis.at(from);
            svg.rect("idle", [x, below + 8.0, axis.at(until) - x, 4.0], &format!("idle for {}", clock(until - from)));
        }
        for (bar, row) in lane.bars.iter().zip(&self.rows) {
            let y = below + self.row() * *row as f64;
            one(svg, axis, bar, y, &lane.label);
            if bar.critical {
                path.push(([axis.at(bar.start), y + 10.0], [axis.at(bar.finish), y + 10.0]));
            }
        }
        // Above all bars, so that none hides one.
        for (bar, row) in lane.bars.iter().zip(&self.rows) {
            due(svg, axis, bar, below + self.row() * *row as f64);
        }
    }
}

/// One task, with its deadline.
fn one(svg: &mut Svg, axis: &Axis, bar: &Bar, y: f64, agent: &str) {
    let x = axis.at(bar.start);
    let w = (axis.at(bar.finish) - x).max(1.5);
    let class = match (bar.tone, bar.critical) {
        (Tone::Bad, true) => "bar late critical",
        (Tone::Bad, false) => "bar late",
        (Tone::Good, _) => "bar added",
        (Tone::Warn, _) => "bar moved",
        (Tone::Plain, true) => "bar critical",
        (Tone::Plain, false) => "bar",
    };
    svg.rect(class, [x, y + 2.0, w, 16.0], &tip(bar, agent));
    if let Some(due) = bar.deadline.filter(|d| *d < bar.finish - 1e-6 && *d > bar.start) {
        let from = axis.at(due);
        svg.rect("over", [from, y + 2.0, x + w - from, 16.0], "");
    }
    let label = fit(&bar.label, w - 6.0);
    if !label.is_empty() {
        svg.text("in", [x + 3.0, y + 14.0], &label);
    }
}

/// The deadline of a task, where it lies within the drawing.
fn due(svg: &mut Svg, axis: &Axis, bar: &Bar, y: f64) {
    if let Some(due) = bar.deadline.filter(|d| *d <= axis.until()) {
        let d = axis.at(due);
        let class = if due < bar.finish - 1e-6 { "due missed" } else { "due" };
        svg.line(class, [d, y + 1.0, d, y + 19.0]);
        svg.shape(
            class,
            &[[d - 4.0, y], [d + 4.0, y], [d, y + 5.0]],
            false,
            &format!("{} is due {}", bar.label, clock(due)),
        );
    }
}

fn tip(bar: &Bar, agent: &str) -> String {
    let mut out = format!("{} on {agent}: {} to {}", bar.label, clock(bar.start), clock(bar.finish));
    if let Some(due) = bar.deadline {
        let over = bar.finish - due;
        out.extend([", due ", &clock(due)]);
        if over > 1e-6 {
            out.extend([", ", &clock(over), " late"]);
        }
    }
    if bar.critical {
        out += ", on the critical path";
    }
    if !bar.note.is_empty() {
        out.extend([", ", &bar.note]);
    }
    out
}

/// The row of each bar, so that none covers another, and how many rows that takes.
fn stack(bars: &[Bar]) -> (Vec<usize>, usize) {
    let mut free: Vec<f64> = Vec::new();
    let mut out = Vec::with_capacity(bars.len());
    for bar in bars {
        let row = free.iter().position(|end| *end <= bar.start + 1e-9).unwrap_or(free.len());
        if row == free.len() {
            free.push(0.0);
        }
        free[row] = bar.finish;
        out.push(row);
    }
    (out, free.len().max(1))
}

/// Stretches before the last task in which nothing runs.
fn gaps(bars: &[Bar]) -> Vec<(f64, f64)> {
    let mut end = 0.0;
    let mut out = Vec::new();
    for bar in bars {
        if bar.start > end + 1e-9 {
            out.push((end, bar.start));
        }
        end = bar.finish.max(end);
    }
    out
}

/// The share of a lane's slots at work, step by step.
fn area(svg: &mut Svg, axis: &Axis, bars: &[Bar], slots: usize, [top, height]: [f64; 2], class: &str) {
    let last = bars.iter().map(|b| b.finish).fold(0.0, f64::max);
    if last <= 0.0 {
        return;
    }
    let step = last / STEPS as f64;
    let mut busy = vec![0.0; STEPS];
    for bar in bars {
        let (from, until) = (bar.start.max(0.0) / step, bar.finish / step);
        for (i, sum) in busy.iter_mut().enumerate().take(STEPS.min(libm::ceil(until) as usize)).skip(from as usize) {
            *sum += (until.min(i as f64 + 1.0) - from.max(i as f64)).max(0.0);
        }
    }
    let floor = top + height - 2.0;
    let mut points = vec![[axis.at(0.0), floor]];
    for (i, sum) in busy.iter().enumerate() {
        let y = floor - (height - 4.0) * (sum / slots.max(1) as f64).min(1.0);
        points.push([axis.at(i as f64 * step), y]);
        points.push([axis.at((i + 1) as f64 * step), y]);
    }
    points.push([axis.at(last), floor]);
    let what = if class.ends_with("late") { "late, the last" } else { "the last done" };
    let tip = format!("{}, {what} {}", plural(bars.len(), "task"), clock(last));
    svg.shape(class, &points, false, &tip);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(start: f64, finish: f64) -> Bar {
        Bar { label: format!("t{start}"), start, finish, ..Bar::default() }
    }

    #[test]
    fn tasks_at_one_time_stand_in_rows() {
        let (rows, count) = stack(&[bar(0.0, 2.0), bar(1.0, 3.0), bar(2.0, 4.0)]);
        assert_eq!((rows, count), (vec![0, 1, 0], 2));
        assert_eq!(gaps(&[bar(1.0, 2.0), bar(1.5, 4.0), bar(6.0, 7.0)]), [(0.0, 1.0), (4.0, 6.0)]);
    }

    #[test]
    fn many_tasks_are_summed_up() {
        let bars = |n: usize| (0..n).map(|i| bar(i as f64, i as f64 + 1.0)).collect::<Vec<_>>();
        let timeline = |lanes: usize, n: usize| Timeline {
            title: "Plan".into(),
            lanes: (0..lanes)
                .map(|i| Lane { label: format!("a{i}"), bars: bars(n), slots: 1, before: vec![] })
                .collect(),
            ..Timeline::default()
        };
        let few = draw(&timeline(3, 4), "p");
        assert_eq!((few.svg.matches("class=\"bar\"").count(), few.note.as_str()), (12, ""));
        let many = draw(&timeline(200, 60), "p");
        assert!(many.svg.len() < 600_000 && !many.svg.contains("class=\"bar\""), "{}", many.svg.len());
        assert!(many.note.contains("summed up") && many.note.contains("120 more"), "{}", many.note);
    }
}
