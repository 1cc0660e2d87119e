//! What a tabu search may not bring back for a while: that one task comes before another, or that a task
//! is on an agent.

use crate::search::Rng;

/// Cells of the memory, a power of two; far more than are ever taken at a time, so that two things in one
/// cell are rare.
const CELLS: usize = 1 << 14;

/// Steps until which each thing may not come back.
#[derive(Debug)]
pub(super) struct Memory {
    until: Vec<u64>,
    step: u64,
    /// Least tenure, and how much may be added to it.
    tenure: (u64, usize),
    /// Until when what is broken in this step is tabu.
    next: u64,
}

impl Memory {
    /// A memory that suits `tasks` tasks in sequences on `agents` agents: the tenures of Zhang, Li, Guan,
    /// Rao (2007).
    pub fn new(tasks: usize, agents: usize) -> Self {
        let length = tasks.div_ceil(agents.max(1));
        let least = 10 + length / agents.max(1);
        let more = if length <= 2 * agents { 2 * least / 5 } else { least / 2 };
        Self { until: vec![0; CELLS], step: 1, tenure: (least as u64, more + 1), next: 0 }
    }

    /// Nothing is tabu any more.
    pub fn forget(&mut self) {
        self.step += self.tenure.0 + self.tenure.1 as u64;
    }

    /// Goes on to the next step and draws its tenure.
    pub fn advance(&mut self, rng: &mut Rng) {
        self.step += 1;
        self.next = self.step + self.tenure.0 + rng.below(self.tenure.1) as u64;
    }

    /// True where `a` may not come before `b` again.
    pub fn bars(&self, a: u32, b: u32) -> bool {
        self.until[cell(a, b, 0)] > self.step
    }

    /// True where a task may not go back to an agent.
    pub fn bars_from(&self, t: u32, agent: u32) -> bool {
        self.until[cell(t, agent, 1)] > self.step
    }

    /// From now on `a` may not come before `b`.
    pub fn bar(&mut self, a: u32, b: u32) {
        self.until[cell(a, b, 0)] = self.next;
    }

    /// From now on a task may not go back to an agent.
    pub fn bar_from(&mut self, t: u32, agent: u32) {
        self.until[cell(t, agent, 1)] = self.next;
    }
}

/// Where two numbers are kept (multiplicative hashing: Knuth 1973).
fn cell(a: u32, b: u32, kind: u64) -> usize {
    let z = ((u64::from(a) << 33) ^ (u64::from(b) << 1) ^ kind).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z >> 50) as usize
}
