#![allow(warnings)]
mod support;
use orch::{model::*, schedule::verify::violations};
use support::{brute::*, random::*, read::read};
use serde_json::{json, Value};
use std::io::Write;
#[test]
fn dump() {
    let mut out = std::fs::File::create("/tmp/diff.jsonl").unwrap();
    for seed in 1000..3000u64 {
        let shape = Shape { tasks: 3 + (seed % 3) as usize, agents: 1 + (seed / 3 % 3) as usize };
        let doc = snapshot(seed, shape);
        let s = read(&doc);
        let q = Quantities::new(&s);
        let mut rng = Rng(seed);
        let f = fronts(&q);
        let plans: Vec<&Plan> = f.values().flatten().map(|x| &x.1).collect();
        for k in 0..6 {
            let mut plan = (*rng.pick(&plans)).clone();
            for _ in 0..rng.range(0, 2) {
                let t = rng.range(0, s.tasks.len() as u64 - 1) as usize;
                let a = AgentIx(rng.range(0, s.agents.len() as u64 - 1) as u32);
                let p = q.on(TaskIx::of(t), a).map_or(5000, |o| o.processing);
                match (rng.range(0, 5), plan.placements[t]) {
                    (0, Some(x)) => { let d = rng.range(0, 4) as i64 * 500 - 1000; plan.placements[t] = Some(Placement { start: x.start + d, finish: x.finish + d, ..x }) }
                    (1, Some(x)) => { plan.placements[t] = Some(Placement { agent: a, start: x.start, finish: x.start + p }) }
                    (2, Some(_)) => plan.placements[t] = None,
                    (3, Some(x)) => plan.placements[t] = Some(Placement { finish: x.finish + 5, ..x }),
                    _ => { let st = rng.range(0, 20) as i64 * 1000; plan.placements[t] = Some(Placement { agent: a, start: st, finish: st + p }) }
                }
            }
            let mut asg = serde_json::Map::new();
            let mut un = serde_json::Map::new();
            for (i, p) in plan.placements.iter().enumerate() {
                match p {
                    Some(p) => asg.entry(s.agent(p.agent).id.clone()).or_insert(json!([])).as_array_mut().unwrap().push(json!({"task": s.tasks[i].id, "start": p.start as f64 / 1000.0, "finish": p.finish as f64 / 1000.0})),
                    None => { un.insert(s.tasks[i].id.clone(), json!({})); }
                }
            }
            let v: Vec<String> = violations(&q, &plan).iter().map(|v| v.to_string()).collect();
            let c = orch::schedule::components(&q, &plan);
            writeln!(out, "{}", json!({"seed": seed, "snap": doc, "plan": {"agent_assignments": asg, "unassigned_tasks": un}, "ours": v,
              "c": {"cost": c.cost, "makespan": c.makespan, "weighted_tardiness": c.weighted_tardiness, "max_utilization": c.max_utilization, "late_tasks": c.late_tasks, "priority_placed": c.priority_placed}})).unwrap();
        }
    }
}
