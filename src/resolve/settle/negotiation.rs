//! `priority_negotiation`: stakeholders' wishes are weighed (given weights, or rank-order centroid), the order that
//! contradicts least is found (Kemeny 1959), and set beside everybody's own by TOPSIS (Hwang, Yoon 1981).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::Case,
        change::Change,
        phrases::chained,
        place::Thing,
        rules::{
            compromise::{self, Wish},
            standing::{self, Line},
            topsis::{self, Criterion},
            weights,
        },
    },
    outline::{Outline, name, names},
};
use crate::{
    model::{Directive, TaskIx},
    report::number,
};

/// Work for one compromise.
const WORK: u64 = 100_000;
/// Longer orders are wishes for their neighbours only, else for every pair.
const MAX_PAIRED: usize = 300;
/// No stakeholder weighs more than this, when asked how far the outcome stands.
const HEAVIEST: f64 = 1e6;
/// Standing ranges are told of so many stakeholders.
const MAX_RANGES: usize = 20;

/// Contradictory directives.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    let Case::Directives { rows, tasks } = &conflict.case else { return None };
    let directive = |r: &usize| &scene.snapshot.state.directives[*r];
    let (weight, source) = stakeholder_weights(scene, rows);
    let outline = Outline::new("priority_negotiation")
        .param("negotiation_method", "multi_criteria_decision")
        .param("stakeholder_involvement", true)
        .param("stakeholder_weights", json!(weight))
        .param("weights_from", source)
        .agreed_by(weight.len());
    let one = tasks.len() == 1 && rows.iter().all(|r| directive(r).order.is_empty());
    Some(if one {
        one_priority(scene, rows, tasks[0], &weight, outline)
    } else {
        one_order(scene, rows, tasks, &weight, outline)
    })
}

/// The weight of each stakeholder: from `policies.stakeholder_weights`, else the greatest of its directives; where
/// nobody has one, rank-order centroid weights by the greatest priority of the tasks they speak of first, ties sharing.
fn stakeholder_weights<'s>(scene: &Scene<'s>, rows: &[usize]) -> (BTreeMap<&'s str, f64>, &'static str) {
    let directives = &scene.snapshot.state.directives;
    let mut own: BTreeMap<&str, Option<f64>> = BTreeMap::new();
    let mut first: BTreeMap<&str, f64> = BTreeMap::new();
    for d in rows.iter().map(|r| &directives[*r]) {
        let known = scene.snapshot.policies.stakeholder_weights.iter().find(|w| w.0 == d.stakeholder).map(|w| w.1);
        let weight = own.entry(&d.stakeholder).or_default();
        *weight = known.or_else(|| [*weight, d.weight].into_iter().flatten().reduce(f64::max));
        let task = d.order.first().copied().or(d.priority.map(|p| p.0));
        let rank = first.entry(&d.stakeholder).or_default();
        *rank = task.map_or(0.0, |t| scene.snapshot.task(t).priority).max(*rank);
    }
    if own.values().any(Option::is_some) {
        return (own.into_iter().map(|(s, w)| (s, w.unwrap_or(1.0).max(0.0))).collect(), "given");
    }
    let mut ranked: Vec<(&str, f64)> = first.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let centroid = weights::rank_order_centroid(ranked.len());
    let mut out = BTreeMap::new();
    let mut at = 0;
    for tied in ranked.chunk_by(|a, b| a.1 == b.1) {
        let share = centroid[at..at + tied.len()].iter().sum::<f64>() / tied.len() as f64;
        out.extend(tied.iter().map(|(s, _)| (*s, share)));
        at += tied.len();
    }
    (out, "rank_order_centroid")
}

