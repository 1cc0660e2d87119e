//! `state`: what runs, is held, waited for and demanded now.

use super::{
    super::{codes, fields::Fields, path::Path, scalars::Range, sources::Span, tree::Node, values::Context},
    agent::owned,
};
use crate::model::{
    Access, AccessMode, AgentIx, AgentObjective, Directive, Hold, HoldMode, Ms, NEVER, ResourceIx, Running, State,
    TaskIx, Wait, WaitMode, up,
};

/// Reads the section.
pub fn read<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> State {
    let Some(mut f) = Fields::open(cx, node, path) else { return State::default() };
    let state = State {
        running: f.list("running", running),
        allocations: f.list("allocations", hold),
        holds: f.list("holds", hold),
        waits: f.list("waits", wait),
        directives: f.list("directives", directive),
        objectives: f.list("objectives", objective),
        accesses: f.list("accesses", access),
    };
    f.finish();
    state
}

fn running<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Running> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let task = f.required_name("task");
    let agent = f.required_name("agent");
    if !f.has("until") {
        f.missing("until");
    }
    let until = f.moment("until").map_or(0, |m| up(m.value).max(0));
    f.finish();
    let agent = cx.find_agent(&agent?, &path.field("agent"));
    let task = task?;
    let task_ix = cx.names.tasks.find(&task.value).map(TaskIx);
    Some(Running { task: owned(task), task_ix, agent: agent?, until, location })
}

/// Complains about an interval that ends before it begins.
fn expect_order(f: &Fields<'_, '_, '_>, from: Ms, until: Ms) {
    if until < from {
        let span = Span { at: f.at, len: 1 };
        f.context.problems.add(&codes::REVERSED_WINDOW, span, f.path, "the interval ends before it begins");
    }
}

fn hold<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Hold> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let holder = f.required_name("holder");
    let resource = f.required_name("resource");
    let amount = f.number("amount", Range::AMOUNT).unwrap_or(1.0);
    let since = f.moment("since").map_or(0, |m| up(m.value));
    let until = f.moment("until").map_or(NEVER, |m| up(m.value));
    expect_order(&f, since, until);
    let mode = f.word("mode", &[("shared", HoldMode::Shared), ("exclusive", HoldMode::Exclusive)]).unwrap_or_default();
    f.finish();
    let resource = resource.and_then(|r| cx.find_resource(&r, &path.field("resource")))?;
    let holder = holder?;
    let task = cx.names.tasks.find(&holder.value).map(TaskIx);
    let agent = cx.names.agents.find(&holder.value).map(AgentIx);
    Some(Hold { holder: owned(holder), task, agent, resource, amount, since, until, mode, location })
}

fn wait<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Wait> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let holder = f.required_name("holder");
    let target = f.required_name("for");
    let amount = f.number("amount", Range::AMOUNT).unwrap_or(1.0);
    let since = f.moment("since").map_or(0, |m| up(m.value));
    let mode = f.word("mode", &[("all", WaitMode::All), ("any", WaitMode::Any)]).unwrap_or_default();
    f.finish();
    let target = target?;
    let resource = cx.names.resources.find(&target.value).map(ResourceIx);
    Some(Wait { holder: owned(holder?), target: owned(target), resource, amount, since, mode, location })
}

fn directive<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Directive> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let stakeholder = f.required_name("stakeholder");
    let weight = f.number("weight", Range::WEIGHT);
    let order = f.list("order", |cx, node, path| cx.find_task(&cx.name(node, path)?, path));
    let task = f.name("task");
    let wanted = f.number("priority", Range::WEIGHT);
    f.finish();
    let task = task.and_then(|t| cx.find_task(&t, &path.field("task")));
    Some(Directive { stakeholder: owned(stakeholder?), weight, order, priority: task.zip(wanted), location })
}

fn objective<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<AgentObjective> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let agent = f.required_name("agent");
    let metric = f.required_name("metric");
    if !f.has("target") {
        f.missing("target");
    }
    let target = f.number("target", Range::MEASURE);
    f.finish();
    let agent = cx.find_agent(&agent?, &path.field("agent"));
    Some(AgentObjective { agent: agent?, metric: owned(metric?), target: target?, location })
}

fn access<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Access> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let holder = f.required_name("holder");
    let data = f.required_name("data");
    if !f.has("mode") {
        f.missing("mode");
    }
    let mode = f.word("mode", &[("read", AccessMode::Read), ("write", AccessMode::Write)]);
    let from = f.moment("from").map_or(0, |m| up(m.value));
    let until = f.moment("until").map_or(NEVER, |m| up(m.value));
    expect_order(&f, from, until);
    let version = f.whole("version", Range::VERSION).map(|n| n as u64);
    f.finish();
    let data = data.and_then(|d| cx.find_data(&d, &path.field("data")));
    Some(Access { holder: owned(holder?), data: data?, mode: mode?, from, until, version, location })
}
