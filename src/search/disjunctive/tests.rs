//! Heads and tails after many moves are those of the schedule loaded afresh; small shops come out right.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::fmt::Write as _;

use super::{
    graph::{Graph, Kept},
    shop::Shop,
};
use crate::{
    model::Quantities,
    schedule::{Instance, NONE, Room, probe},
    search::{Rng, construct, disjunctive},
};

/// A shop of jobs in which task k of job j goes to agent (j + k) mod agents or the next one, transfers
/// between them; by turns without room for more than some tasks.
fn shop(jobs: u64, agents: u64, limited: bool) -> String {
    let mut rng = Rng::new(jobs * 31 + agents);
    let mut out = String::from("agents:\n");
    for a in 0..agents {
        let limit = if limited { jobs + 2 } else { 1_000 };
        writeln!(out, "- {{id: a{a}, zone: z{a}, max_tasks: {limit}}}").unwrap();
    }
    out.push_str("tasks:\n");
    for (j, k) in (0..jobs).flat_map(|j| (0..agents).map(move |k| (j, k))) {
        let (on, or) = ((j + k) % agents, (j + k + 1) % agents);
        let before = if k > 0 { format!("{{task: j{j}k{}, data_mb: 1}}", k - 1) } else { String::new() };
        let works = (rng.below(9), 1 + rng.below(9));
        let estimates = format!("{{a{on}: {{duration: {}}}, a{or}: {{duration: {}}}}}", works.0, works.1);
        let rest = format!("allowed_agents: [a{on}, a{or}], depends_on: [{before}], estimates: {estimates}");
        writeln!(out, "- {{id: j{j}k{k}, {rest}}}").unwrap();
    }
    out.push_str("network:\n  links:\n");
    for a in 1..agents {
        writeln!(out, "  - {{from: z0, to: z{a}, latency_ms: 500, bandwidth_mbps: 8}}").unwrap();
    }
    out
}

fn with<R>(text: &str, see: impl FnOnce(&Instance<'_>) -> R) -> R {
    let snapshot = probe::snapshot(text);
    see(&Instance::new(&Quantities::new(&snapshot)))
}

/// Each task where most room is left.
fn most_room<'i>(inst: &'i Instance<'i>) -> Room<'i> {
    let mut room = Room::new(inst);
    for unit in 0..inst.units.len() {
        let c = inst.unit_choices(unit).iter().max_by_key(|c| (room.tasks[c.agent as usize], c.agent)).unwrap();
        assert!(room.fits(unit, &c));
        room.take(unit, &c);
    }
    room
}

#[test]
fn moves_leave_heads_and_tails_as_if_loaded_afresh() {
    for limited in [false, true] {
        with(&shop(6, 4, limited), |inst| {
            let shop = Shop::new(inst, &inst.topological);
            let room = most_room(inst);
            let agent: Vec<u32> = shop.tasks.iter().map(|t| room.agent[*t as usize]).collect();
            let mut graph = Graph::new(&shop, &inst.topological, &agent);
            let (mut rng, mut made) = (Rng::new(7), 0);
            for _ in 0..3_000 {
                let t = rng.below(shop.len());
                let c = shop.choices(t)[rng.below(shop.choices(t).len())];
                let after = if rng.one_in(5) { NONE } else { rng.below(shop.len()) as u32 };
                let is_there = after == NONE || (after as usize != t && graph.agent[after as usize] == c.agent);
                if !is_there || (c.agent != graph.agent[t] && !shop.fits(&graph.room, t, &c)) {
                    continue;
                }
                made += u32::from(graph.insert(t as u32, &c, after));
                let mut kept = Kept::default();
                graph.keep(&mut kept);
                let fresh = Graph::new(&shop, &kept.order, &kept.agent);
                assert_eq!(graph.head, fresh.head);
                assert_eq!(graph.tail, fresh.tail);
                assert_eq!(graph.before, fresh.before);
                assert_eq!(graph.makespan(), (0..shop.len()).map(|t| graph.head[t] + graph.rest(t)).max().unwrap());
                assert_eq!(graph.room.tasks, fresh.room.tasks);
            }
            assert!(made > 300, "{made} moves");
        });
    }
}

#[test]
fn a_better_schedule_is_one_that_the_timeline_can_build() {
    for limited in [false, true] {
        with(&shop(8, 5, limited), |inst| {
            let room = most_room(inst);
            let sequence = construct::keep_agents(inst, &room, inst.topological.clone());
            let plan = disjunctive::Plan { work: 2_000_000, floor: 0, seed: 1 };
            let (order, choice) = disjunctive::improve(inst, &sequence, true, plan);
            let better = crate::search::Sequence::new(inst, order, choice);
            assert!(better.total().makespan < sequence.total().makespan);
            for (a, limits) in inst.agents.iter().enumerate() {
                let held = better.order.iter().filter(|t| better.choice[**t as usize].agent == a as u32).count();
                assert!(held <= limits.max_tasks as usize);
            }
        });
    }
}
