//! What a task and its agent must satisfy by themselves: eligibility, processing time, moments, running.

use super::{Code, Reservations, Violation};
use crate::model::{Obstacle, Placement, Plan, Quantities, TaskIx, seconds};

/// Checks every placed task by itself.
pub(super) fn check(q: &Quantities<'_>, plan: &Plan, reserved: &Reservations, out: &mut Vec<Violation>) {
    for (t, p) in plan.placed() {
        let mut one = One { q, t, p, out };
        one.eligibility();
        one.moments();
    }
    running(q, plan, reserved, out);
}

/// One placed task.
struct One<'a> {
    q: &'a Quantities<'a>,
    t: TaskIx,
    p: Placement,
    out: &'a mut Vec<Violation>,
}

impl One<'_> {
    /// States that the task, on its agent, breaks a rule.
    fn broken(&mut self, code: Code, what: &str) {
        let (task, agent) = (self.q.snapshot.task(self.t), self.q.snapshot.agent(self.p.agent));
        let message = format!("`{}` on `{}` {what}", task.id, agent.id);
        self.out.push(Violation::new(code, message).of_task(self.t).of_agent(self.p.agent));
    }

    fn eligibility(&mut self) {
        let obstacles = self.q.obstacles(self.t, self.p.agent);
        for obstacle in &obstacles {
            self.broken(Code::NotEligible, &wording(self.q, *obstacle));
        }
        match self.q.on(self.t, self.p.agent) {
            Some(offer) => {
                let runs = i128::from(self.p.finish) - i128::from(self.p.start);
                if runs != i128::from(offer.processing) {
                    self.broken(
                        Code::WrongProcessing,
                        &format!("runs {} s, takes {} s", runs as f64 / 1000.0, seconds(offer.processing)),
                    );
                }
            }
            None if obstacles.is_empty() => self.broken(Code::NotEligible, "is no option of the model"),
            None => {}
        }
    }

    fn moments(&mut self) {
        let Placement { agent, start, finish } = self.p;
        let (task, agent) = (self.q.snapshot.task(self.t), self.q.snapshot.agent(agent));
        if start < 0 {
            self.broken(Code::BeforeNow, &format!("starts at {} s", seconds(start)));
        }
        if start < task.release {
            self.broken(
                Code::BeforeRelease,
                &format!("starts at {} s, is released at {} s", seconds(start), seconds(task.release)),
            );
        }
        if start < agent.available_from {
            let (start, from) = (seconds(start), seconds(agent.available_from));
            let what = format!("starts at {start} s, the agent is available from {from} s");
            self.broken(Code::BeforeAvailable, &what);
        }
        if !agent.windows.is_empty() && !agent.windows.iter().any(|w| w.0 <= start && finish <= w.1) {
            let (start, finish) = (seconds(start), seconds(finish));
            let what = format!("runs from {start} to {finish} s, no one window of the agent holds it");
            self.broken(Code::OutsideWindows, &what);
        }
    }
}

/// A running task stays on its agent and starts now.
fn running(q: &Quantities<'_>, plan: &Plan, reserved: &Reservations, out: &mut Vec<Violation>) {
    for fixed in &reserved.fixed {
        let Some(p) = plan.placements[fixed.task.at()] else { continue };
        if p.agent != fixed.agent || p.start != 0 {
            let id = |a| &q.snapshot.agent(a).id;
            let (runs, placed) = (id(fixed.agent), id(p.agent));
            let task = &q.snapshot.task(fixed.task).id;
            let message =
                format!("`{task}` runs on `{runs}` now, but is placed on `{placed}` from {} s", seconds(p.start));
            out.push(Violation::new(Code::MovedWhileRunning, message).of_task(fixed.task).of_agent(p.agent));
        }
    }
}

fn wording(q: &Quantities<'_>, obstacle: Obstacle) -> String {
    let names = &q.snapshot.names;
    let word = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
    match obstacle {
        Obstacle::Lacks(s) => format!("lacks `{}`", word(&names.skills, s.at())),
        Obstacle::TooLow(s) => format!("is not proficient enough in `{}`", word(&names.skills, s.at())),
        Obstacle::NotAllowed => "is not allowed".into(),
        Obstacle::Forbidden => "is forbidden".into(),
        Obstacle::PinnedElsewhere => "is pinned elsewhere".into(),
        Obstacle::Down(status) => format!("takes no tasks: the agent is {}", status.name()),
        Obstacle::Unreachable(d) => format!("cannot get `{}`", q.snapshot.network.data[d.at()].id),
        Obstacle::OffersNo(d) => format!("is offered no `{}`", word(&names.dims, d.at())),
    }
}