/// What the stakeholders wish of the tasks, by position: every pair of an order, and of wanted priorities.
fn wishes<'s>(scene: &Scene<'s>, rows: &[usize], tasks: &[TaskIx]) -> Vec<(&'s str, u32, u32)> {
    let directives = &scene.snapshot.state.directives;
    let at = |t: &TaskIx| tasks.binary_search(t).ok().map(|i| i as u32);
    let mut out = BTreeSet::new();
    let mut wanted: Vec<(&str, u32, f64)> = Vec::new();
    for d in rows.iter().map(|r| &directives[*r]) {
        let order: Vec<u32> = d.order.iter().filter_map(at).collect();
        for (i, a) in order.iter().enumerate() {
            let rest = &order[i + 1..];
            let rest = if order.len() > MAX_PAIRED { &rest[..rest.len().min(1)] } else { rest };
            out.extend(rest.iter().filter(|b| *b != a).map(|b| (d.stakeholder.as_str(), *a, *b)));
        }
        wanted.extend(d.priority.and_then(|(t, p)| Some((d.stakeholder.as_str(), at(&t)?, p))));
    }
    for (_, a, p) in &wanted {
        // Who wants it lower wants the higher one first.
        out.extend(wanted.iter().filter(|w| w.2 < *p).map(|(who, b, _)| (*who, *a, *b)));
    }
    out.into_iter().collect()
}

fn weighted(wishes: &[(&str, u32, u32)], weight: &BTreeMap<&str, f64>) -> Vec<Wish> {
    let wish = |(who, first, then): &(&str, u32, u32)| Wish { first: *first, then: *then, weight: weight[who] };
    wishes.iter().map(wish).collect()
}

fn one_order(
    scene: &Scene<'_>,
    rows: &[usize],
    tasks: &[TaskIx],
    weight: &BTreeMap<&str, f64>,
    outline: Outline,
) -> Proposal {
    let wishes = wishes(scene, rows, tasks);
    // Items nobody orders, and equally good orders, follow the priorities.
    let mut by_priority: Vec<u32> = (0..tasks.len() as u32).collect();
    let rank = |i: u32| scene.snapshot.task(tasks[i as usize]).priority;
    by_priority.sort_by(|a, b| rank(*b).total_cmp(&rank(*a)).then(a.cmp(b)));
    let mut tie = vec![0; tasks.len()];
    for (i, item) in by_priority.iter().enumerate() {
        tie[*item as usize] = i as u32;
    }
    let found = compromise::order(tasks.len(), &weighted(&wishes, weight), |i| tie[i as usize], &mut { WORK });
    let alternatives = alternatives(scene, rows, tasks, &found.order);
    let ranking = ranking(&alternatives, &wishes, weight);
    let order: Vec<TaskIx> = found.order.iter().map(|i| tasks[*i as usize]).collect();
    let total: f64 = wishes.iter().map(|w| weight[w.0]).sum();
    let ids = || chained(order.iter().map(|t| name(scene, *t)));
    let outline = if weight.len() <= MAX_RANGES && tasks.len() <= 16 {
        outline.param("weight_ranges", ranges(tasks.len(), &wishes, weight, &found.order, &tie))
    } else {
        outline
    };
    let (orders, priorities) = edits(scene, rows, &order);
    outline
        .param("compromise_order", names(scene, &order))
        .param("contradicted_weight", found.contradicted)
        .param("total_weight", total)
        .param("proven_minimal", found.proven_minimal)
        .param("alternatives", ranking)
        .expect(format!(
            "all accept {}; {} of {} of the wishes' weight is contradicted{}",
            ids(),
            number(found.contradicted, 3),
            number(total, 3),
            if found.proven_minimal { ", which no order does less" } else { "" }
        ))
        .step(format!("show the stakeholders the compromise {} beside their own orders", ids()))
        .steps(
            orders
                .iter()
                .map(|r| format!("`{}` takes the compromise over", scene.snapshot.state.directives[*r].stakeholder)),
        )
        .criterion("the directives together have no circle")
        .changes(orders.iter().map(|r| Change::SetOrder(*r, reordered(&scene.snapshot.state.directives[*r], &order))))
        .changes(priorities)
        .touches(rows.iter().map(|r| Thing::Directive(*r)))
        .done()
}

