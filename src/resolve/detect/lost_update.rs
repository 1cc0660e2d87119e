//! Lost updates: two holders read one version of a data set, then both write the next one; the second write
//! undoes the first (Berenson et al. 1995, phenomenon P4).

use std::collections::BTreeMap;

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::span,
    place::Thing,
    severity::Blocked,
};
use crate::model::{Access, AccessMode, DataIx};

/// Two updates of one version (rows of `state.accesses`), the first one lost.
pub struct Lost {
    /// The data set.
    pub data: DataIx,
    /// The reads, that of the lost update first.
    pub reads: [usize; 2],
    /// The writes, the lost one first.
    pub writes: [usize; 2],
}

/// Every lost update: of the updates of one version, each but the last is lost to the next, O(n log n).
pub fn all(scene: &Scene<'_>) -> Vec<Lost> {
    let rows = &scene.snapshot.state.accesses;
    // The last read of each version by each holder before a moment.
    let mut reads: BTreeMap<(DataIx, &str, u64), Vec<usize>> = BTreeMap::new();
    let mut updates: BTreeMap<(DataIx, u64), Vec<usize>> = BTreeMap::new();
    for (i, a) in rows.iter().enumerate() {
        match (a.mode, a.version) {
            (AccessMode::Read, Some(v)) => reads.entry((a.data, &a.holder, v)).or_default().push(i),
            (AccessMode::Write, Some(v)) if v > 0 => updates.entry((a.data, v)).or_default().push(i),
            _ => {}
        }
    }
    let read_of = |w: usize| {
        let a: &Access = &rows[w];
        let own = reads.get(&(a.data, a.holder.as_str(), a.version? - 1))?;
        own.iter().copied().filter(|r| rows[*r].from <= a.from).max_by_key(|r| (rows[*r].from, *r))
    };
    let mut out = Vec::new();
    for ((data, _), mut writes) in updates {
        writes.sort_by_key(|w| (rows[*w].from, rows[*w].until, &rows[*w].holder, *w));
        let informed: Vec<(usize, usize)> = writes.iter().filter_map(|w| Some((*w, read_of(*w)?))).collect();
        for pair in informed.windows(2).filter(|p| rows[p[0].0].holder != rows[p[1].0].holder) {
            out.push(Lost { data, reads: [pair[0].1, pair[1].1], writes: [pair[0].0, pair[1].0] });
        }
    }
    out
}

/// One conflict per update that is lost.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    out.extend(all(scene).iter().map(|lost| conflict(scene, lost)));
}

fn conflict(scene: &Scene<'_>, lost: &Lost) -> Conflict {
    let rows = &scene.snapshot.state.accesses;
    let id = &scene.snapshot.network.data[lost.data.at()].id;
    let [first, second] = lost.writes.map(|w| &rows[w]);
    let version = first.version.unwrap_or(0);
    let message = format!(
        "`{}` and `{}` both read version {} of `{id}` and wrote version {version}: the update of `{}` is lost",
        first.holder,
        second.holder,
        version.saturating_sub(1),
        first.holder
    );
    let key = [id.clone(), version.to_string(), first.holder.clone(), second.holder.clone()];
    let mut draft = Draft::new(Subtype::LostUpdate, key, message)
        .other(id)
        .holders([&scene.holder(&first.holder), &scene.holder(&second.holder)])
        .weighs(Blocked::AtRisk, 0);
    let [ra, rb] = lost.reads;
    let [wa, wb] = lost.writes;
    for (row, verb) in [(ra, "read"), (rb, "read"), (wa, "wrote"), (wb, "wrote")] {
        let a = &rows[row];
        let version = a.version.unwrap_or(0);
        let fact = format!("`{}` {verb} version {version} {}", a.holder, span(a.from, a.until));
        draft = draft.fact(Thing::Access(row), fact).causes([Thing::Access(row)]);
    }
    draft.build(scene, Case::LostUpdate { data: lost.data, reads: lost.reads, writes: lost.writes })
}
