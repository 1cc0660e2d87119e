//! Late chains come out shorter, and what comes out is a schedule that the timeline can build with room for all.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::fmt::Write as _;

use super::{Packing, hasten};
use crate::{
    model::{Ms, Quantities, Strategy},
    schedule::{Instance, Room, probe},
    search::{Goal, Rng, Sequence, construct},
};

/// Much more than any of these takes.
const WORK: u64 = 1_000_000;

/// The schedule of tasks in the order of their ids, each on the agent named, before and after.
fn hastened(text: &str, on: &[(&str, &str)], strategy: Strategy, horizon: Option<Ms>) -> [(Ms, f64); 2] {
    let snapshot = probe::snapshot(text);
    let q = Quantities::new(&snapshot);
    let inst = Instance::new(&q);
    let mut room = Room::new(&inst);
    for (task, agent) in on {
        let unit = inst.unit_of[snapshot.find_task(task).unwrap().at()] as usize;
        let c = inst.unit_choice(unit, snapshot.find_agent(agent).unwrap().0).unwrap();
        assert!(room.fits(unit, &c), "{task} on {agent}");
        room.take(unit, &c);
    }
    let goal = Goal::of(&inst, strategy, [0.0; 4]);
    let before = construct::keep_agents(&inst, &room, inst.topological.clone());
    let told = |s: &Sequence<'_>| (s.total().makespan, s.total().tardiness);
    let first = told(&before);
    let after = checked(&inst, (before, room), &goal, horizon);
    [first, told(&after)]
}

/// What comes of a schedule, no worse, with room for all, and as a replay of its order has it.
fn checked<'i>(
    inst: &'i Instance<'i>,
    (before, room): (Sequence<'i>, Room<'i>),
    goal: &Goal,
    horizon: Option<Ms>,
) -> Sequence<'i> {
    let energy = before.total().energy(goal);
    let (after, room) = hasten(inst, (before, room), goal, horizon, WORK);
    assert!(after.total().energy(goal) <= energy);
    let again = Sequence::new(inst, after.order.clone(), after.choice.clone());
    assert_eq!(again.timeline.start, after.timeline.start);
    assert!(room.load.iter().chain(&room.budget).chain(&room.tasks).all(|left| *left >= 0));
    for t in &after.order {
        assert_eq!(room.agent[inst.unit_of[*t as usize] as usize], after.choice[*t as usize].agent);
    }
    after
}

const CROWDED: &str = "agents:
- {id: a, capacity: 20}
- {id: b, capacity: 6}
- {id: c, capacity: 6}
- {id: d, capacity: 3}
tasks:
- {id: guest, duration: 1, estimated_load: 6, allowed_agents: [b, c]}
- {id: late, duration: 10, estimated_load: 6, allowed_agents: [a, b]}
- {id: ahead, duration: 10, estimated_load: 6, allowed_agents: [a]}
- {id: small, duration: 1, estimated_load: 3, allowed_agents: [c, d]}
";

#[test]
fn what_waits_goes_where_a_guest_makes_way_for_whom_another_makes_way() {
    let on = [("guest", "b"), ("late", "a"), ("ahead", "a"), ("small", "c")];
    let [before, after] = hastened(CROWDED, &on, Strategy::PerformanceOptimized, Some(10_000));
    assert_eq!((before.0, after.0), (20_000, 10_000));
    let stuck = CROWDED.replace("allowed_agents: [c, d]", "allowed_agents: [c]");
    let [before, after] = hastened(&stuck, &on, Strategy::PerformanceOptimized, Some(10_000));
    assert_eq!((before.0, after.0), (20_000, 20_000), "nobody can make way");
}

