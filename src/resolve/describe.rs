//! What a change does, in words: for the steps of a strategy and for prevention.

use super::{
    change::Change,
    phrases::{listed, span, time},
    place::{Claim, ClaimList},
};
use crate::{
    model::{Hold, HoldMode, Snapshot, TaskIx},
    report::number,
};

/// One sentence without its full stop. Indices are those of the snapshot that the change was made for.
pub fn describe(s: &Snapshot, change: &Change) -> String {
    claim(s, change)
        .or_else(|| row(s, change))
        .or_else(|| task(s, change))
        .or_else(|| fleet(s, change))
        .unwrap_or_default()
}

fn hold(s: &Snapshot, claim: Claim) -> (&Hold, &str) {
    let list = if claim.list == ClaimList::Holds { &s.state.holds } else { &s.state.allocations };
    let h = &list[claim.row];
    (h, &s.network.resources[h.resource.at()].id)
}

fn claim(s: &Snapshot, change: &Change) -> Option<String> {
    Some(match change {
        Change::SetAmount(c, amount) => {
            let (h, r) = hold(s, *c);
            format!("`{}` gets {} of `{r}` in place of {}", h.holder, number(*amount, 3), number(h.amount, 3))
        }
        Change::SetWindow(c, since, until) => {
            let (h, r) = hold(s, *c);
            format!("`{}` has `{r}` {} (was {})", h.holder, span(*since, *until), span(h.since, h.until))
        }
        Change::SetMode(c, mode) => {
            let (h, r) = hold(s, *c);
            let mode = if *mode == HoldMode::Exclusive { "exclusively" } else { "shared" };
            format!("`{}` holds `{r}` {mode}", h.holder)
        }
        Change::MoveClaim(c, to) => {
            let (h, r) = hold(s, *c);
            format!("`{}` takes `{}` in place of `{r}`", h.holder, s.network.resources[to.at()].id)
        }
        Change::AddClaim(c, amount, since, until) => {
            let (h, r) = hold(s, *c);
            format!("`{}` gets {} of `{r}` {}", h.holder, number(*amount, 3), span(*since, *until))
        }
        Change::DropClaim(c) => {
            let (h, r) = hold(s, *c);
            format!("`{}` gives up its {} of `{r}`", h.holder, number(h.amount, 3))
        }
        Change::SetCapacity(r, capacity) => {
            format!("`{}` gets a capacity of {}", s.network.resources[r.at()].id, number(*capacity, 3))
        }
        Change::SetBudget(r, budget) => {
            format!("`{}` gets a budget of {}", s.network.resources[r.at()].id, number(*budget, 3))
        }
        _ => return None,
    })
}

fn row(s: &Snapshot, change: &Change) -> Option<String> {
    let state = &s.state;
    Some(match change {
        Change::DropWait(row) => {
            let w = &state.waits[*row];
            format!("`{}` does not wait for `{}` any more", w.holder, w.target)
        }
        Change::SetOrder(row, order) => {
            let ids = order.iter().map(|t| s.task(*t).id.as_str());
            format!("`{}` agrees to the order {}", state.directives[*row].stakeholder, listed(ids))
        }
        Change::SetWish(row, priority) => {
            format!("`{}` agrees to priority {}", state.directives[*row].stakeholder, number(*priority, 3))
        }
        Change::DropDirective(row) => format!("the directive of `{}` is withdrawn", state.directives[*row].stakeholder),
        Change::SetTarget(row, target) => {
            let o = &state.objectives[*row];
            let (new, old) = (number(*target, 4), number(o.target, 4));
            format!("the target of `{}` for {} becomes {new} (was {old})", s.agent(o.agent).id, o.metric)
        }
        Change::DropObjective(row) => {
            let o = &state.objectives[*row];
            format!("the objective of `{}` for {} is withdrawn", s.agent(o.agent).id, o.metric)
        }
        Change::MoveRunning(row, agent) => {
            format!("`{}` goes on with agent `{}`", state.running[*row].task, s.agent(*agent).id)
        }
        Change::SetAccessWindow(row, from, until) => {
            let a = &state.accesses[*row];
            format!("`{}` accesses `{}` {}", a.holder, s.network.data[a.data.at()].id, span(*from, *until))
        }
        Change::SetVersion(row, version) => {
            let a = &state.accesses[*row];
            let version = version.map_or("no version".to_owned(), |v| format!("version {v}"));
            format!("`{}` accesses {version} of `{}`", a.holder, s.network.data[a.data.at()].id)
        }
        Change::DropAccess(row) => {
            let a = &state.accesses[*row];
            format!("`{}` does not access `{}` {}", a.holder, s.network.data[a.data.at()].id, span(a.from, a.until))
        }
        _ => return None,
    })
}

