//! Transport: whether supplies fit into rooms along permitted pairs, and which supplies are too much together.

use petgraph::{algo::dinics, graph::DiGraph};

/// Supplies that do not fit together: the source side of a minimum cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// Supplies that together exceed everything they may go into, ascending.
    pub supplies: Vec<u32>,
    /// The rooms that any of them may go into, ascending.
    pub rooms: Vec<u32>,
}

/// `None` where every supply fits, split at will, into the rooms it may go into; else a set that cannot (Hall
/// 1935; Ford, Fulkerson 1956). First a greedy fill, the supplies with the fewest choices first; only where that
/// fails a maximum flow (Dinic 1970, by petgraph). `pairs` are in order.
pub fn shortage(supplies: &[u64], rooms: &[u64], pairs: &[(u32, u32)]) -> Option<Shortage> {
    if greedy_fits(supplies, rooms, pairs) {
        return None;
    }
    let mut graph: DiGraph<(), u64> = DiGraph::with_capacity(supplies.len() + rooms.len() + 2, pairs.len());
    let (source, sink) = (graph.add_node(()), graph.add_node(()));
    let from: Vec<_> = supplies.iter().map(|_| graph.add_node(())).collect();
    let into: Vec<_> = rooms.iter().map(|_| graph.add_node(())).collect();
    for (s, r) in pairs {
        graph.add_edge(from[*s as usize], into[*r as usize], supplies[*s as usize]);
    }
    for (v, n) in from.iter().zip(supplies) {
        graph.add_edge(source, *v, *n);
    }
    for (v, n) in into.iter().zip(rooms) {
        graph.add_edge(*v, sink, *n);
    }
    let (_, flow) = dinics(&graph, source, sink);
    let on_pair = &flow[..pairs.len()];
    let sent = &flow[pairs.len()..pairs.len() + supplies.len()];
    // What the residual graph reaches from supplies that are not sent whole.
    let mut seen_supply: Vec<bool> = sent.iter().zip(supplies).map(|(f, n)| f < n).collect();
    if !seen_supply.contains(&true) {
        return None;
    }
    let mut seen_room = vec![false; rooms.len()];
    let mut grows = true;
    while grows {
        grows = false;
        for ((s, r), f) in pairs.iter().zip(on_pair) {
            let (s, r) = (*s as usize, *r as usize);
            if seen_supply[s] && !seen_room[r] && supplies[s] > 0 {
                seen_room[r] = true;
                grows = true;
            }
            if seen_room[r] && !seen_supply[s] && *f > 0 {
                seen_supply[s] = true;
                grows = true;
            }
        }
    }
    let marked = |seen: &[bool]| (0..seen.len() as u32).filter(|i| seen[*i as usize]).collect();
    Some(Shortage { supplies: marked(&seen_supply), rooms: marked(&seen_room) })
}

fn greedy_fits(supplies: &[u64], rooms: &[u64], pairs: &[(u32, u32)]) -> bool {
    let mut first = vec![pairs.len(); supplies.len() + 1];
    for (i, (s, _)) in pairs.iter().enumerate().rev() {
        first[*s as usize] = i;
    }
    for s in (0..supplies.len()).rev() {
        first[s] = first[s].min(first[s + 1]);
    }
    let mut order: Vec<usize> = (0..supplies.len()).collect();
    order.sort_by_key(|s| (first[s + 1] - first[*s], *s));
    let mut left = rooms.to_vec();
    order.into_iter().all(|s| {
        let mut want = supplies[s];
        for (_, r) in &pairs[first[s]..first[s + 1]] {
            let take = want.min(left[*r as usize]);
            left[*r as usize] -= take;
            want -= take;
            if want == 0 {
                break;
            }
        }
        want == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_only_by_giving_way_fits() {
        // Greedy puts the first into the first room, which the second needs.
        let pairs = [(0, 0), (0, 1), (1, 0), (1, 2), (2, 0), (2, 1)];
        assert_eq!(shortage(&[2, 2, 2], &[2, 2, 2], &pairs), None);
    }

    #[test]
    fn a_shortage_names_the_supplies_that_share_too_little() {
        let pairs = [(0, 0), (1, 0), (1, 1), (2, 1), (3, 2)];
        let found = shortage(&[3, 3, 3, 1], &[4, 4, 9], &pairs);
        assert_eq!(found, Some(Shortage { supplies: vec![0, 1, 2], rooms: vec![0, 1] }));
    }
}