#[test]
fn what_fits_one_agent_only_is_forced_in_and_its_guests_move_two_deep() {
    let text = "agents: [{id: a, capacity: 10}, {id: b, capacity: 6}, {id: c, capacity: 6}]
tasks:
- {id: big, estimated_load: 10, allowed_agents: [a]}
- {id: guest, estimated_load: 6, allowed_agents: [a, b]}
- {id: other, estimated_load: 6, allowed_agents: [b, c]}
";
    let seated = |text: &str| {
        let snapshot = probe::snapshot(text);
        let q = Quantities::new(&snapshot);
        let inst = Instance::new(&q);
        let unit = |task: &str| inst.unit_of[snapshot.find_task(task).unwrap().at()];
        let lists: Vec<Vec<_>> = (0..inst.units.len()).map(|u| inst.unit_choices(u).iter().collect()).collect();
        let order = [unit("guest"), unit("other"), unit("big")];
        let wanted: Vec<_> = lists.iter().map(|row| row.first().copied()).collect();
        let packing = Packing::seated(&inst, &order, &wanted, &lists);
        order.map(|u| packing.room.agent[u as usize])
    };
    assert_eq!(seated(text), [1, 2, 0]);
    let stuck = text.replace("allowed_agents: [b, c]", "allowed_agents: [b]");
    assert_eq!(seated(&stuck), [0, 1, crate::schedule::NONE], "nobody can make way, and nothing moved");
}

#[test]
fn what_is_due_comes_before_what_it_waits_for() {
    let text = "agents: [{id: a}]
tasks:
- {id: first, duration: 10, allowed_agents: [a]}
- {id: urgent, duration: 1, deadline: 2, allowed_agents: [a]}
";
    let [before, after] = hastened(text, &[("first", "a"), ("urgent", "a")], Strategy::DeadlineAware, None);
    assert!(before.1 > 0.0);
    assert_eq!(after.1, 0.0);
}

#[test]
fn a_change_that_names_a_task_twice_is_taken_back_whole() {
    let snapshot = probe::snapshot(CROWDED);
    let q = Quantities::new(&snapshot);
    let inst = Instance::new(&q);
    let late = snapshot.find_task("late").unwrap().at();
    let on = |agent: &str| inst.choice(late, snapshot.find_agent(agent).unwrap().0).unwrap();
    let goal = Goal::of(&inst, Strategy::PerformanceOptimized, [0.0; 4]);
    let mut sequence = Sequence::new(&inst, vec![late as u32], vec![on("a"); inst.tasks()]);
    let twice = [(late as u32, on("b")), (late as u32, on("b"))];
    assert!(!sequence.try_change(None, &twice, 0.0, &goal), "nothing is as short as that");
    assert_eq!(sequence.choice[late].agent, on("a").agent);
    assert_eq!(sequence.timeline.agent[late], on("a").agent);
}

#[test]
fn schedules_of_random_fleets_stay_sound() {
    let mut gained = 0;
    for seed in 0..40 {
        let mut rng = Rng::new(seed);
        let mut text = String::from("agents:\n");
        for a in 0..8 {
            let (speed, slots) = (1 + rng.below(3), 1 + rng.below(2));
            writeln!(text, "- {{id: a{a}, capacity: {}, speed: {speed}, slots: {slots}}}", 14 + rng.below(8)).unwrap();
        }
        text.push_str("network: {resources: [{id: r, capacity: 3}]}\ntasks:\n");
        for t in 0..40 {
            let after = if t > 2 && rng.one_in(2) { format!("t{}", rng.below(t)) } else { String::new() };
            let uses = if rng.one_in(3) { "{r: 1}" } else { "{}" };
            let due = if rng.one_in(3) { format!("deadline: {}, ", 5 + rng.below(40)) } else { String::new() };
            let (long, load) = (1 + rng.below(20), rng.below(4));
            let rest = format!("{due}estimated_load: {load}, depends_on: [{after}], uses: {uses}");
            writeln!(text, "- {{id: t{t}, duration: {long}, {rest}}}").unwrap();
        }
        let snapshot = probe::snapshot(&text);
        let q = Quantities::new(&snapshot);
        let inst = Instance::new(&q);
        for (strategy, horizon) in [(Strategy::PerformanceOptimized, Some(0)), (Strategy::DeadlineAware, None)] {
            let mut room = Room::new(&inst);
            for unit in 0..inst.units.len() {
                let fitting = inst.unit_choices(unit).iter().find(|c| room.fits(unit, c));
                room.take(unit, &fitting.unwrap());
            }
            let goal = Goal::of(&inst, strategy, [0.0; 4]);
            let before = construct::keep_agents(&inst, &room, inst.topological.clone());
            let energy = before.total().energy(&goal);
            let after = checked(&inst, (before, room), &goal, horizon);
            gained += usize::from(after.total().energy(&goal) < 0.9 * energy);
        }
    }
    assert!(gained > 40, "{gained} of 80 gained a tenth");
}