fn task(s: &Snapshot, change: &Change) -> Option<String> {
    let id = |t: &TaskIx| s.task(*t).id.as_str();
    Some(match change {
        Change::SetPriority(t, priority) => {
            let (new, old) = (number(*priority, 3), number(s.task(*t).priority, 3));
            format!("`{}` gets priority {new} (was {old})", id(t))
        }
        Change::SetRelease(t, release) => format!("`{}` may start from {} on", id(t), time(*release)),
        Change::SetDeadline(t, Some(deadline)) => format!("`{}` is due at {}", id(t), time(*deadline)),
        Change::SetDeadline(t, None) => format!("`{}` has no deadline any more", id(t)),
        Change::AddDependency(t, before) => format!("`{}` runs after `{}`", id(t), id(before)),
        Change::DropDependency(t, before) => format!("`{}` does not depend on `{}` any more", id(t), id(before)),
        Change::Soften(t, before) => format!("`{}` only wishes to run after `{}`", id(t), id(before)),
        Change::DropMissing(t, gone) => format!("`{}` does not depend on `{gone}` any more", id(t)),
        Change::SetPin(t, Some(a)) => format!("`{}` is pinned to `{}`", id(t), s.agent(*a).id),
        Change::SetPin(t, None) => format!("`{}` is pinned no more", id(t)),
        Change::DropTogether(t, o) => format!("`{}` and `{}` need not be together", id(t), id(o)),
        Change::DropApart(t, o) => format!("`{}` and `{}` need not be apart", id(t), id(o)),
        Change::ReadCopy(t, _, copy) => format!("`{}` reads the copy `{copy}`", id(t)),
        Change::Place(t, Some(p)) => {
            format!("`{}` is planned on `{}` {}", id(t), s.agent(p.agent).id, span(p.start, p.finish))
        }
        Change::Place(t, None) => format!("`{}` is taken out of the plan", id(t)),
        _ => return None,
    })
}

fn fleet(s: &Snapshot, change: &Change) -> Option<String> {
    Some(match change {
        Change::SetLoad(a, load) => {
            let agent = s.agent(*a);
            format!("`{}` carries load {} (was {})", agent.id, number(*load, 3), number(agent.current_load, 3))
        }
        Change::SetStatus(a, status) => format!("`{}` is {}", s.agent(*a).id, status.name()),
        Change::SetServiceStatus(v, status) => format!("service `{}` is {status}", s.network.services[v.at()].id),
        Change::SetAgentCapacity(a, capacity) => {
            format!("`{}` gets a capacity of {}", s.agent(*a).id, number(*capacity, 3))
        }
        Change::SetSlots(a, slots) => format!("`{}` gets {slots} slots", s.agent(*a).id),
        Change::SetThroughput(a, rate) => format!("`{}` serves {} per minute", s.agent(*a).id, number(*rate, 3)),
        Change::SetNeed(need, Some(instead)) => {
            format!("`{}` uses `{instead}` in place of `{}`", need.user, need.needs)
        }
        Change::SetNeed(need, None) => format!("`{}` does without `{}`", need.user, need.needs),
        Change::AddCopy(d, copy) => format!("`{}` is copied as `{copy}`", s.network.data[d.at()].id),
        Change::AgentReadsCopy(a, _, copy) => format!("`{}` reads the copy `{copy}`", s.agent(*a).id),
        _ => return None,
    })
}
