//! Earliest finishes when agents never stand in each other's way: the critical path with transfers.

use crate::{
    model::{Ms, NEVER},
    schedule::Instance,
};

/// Points beyond which transfers count as 0: the bound stays valid, the work stays bounded.
const MANY_POINTS: usize = 64;

/// Lower bounds of every plan's moments.
#[derive(Debug, Clone)]
pub struct Heads {
    /// Earliest finish of each task.
    pub finish: Vec<Ms>,
}

impl Heads {
    /// Earliest starts and finishes by agent, kept per point of the network:
    /// O(edges · (agents + points²)).
    pub fn new(inst: &Instance<'_>) -> Self {
        let transfers = &inst.q.transfers;
        let points = if transfers.is_free() || transfers.points() > MANY_POINTS { 1 } else { transfers.points() };
        let point =
            |agent: u32| if points == 1 { 0 } else { transfers.agent_point(crate::model::AgentIx(agent)) as usize };
        let n = inst.tasks();
        let mut inhabited = vec![false; points];
        (0..inst.agents.len() as u32).for_each(|a| inhabited[point(a)] = true);
        let mut finish = vec![NEVER; n];
        // Earliest finish of each task at each point.
        let mut there = vec![NEVER; n * points];
        for t in inst.topological.iter().map(|t| *t as usize) {
            let mut ready = vec![inst.release[t]; points];
            for (p, mb) in inst.preds.row(t) {
                for (to, ready) in ready.iter_mut().enumerate() {
                    let arrives = |from: usize| {
                        let ms = transfers.between_points(from as u32, to as u32, *mb);
                        let ms = if points == 1 {
                            0
                        } else if ms.is_finite() {
                            crate::model::up(ms)
                        } else {
                            NEVER
                        };
                        (there[*p as usize * points + from] + ms).min(NEVER)
                    };
                    *ready = (0..points).map(arrives).min().unwrap_or(NEVER).max(*ready);
                }
            }
            // By point, the work of the first that starts at once: slower ones there finish later.
            let mut settled: Vec<Option<Ms>> = vec![None; points];
            let mut is_open = inhabited.clone();
            for c in inst.choices(t).by_speed() {
                let agent = &inst.agents[c.agent as usize];
                let at = point(c.agent);
                if !is_open[at] {
                    continue;
                }
                if settled[at].is_some_and(|work| c.work > work + 1) {
                    is_open[at] = false;
                    if !is_open.contains(&true) {
                        break;
                    }
                    continue;
                }
                let s = super::windows::first(agent, ready[at].max(agent.from), c.work);
                if s == ready[at] {
                    settled[at] = Some(settled[at].map_or(c.work, |work| work.min(c.work)));
                }
                let f = s.saturating_add(c.work).min(NEVER);
                finish[t] = finish[t].min(f);
                there[t * points + at] = there[t * points + at].min(f);
            }
        }
        Self { finish }
    }
}