/// An order with the given tasks put in another order at the places that they take.
fn reordered(d: &Directive, order: &[TaskIx]) -> Vec<TaskIx> {
    let mut seen = BTreeSet::new();
    // A task named twice keeps its first place.
    let own: Vec<TaskIx> = d.order.iter().copied().filter(|t| seen.insert(*t)).collect();
    let mut next = order.iter().filter(|t| seen.contains(t));
    let given: BTreeSet<TaskIx> = order.iter().copied().collect();
    own.iter().map(|t| if given.contains(t) { *next.next().unwrap_or(t) } else { *t }).collect()
}

/// Rows whose order changes; and wanted priorities put in line with the compromise, dealt out again in its order.
fn edits(scene: &Scene<'_>, rows: &[usize], order: &[TaskIx]) -> (Vec<usize>, Vec<Change>) {
    let directives = &scene.snapshot.state.directives;
    let differs =
        |r: &usize| !directives[*r].order.is_empty() && reordered(&directives[*r], order) != directives[*r].order;
    let orders = rows.iter().copied().filter(differs).collect();
    let mut wanted: Vec<(TaskIx, usize, f64)> = rows
        .iter()
        .filter_map(|r| directives[*r].priority.map(|(t, p)| (t, *r, p)))
        .filter(|w| order.contains(&w.0))
        .collect();
    let mut levels: Vec<f64> = wanted.iter().map(|w| w.2).collect();
    levels.sort_by(|a, b| b.total_cmp(a));
    wanted.sort_by_key(|w| (order.iter().position(|t| *t == w.0), w.1));
    let dealt = wanted.iter().zip(levels).filter(|(w, level)| w.2 != *level);
    (orders, dealt.map(|(w, level)| Change::SetWish(w.1, level)).collect())
}

/// The compromise, everybody's own order (what they leave open follows the compromise), by name.
fn alternatives(scene: &Scene<'_>, rows: &[usize], tasks: &[TaskIx], compromise: &[u32]) -> BTreeMap<String, Vec<u32>> {
    let mut out = BTreeMap::from([("compromise".to_owned(), compromise.to_vec())]);
    for d in rows.iter().map(|r| &scene.snapshot.state.directives[*r]).filter(|d| !d.order.is_empty()) {
        let order: Vec<TaskIx> = d.order.clone();
        let own = Directive { order: compromise.iter().map(|i| tasks[*i as usize]).collect(), ..d.clone() };
        let told: Vec<TaskIx> = order.into_iter().filter(|t| tasks.binary_search(t).is_ok()).collect();
        let full = reordered(&own, &told);
        let positions = full.iter().filter_map(|t| tasks.binary_search(t).ok().map(|i| i as u32)).collect();
        out.entry(format!("order of {}", d.stakeholder)).or_insert(positions);
    }
    out
}

/// Alternatives by TOPSIS: each stakeholder is a criterion, the share of its wishes that come true its value.
fn ranking(
    alternatives: &BTreeMap<String, Vec<u32>>,
    wishes: &[(&str, u32, u32)],
    weight: &BTreeMap<&str, f64>,
) -> Value {
    let criteria: Vec<Criterion> = weight.values().map(|w| Criterion { weight: *w, benefit: true }).collect();
    let share = |order: &Vec<u32>, who: &str| {
        let own: Vec<Wish> =
            wishes.iter().filter(|w| w.0 == who).map(|w| Wish { first: w.1, then: w.2, weight: 1.0 }).collect();
        if own.is_empty() { 1.0 } else { 1.0 - compromise::contradicted(order, &own) / own.len() as f64 }
    };
    let rows: Vec<Vec<f64>> =
        alternatives.values().map(|order| weight.keys().map(|who| share(order, who)).collect()).collect();
    let closeness = topsis::closeness(&rows, &criteria);
    let mut out: Vec<(f64, &String, &Vec<f64>)> =
        alternatives.keys().zip(&rows).zip(closeness).map(|((name, row), c)| (c, name, row)).collect();
    out.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let row = |(c, name, row): &(f64, &String, &Vec<f64>)| {
        let agreement: BTreeMap<&&str, &f64> = weight.keys().zip(row.iter()).collect();
        json!({"alternative": name, "closeness": (c * 1e6).round() / 1e6, "agreement": agreement})
    };
    out.iter().map(row).collect::<Vec<_>>().into()
}

