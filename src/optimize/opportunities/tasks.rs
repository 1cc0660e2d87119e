//! Changes of the batch itself: where tasks may run, when, how urgent they are, which stay together.

use serde_json::{Value, json};

use crate::{
    input::document::Section,
    model::{TaskIx, seconds},
    optimize::{
        bottlenecks::Bottleneck,
        change::{Change, Kind, Risk},
        opportunities::Clues,
        scene::Scene,
    },
    patch::{Op, number, pointer},
    report::{clock, plural},
};

/// Late tasks that are looked at, the latest first.
const MOST: usize = 10;

/// Late tasks with their tardiness in seconds, the latest first.
fn late(scene: &Scene<'_>) -> Vec<(f64, TaskIx)> {
    let s = scene.snapshot();
    let due = |t: TaskIx, finish| s.task(t).deadline.filter(|d| *d < finish).map(|d| seconds(finish - d));
    let mut out: Vec<(f64, TaskIx)> =
        scene.plan.placed().filter_map(|(t, p)| due(t, p.finish).map(|late| (late, t))).collect();
    out.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    out.truncate(MOST);
    out
}

fn change(kind: Kind, subject: String, title: String, tasks: Vec<String>, ops: Vec<Op>, risk: (Risk, &str)) -> Change {
    Change {
        kind,
        subject,
        title,
        agents: Vec::new(),
        tasks,
        ops,
        cost: Some(0.0),
        risk: risk.0,
        risk_reason: risk.1.into(),
        promise: 0.0,
    }
}

/// Tasks of a group that binds are no longer tied to its agent.
pub fn unpin(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let Some(b) = clues.bottlenecks.iter().find(|b| b.kind == "single_slow_agent") else { return Vec::new() };
    let [agent] = &b.agents[..] else { return Vec::new() };
    let s = scene.snapshot();
    let Some(a) = s.find_agent(agent) else { return Vec::new() };
    let tied: Vec<TaskIx> = s.task_ixs().filter(|t| s.task(*t).pinned == Some(a)).collect();
    let op = |t: &TaskIx| {
        let (index, item) = scene.item(Section::Tasks, t.at())?;
        item.get("pinned_agent")?;
        Some(Op::Remove { path: pointer(Section::Tasks, index, &["pinned_agent"]) })
    };
    let ops: Vec<Op> = tied.iter().filter_map(op).collect();
    if ops.is_empty() {
        return Vec::new();
    }
    let title = format!("let other agents than `{agent}` run {}", plural(ops.len(), "task"));
    let why = (Risk::High, "whoever tied them to it had a reason");
    let ids = tied.iter().map(|t| scene.task(*t)).collect();
    vec![Change { promise: b.bound, ..change(Kind::UnpinTasks, format!("pins {agent}"), title, ids, ops, why) }]
}

/// The task whose release holds everything up may begin at once.
pub fn release(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let found = clues.bottlenecks.iter().find(|b: &&Bottleneck| b.kind == "late_release");
    let Some((b, t)) = found.and_then(|b| Some((b, scene.snapshot().find_task(b.tasks.first()?)?))) else {
        return Vec::new();
    };
    let Some(op) = scene.set(Section::Tasks, t.at(), "release", json!(0)) else { return Vec::new() };
    let id = scene.task(t);
    let title = format!("release `{id}` at once, {} sooner", clock(seconds(scene.snapshot().task(t).release)));
    let why = (Risk::High, "what it waits for has to be there sooner");
    vec![Change {
        promise: b.bound,
        ..change(Kind::AdvanceRelease, format!("release {id}"), title, vec![id], vec![op], why)
    }]
}

/// Deadlines that the plan misses move to when it meets them.
pub fn deadlines(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let relax = |(late, t): (f64, TaskIx)| {
        let finish = scene.plan.placements[t.at()]?.finish;
        let op = scene.set(Section::Tasks, t.at(), "deadline", number(libm::ceil(seconds(finish))))?;
        let id = scene.task(t);
        let title = format!("move the deadline of `{id}` by {}", clock(late));
        let why = (Risk::High, "somebody was promised the earlier one");
        let new = change(Kind::RelaxDeadline, format!("deadline {id}"), title, vec![id], vec![op], why);
        Some(Change { promise: late * scene.snapshot().task(t).priority, ..new })
    };
    late(scene).into_iter().filter_map(relax).collect()
}

/// Late tasks weigh twice as much.
pub fn priorities(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let late = late(scene);
    let op = |(_, t): &(f64, TaskIx)| {
        let priority = scene.snapshot().task(*t).priority.max(0.5);
        scene.set(Section::Tasks, t.at(), "priority", number(2.0 * priority))
    };
    let ops: Vec<Op> = late.iter().filter_map(op).collect();
    if ops.is_empty() {
        return Vec::new();
    }
    let ids: Vec<String> = late.iter().map(|(_, t)| scene.task(*t)).collect();
    let title = format!("double the priority of {}", plural(ids.len(), "late task"));
    let why = (Risk::Medium, "others come later, and lateness is weighed anew");
    vec![change(Kind::ReorderPriorities, "priorities".into(), title, ids, ops, why)]
}

/// A task and the one that it waits longest for are done by one agent, so that nothing moves between them.
pub fn batch(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let s = scene.snapshot();
    let mut pairs = Vec::new();
    for (t, p) in scene.plan.placed() {
        for d in s.task(t).depends_on.iter().filter(|d| !d.soft) {
            let Some(from) = scene.plan.placements[d.task.at()].filter(|from| from.agent != p.agent) else { continue };
            let moved = scene.q.transfer(from.agent, p.agent, d.data_mb).unwrap_or(0);
            let shared = scene.q.eligible(t, from.agent);
            let alone = s.task(t).together.is_empty() && s.task(d.task).together.is_empty();
            if moved > 0 && shared && alone && from.finish + moved == p.start {
                pairs.push((moved, d.task, t));
            }
        }
    }
    pairs.sort_unstable_by(|a, b| b.cmp(a));
    let pair = |(moved, a, b): (i64, TaskIx, TaskIx)| {
        let (first, second) = (scene.task(a), scene.task(b));
        let value = Value::Array(vec![Value::String(first.clone())]);
        let op = scene.set(Section::Tasks, b.at(), "together", value)?;
        let title = format!("run `{first}` and `{second}` on one agent: {} of transfer less", clock(seconds(moved)));
        let why = (Risk::Low, "fewer agents can take them");
        let subject = format!("together {second}");
        Some(Change {
            promise: seconds(moved),
            ..change(Kind::BatchTasks, subject, title, vec![first, second], vec![op], why)
        })
    };
    pairs.into_iter().take(MOST).filter_map(pair).collect()
}
