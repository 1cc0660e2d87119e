//! Lost updates and serialization cycles: the update that undid another is made again on top of it; the cheapest
//! tasks of a cycle start over.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::{Case, Holder},
        change::Change,
        phrases::listed,
        place::Thing,
        rules::victims,
    },
    outline::{Outline, priority},
};
use crate::{
    graph::Directed,
    model::{Access, AccessMode, DataIx},
};

/// Steps of the search for victims.
const WORK: u64 = 20_000;

/// Lost updates and cycles of the serialization graph.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    match &conflict.case {
        Case::LostUpdate { data, reads, writes } => Some(lost(scene, *data, *reads, *writes)),
        Case::Serialization { holders, accesses } => Some(cycle(scene, holders, accesses)),
        _ => None,
    }
}

/// The second writer reads again, and writes the version after the last one. Of several updates of one version each
/// gets its own, in the order of their writes.
fn lost(scene: &Scene<'_>, data: DataIx, reads: [usize; 2], writes: [usize; 2]) -> Proposal {
    let rows = &scene.snapshot.state.accesses;
    let version = |i: usize| rows[i].version.unwrap_or(0);
    let of_data = || rows.iter().enumerate().filter(|(_, a)| a.data == data);
    let contested = version(writes[0]);
    let key = |w: usize| (rows[w].from, rows[w].until, &rows[w].holder, w);
    let same = |a: &Access| a.mode == AccessMode::Write && a.version == Some(contested);
    let mut rivals: Vec<usize> = of_data().filter(|(_, a)| same(a)).map(|x| x.0).collect();
    rivals.sort_by(|a, b| key(*a).cmp(&key(*b)));
    let place = rivals.iter().position(|w| *w == writes[1]).unwrap_or(1).max(1) as u64;
    let greatest = of_data().filter_map(|(_, a)| a.version).max().unwrap_or(contested);
    let base = greatest.saturating_add(place - 1);
    // Room for each rival's read and write before this one, after all that is there.
    // What never ends is over as soon as it began, as far as this goes.
    let end = |w: usize| if rows[w].until < crate::model::NEVER { rows[w].until } else { rows[w].from };
    let own = |w: usize| (end(w) - rows[w].from).max(0);
    let settled = of_data().filter(|(i, _)| !reads.contains(i) && (!rivals.contains(i) || *i == rivals[0]));
    let mut from = settled.map(|(i, _)| end(i)).max().unwrap_or(0);
    for w in rivals.iter().skip(1).take(place as usize - 1) {
        from += 2 * own(*w);
    }
    let (read, write) = ((from, from + own(reads[1])), (from + own(reads[1]), from + own(reads[1]) + own(writes[1])));
    // Where it wrote late enough already, only the read moves.
    let write = if rows[writes[1]].from >= read.1 { (rows[writes[1]].from, rows[writes[1]].until) } else { write };
    let id = &scene.snapshot.network.data[data.at()].id;
    let (first, second) = (&rows[writes[0]].holder, &rows[writes[1]].holder);
    let next = base.saturating_add(1);
    Outline::new("data_synchronization")
        .param("method", "rebase")
        .param("concurrency_control", "optimistic: a write names the version that it was made from")
        .param("reads_version", base)
        .param("writes_version", next)
        .expect(format!("`{id}` has the updates of `{first}` and of `{second}`"))
        .step(format!("`{second}` reads version {base} of `{id}`, with the update of `{first}`"))
        .step(format!("it makes its update again and writes version {next}"))
        .criterion(format!("no two updates of `{id}` start from one version"))
        .changes([Change::SetVersion(reads[1], Some(base)), Change::SetAccessWindow(reads[1], read.0, read.1)])
        .changes([Change::SetVersion(writes[1], Some(next)), Change::SetAccessWindow(writes[1], write.0, write.1)])
        .touches([Thing::Data(data)])
        .done()
}

/// True where the first access has to come before the second in any serial order.
fn before(a: &Access, b: &Access) -> bool {
    if a.data != b.data || a.holder == b.holder || (a.mode == AccessMode::Read && b.mode == AccessMode::Read) {
        return false;
    }
    match (a.version, b.version, a.mode) {
        // Who writes a version comes before its readers; readers before the next writer.
        (Some(x), Some(y), AccessMode::Write) if b.mode == AccessMode::Read => x <= y,
        (Some(x), Some(y), _) => x < y,
        _ => a.until <= b.from,
    }
}

/// The cheapest tasks without which a serial order exists are rolled back and run again.
fn cycle(scene: &Scene<'_>, holders: &[Holder], accesses: &[usize]) -> Proposal {
    let rows = &scene.snapshot.state.accesses;
    let index: BTreeMap<&str, u32> = holders.iter().enumerate().map(|(i, h)| (h.id.as_str(), i as u32)).collect();
    let own: Vec<(u32, &Access)> =
        accesses.iter().filter_map(|r| Some((*index.get(rows[*r].holder.as_str())?, &rows[*r]))).collect();
    let mut arcs: BTreeSet<(u32, u32)> = BTreeSet::new();
    for (a, x) in &own {
        arcs.extend(own.iter().filter(|(_, y)| before(x, y)).map(|(b, _)| (*a, *b)));
    }
    let stuck = |ended: &[bool]| {
        let left = arcs.iter().copied().filter(|(a, b)| !ended[*a as usize] && !ended[*b as usize]);
        let condensed = Directed::new(holders.len(), left).condensed();
        let mut out: Vec<u32> = condensed.cycles.iter().flat_map(|c| condensed.members[*c as usize].clone()).collect();
        out.sort_unstable();
        out
    };
    // A task costs its priority, and what it has done.
    let done = |id: &str| accesses.iter().filter(|r| rows[**r].holder == id).count() as u64;
    let cost = |h: u32| {
        let holder = &holders[h as usize];
        1 + (priority(scene, holder).clamp(0.0, 1e9) * 1000.0) as u64 + done(&holder.id).min(999)
    };
    let found = victims::cheapest(holders.len(), cost, stuck, &mut { WORK });
    let names: Vec<&str> = found.holders.iter().map(|h| holders[*h as usize].id.as_str()).collect();
    let gone: Vec<usize> = accesses.iter().copied().filter(|r| names.contains(&rows[*r].holder.as_str())).collect();
    let costs: Vec<_> =
        (0..holders.len() as u32).map(|h| json!({"holder": holders[h as usize].id, "cost": cost(h)})).collect();
    Outline::new("data_synchronization")
        .param("method", "rollback")
        .param("victims", names.clone())
        .param("victim_costs", costs)
        .param("proven_minimal", found.proven_minimal)
        .expect(format!("the others could have run one after the other; {} run again", listed(names.iter().copied())))
        .steps(names.iter().map(|id| format!("undo the accesses of `{id}` and run it again after the others")))
        .criterion("the serialization graph has no cycle")
        .changes(gone.iter().map(|r| Change::DropAccess(*r)))
        .touches(gone.iter().map(|r| Thing::Data(rows[*r].data)))
        .done()
}