/// For each stakeholder the weights between which no other order contradicts less, the other weights being equal.
fn ranges(
    items: usize,
    wishes: &[(&str, u32, u32)],
    weight: &BTreeMap<&str, f64>,
    order: &[u32],
    tie: &[u32],
) -> Value {
    let line = |order: &[u32], who: &str| {
        let of = |own: bool| -> Vec<Wish> {
            let side = wishes.iter().filter(|w| (w.0 == who) == own);
            side.map(|w| Wish { first: w.1, then: w.2, weight: if own { 1.0 } else { weight[w.0] } }).collect()
        };
        Line { fixed: compromise::contradicted(order, &of(false)), slope: compromise::contradicted(order, &of(true)) }
    };
    let mut out = serde_json::Map::new();
    for (who, now) in weight {
        let least = |w: f64| {
            let mut changed = weight.clone();
            changed.insert(who, w);
            let found = compromise::order(items, &weighted(wishes, &changed), |i| tie[i as usize], &mut { WORK });
            line(&found.order, who)
        };
        let (low, high) = standing::range(line(order, who), *now, HEAVIEST, least);
        out.insert((*who).to_owned(), json!({"weight": now, "from": low, "to": high}));
    }
    Value::Object(out)
}

/// One priority instead of several: the weighted median of the wishes, from which the weighted sum of distances is
/// least; of two medians the one nearer to the task's own priority.
fn one_priority(
    scene: &Scene<'_>,
    rows: &[usize],
    task: TaskIx,
    weight: &BTreeMap<&str, f64>,
    outline: Outline,
) -> Proposal {
    let directives = &scene.snapshot.state.directives;
    let wanted: Vec<(&str, f64)> =
        rows.iter().filter_map(|r| Some((directives[*r].stakeholder.as_str(), directives[*r].priority?.1))).collect();
    let distance = |p: f64| wanted.iter().map(|(who, q)| weight[who] * (p - q).abs()).sum::<f64>();
    let own = scene.snapshot.task(task).priority;
    let mut levels: Vec<f64> = wanted.iter().map(|w| w.1).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let mut ranked: Vec<(f64, f64, f64)> = levels.iter().map(|p| (distance(*p), (p - own).abs(), *p)).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(b.2.total_cmp(&a.2)));
    let levels: Vec<f64> = ranked.iter().map(|r| r.2).collect();
    let agreed = levels.first().copied().unwrap_or(own);
    let criteria: Vec<Criterion> = weight.values().map(|w| Criterion { weight: *w, benefit: false }).collect();
    let off = |p: f64| -> Vec<f64> {
        weight
            .keys()
            .map(|who| wanted.iter().filter(|w| w.0 == *who).map(|w| (p - w.1).abs()).fold(0.0, f64::max))
            .collect()
    };
    let closeness = topsis::closeness(&levels.iter().map(|p| off(*p)).collect::<Vec<_>>(), &criteria);
    let mut alternatives: Vec<(f64, f64)> = levels.iter().copied().zip(closeness).collect();
    alternatives.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.total_cmp(&a.0)));
    let table: Vec<Value> = alternatives
        .iter()
        .map(
            |(p, c)| json!({"alternative": p, "closeness": (c * 1e6).round() / 1e6, "weighted_distance": distance(*p)}),
        )
        .collect();
    let id = name(scene, task);
    let changed = rows.iter().filter(|r| directives[**r].priority.is_some_and(|p| p.1 != agreed));
    outline
        .param("compromise_priority", agreed)
        .param("contradicted_weight", distance(agreed))
        .param("proven_minimal", true)
        .param("alternatives", table)
        .expect(format!("`{id}` is wanted at {} by all, the weighted median of the wishes", number(agreed, 3)))
        .step(format!("put {} to the stakeholders as the priority of `{id}`", number(agreed, 3)))
        .steps(changed.clone().map(|r| format!("`{}` takes it over", directives[*r].stakeholder)))
        .criterion(format!("every directive wants `{id}` at the same priority"))
        .changes(changed.map(|r| Change::SetWish(*r, agreed)))
        .touches([Thing::Task(task)])
        .done()
}
