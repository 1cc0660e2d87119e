//! Good orders of the vertices: the arcs that point backwards are a feedback arc set.

use std::collections::BTreeSet;

use super::component::Component;

/// The arcs that point backwards.
pub(super) fn backward(component: &Component, order: &[u32]) -> Vec<u32> {
    let position = positions(order);
    let back = |i: &u32| {
        let (a, b, _) = component.arcs[*i as usize];
        position[a as usize] > position[b as usize]
    };
    (0..component.arcs.len() as u32).filter(back).collect()
}

fn positions(order: &[u32]) -> Vec<u32> {
    let mut out = vec![0; order.len()];
    order.iter().enumerate().for_each(|(i, v)| out[*v as usize] = i as u32);
    out
}

/// An order found by [`constructed`], sifted, then bettered by forcing single backward arcs forwards.
pub(super) fn good(component: &Component, work: &mut u64) -> Vec<u32> {
    let weights: Vec<i64> = component.arcs.iter().map(|a| a.2).collect();
    let mut best = constructed(component, &weights);
    let share = *work / 4;
    let mut left = share;
    let mut value = sift(component, &mut best, &mut left);
    let mut i = 0;
    // Each backward arc in turn: its begin goes right before its end, and the rest follows.
    let mut back = backward(component, &best);
    while i < back.len() && left > 0 {
        let (from, to, _) = component.arcs[back[i] as usize];
        let mut other = best.clone();
        other.retain(|v| *v != from);
        let at = other.iter().position(|v| *v == to).unwrap_or(0);
        other.insert(at, from);
        let found = sift_all_but(component, &mut other, from, &mut left);
        i += 1;
        if found < value {
            (best, value, i) = (other, found, 0);
            back = backward(component, &best);
        }
    }
    *work -= share - left;
    best
}

/// The order of Eades, Lin, Smyth 1993, *A fast and effective heuristic for the feedback arc set problem*, with
/// weights: sinks go last, sources first, else whoever sends most more than it receives. O((n + m) log n).
pub(super) fn constructed(component: &Component, weights: &[i64]) -> Vec<u32> {
    let n = component.vertices();
    let sum = |arcs: &Vec<u32>| arcs.iter().map(|a| weights[*a as usize]).sum::<i64>();
    let (mut sent, mut received): (Vec<i64>, Vec<i64>) =
        (component.out.iter().map(sum).collect(), component.into.iter().map(sum).collect());
    let mut there = vec![true; n];
    let mut surplus: BTreeSet<(i64, u32)> = (0..n).map(|v| (received[v] - sent[v], v as u32)).collect();
    let mut ends: BTreeSet<(bool, u32)> = BTreeSet::new();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    while !surplus.is_empty() {
        let (v, sink) = match ends.pop_first() {
            Some((source, v)) => (v, !source),
            None => (surplus.first().map_or(0, |s| s.1), false),
        };
        surplus.remove(&(received[v as usize] - sent[v as usize], v));
        ends.remove(&(true, v));
        ends.remove(&(false, v));
        there[v as usize] = false;
        if sink {
            last.push(v);
        } else {
            first.push(v);
        }
        for (arcs, outward) in [(&component.out[v as usize], true), (&component.into[v as usize], false)] {
            for arc in arcs {
                let (a, b, _) = component.arcs[*arc as usize];
                let other = if outward { b } else { a };
                let at = other as usize;
                if !there[at] {
                    continue;
                }
                surplus.remove(&(received[at] - sent[at], other));
                let side = if outward { &mut received } else { &mut sent };
                side[at] -= weights[*arc as usize];
                surplus.insert((received[at] - sent[at], other));
                if sent[at] == 0 || received[at] == 0 {
                    ends.insert((sent[at] != 0, other));
                }
            }
        }
    }
    last.reverse();
    [first, last].concat()
}

/// Moves single vertices to where they cause the least backward weight until none gains, or the work is used
/// up; returns the weight that points backwards.
pub(super) fn sift(component: &Component, order: &mut [u32], work: &mut u64) -> i64 {
    sift_all_but(component, order, u32::MAX, work)
}

/// Sifting (Matuszewski, Schönfeld, Molitor 1999) that looks at one vertex last of all.
fn sift_all_but(component: &Component, order: &mut [u32], late: u32, work: &mut u64) -> i64 {
    let mut position = positions(order);
    let mut value = component.weigh(&backward(component, order));
    loop {
        let mut gained = false;
        let mut turn: Vec<u32> = (0..order.len() as u32).filter(|v| *v != late).collect();
        turn.extend((late != u32::MAX).then_some(late));
        *work = work.saturating_sub(1 + (component.arcs.len() as u64 + turn.len() as u64) / 250);
        for v in turn {
            let (gain, to) = best_place(component, &position, v);
            if gain > 0 {
                value -= gain;
                gained = true;
                shift(order, &mut position, v, to);
            }
        }
        if !gained || *work == 0 {
            return value;
        }
    }
}

/// By how much less would point backwards if a vertex stood at its best place, and that place.
fn best_place(component: &Component, position: &[u32], v: u32) -> (i64, u32) {
    let here = position[v as usize];
    // What a neighbour to the left costs when v is put before it; what one to the right costs when behind.
    let mut left: Vec<(u32, i64)> = Vec::new();
    let mut right: Vec<(u32, i64)> = Vec::new();
    for (arcs, outward) in [(&component.out[v as usize], true), (&component.into[v as usize], false)] {
        for arc in arcs {
            let (a, b, w) = component.arcs[*arc as usize];
            let at = position[if outward { b } else { a } as usize];
            if at < here {
                left.push((at, if outward { -w } else { w }));
            } else {
                right.push((at, if outward { w } else { -w }));
            }
        }
    }
    left.sort_unstable_by_key(|x| std::cmp::Reverse(x.0));
    right.sort_unstable_by_key(|x| x.0);
    let mut best = (0, here);
    for side in [left, right] {
        let (mut cost, mut i) = (0, 0);
        while i < side.len() {
            let at = side[i].0;
            while i < side.len() && side[i].0 == at {
                cost += side[i].1;
                i += 1;
            }
            if -cost > best.0 {
                best = (-cost, at);
            }
        }
    }
    best
}

/// Puts a vertex at a place; those between move by one.
fn shift(order: &mut [u32], position: &mut [u32], v: u32, to: u32) {
    let from = position[v as usize];
    let (low, high) = (from.min(to) as usize, from.max(to) as usize);
    if from < to {
        order[low..=high].rotate_left(1);
    } else {
        order[low..=high].rotate_right(1);
    }
    (low..=high).for_each(|i| position[order[i] as usize] = i as u32);
}
