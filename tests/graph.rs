//! Cuts, betweenness and communities beside brute force, and beside the oracle of published graphs.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

#[path = "support/published.rs"]
#[allow(dead_code, reason = "only the folder is needed")]
mod published;

use std::{collections::BTreeMap, fs};

use orch::graph::Activity;
use orch::graph::{Cuts, Directed, Schedule, Undirected, betweenness, betweenness_on, communities, modularity};
use proptest::prelude::*;
use serde_json::Value;

/// Distances and numbers of shortest paths between all pairs, by relaxing until nothing changes.
fn all_pairs(n: usize, edges: &[(u32, u32, u64)]) -> (Vec<Vec<u64>>, Vec<Vec<f64>>) {
    let mut length = vec![vec![u64::MAX; n]; n];
    for (a, b, x) in edges {
        for (a, b) in [(*a as usize, *b as usize), (*b as usize, *a as usize)] {
            length[a][b] = length[a][b].min(*x);
        }
    }
    let mut far = length.clone();
    (0..n).for_each(|v| far[v][v] = 0);
    for k in 0..n {
        for a in 0..n {
            for b in 0..n {
                far[a][b] = far[a][b].min(far[a][k].saturating_add(far[k][b]));
            }
        }
    }
    let mut paths = vec![vec![0.0; n]; n];
    for s in 0..n {
        let mut order: Vec<usize> = (0..n).filter(|v| far[s][*v] < u64::MAX).collect();
        order.sort_by_key(|v| far[s][*v]);
        paths[s][s] = 1.0;
        for &v in &order[1..] {
            let last = |u: &usize| {
                *u != v && length[*u][v] < u64::MAX && far[s][*u].saturating_add(length[*u][v]) == far[s][v]
            };
            paths[s][v] = (0..n).filter(last).map(|u| paths[s][u]).sum();
        }
    }
    (far, paths)
}

fn brute_betweenness(n: usize, edges: &[(u32, u32, u64)]) -> Vec<f64> {
    let (far, paths) = all_pairs(n, edges);
    let mut out = vec![0.0; n];
    for v in 0..n {
        for s in (0..n).filter(|s| *s != v) {
            for t in (s + 1..n).filter(|t| *t != v) {
                if far[s][v].saturating_add(far[v][t]) == far[s][t] && far[s][t] < u64::MAX {
                    out[v] += paths[s][v] * paths[v][t] / paths[s][t];
                }
            }
        }
        if n > 2 {
            out[v] *= 2.0 / ((n as f64 - 1.0) * (n as f64 - 2.0));
        }
    }
    out
}

fn count_components(n: usize, edges: &[(u32, u32)], without: Option<u32>) -> usize {
    let mut part: Vec<usize> = (0..n).collect();
    for _ in 0..n {
        for (a, b) in edges.iter().filter(|(a, b)| Some(*a) != without && Some(*b) != without) {
            let least = part[*a as usize].min(part[*b as usize]);
            (part[*a as usize], part[*b as usize]) = (least, least);
        }
    }
    (0..n).filter(|v| part[*v] == *v && Some(*v as u32) != without).count()
}

fn close(a: &[f64], b: &[f64], by: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() <= by)
}

/// Vertices, and edges with lengths; few lengths, so that many paths are equally long.
fn graphs() -> impl Strategy<Value = (usize, Vec<(u32, u32, u64)>)> {
    (1..14_usize).prop_flat_map(|n| {
        let end = 0..n as u32;
        (Just(n), prop::collection::vec((end.clone(), end, 1..4_u64), 0..24))
    })
}

fn plain(edges: &[(u32, u32, u64)]) -> Vec<(u32, u32)> {
    edges.iter().map(|e| (e.0, e.1)).collect()
}

proptest! {
    #[test]
    fn betweenness_is_what_brute_force_finds((n, edges) in graphs()) {
        let ones: Vec<_> = edges.iter().map(|e| (e.0, e.1, 1)).collect();
        let g = Undirected::new(n, plain(&edges));
        prop_assert!(close(&betweenness(&g, &Cuts::of(&g)), &brute_betweenness(n, &ones), 1e-12));
        let far: Vec<_> = edges.iter().map(|e| (e.0, e.1, e.2 as f64 / 10.0)).collect();
        let g = Undirected::with_lengths(n, &far);
        prop_assert!(close(&betweenness(&g, &Cuts::of(&g)), &brute_betweenness(n, &edges), 1e-12));
    }

    #[test]
    fn cuts_are_what_removal_shows((n, edges) in graphs()) {
        let g = Undirected::new(n, plain(&edges));
        let cuts = Cuts::of(&g);
        let whole = count_components(n, g.edges(), None);
        prop_assert_eq!(cuts.components, whole);
        let points: Vec<u32> =
            (0..n as u32).filter(|v| count_components(n, g.edges(), Some(*v)) > whole).collect();
        prop_assert_eq!(&cuts.points, &points);
        let without = |e: &(u32, u32)| g.edges().iter().copied().filter(|o| o != e).collect::<Vec<_>>();
        let bridges: Vec<(u32, u32)> =
            g.edges().iter().copied().filter(|e| count_components(n, &without(e), None) > whole).collect();
        prop_assert_eq!(&cuts.bridges, &bridges);
        for v in 0..n as u32 {
            let pieces = cuts.pieces(v);
            let mut sizes: Vec<u64> = pieces.iter().map(|p| p.iter().map(|r| r.len() as u64).sum()).collect();
            let mut quick = cuts.piece_sizes(v);
            sizes.sort_unstable();
            quick.sort_unstable();
            prop_assert_eq!(sizes, quick);
            let mut all: Vec<u32> =
                pieces.into_iter().flatten().flatten().map(|i| cuts.order[i]).chain([v]).collect();
            let mut own: Vec<u32> = cuts.component(v).map(|i| cuts.order[i]).collect();
            all.sort_unstable();
            own.sort_unstable();
            prop_assert_eq!(all, own);
        }
    }

    #[test]
    fn communities_are_a_partition_with_the_modularity_told((n, edges) in graphs()) {
        let g = Undirected::new(n, plain(&edges));
        let found = communities(&g);
        let mut all: Vec<u32> = found.members.iter().flatten().copied().collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..n as u32).collect::<Vec<_>>());
        let mut part = vec![0; n];
        for (c, members) in found.members.iter().enumerate() {
            for v in members {
part[*v as usize] = c as u32;
}
            // No community falls apart: what Leiden promises.
            let inner: Vec<(u32, u32)> =
                g.edges().iter().copied().filter(|(a, b)| members.contains(a) && members.contains(b)).collect();
            let alone = n - members.len();
            prop_assert_eq!(count_components(n, &inner, None), alone + 1);
        }
        prop_assert_eq!(found.modularity, modularity(&g, &part));
    }

    #[test]
    fn slack_and_longest_paths_are_what_enumeration_finds((n, edges) in graphs()) {
        // From smaller to larger: no cycles.
        let arcs: Vec<(u32, u32)> = edges.iter().filter(|e| e.0 < e.1).map(|e| (e.0, e.1)).collect();
        let s = Schedule::new(&Directed::new(n, arcs.iter().copied()));
        let activities: Vec<Activity> =
            (0..n).map(|v| Activity { duration: (v as i64 * 7) % 5, ..Activity::default() }).collect();
        let merged = s.merged(&activities);
        let times = s.times(&merged);
        // Every path, by extension.
        let mut paths: Vec<Vec<u32>> = (0..n as u32).map(|v| vec![v]).collect();
        let mut next = 0;
        while next < paths.len() && paths.len() < 20_000 {
            let path = paths[next].clone();
            let ahead = arcs.iter().filter(|a| a.0 == *path.last().unwrap());
            let longer: Vec<Vec<u32>> = ahead.map(|a| [&path[..], &[a.1]].concat()).collect();
            paths.extend(longer);
            next += 1;
        }
        let length = |p: &[u32]| p.iter().map(|v| activities[*v as usize].duration).sum::<i64>();
        let most = paths.iter().map(|p| length(p)).max().unwrap();
        prop_assert_eq!(times.end, most);
        prop_assert_eq!(s.longest(&merged)[0].0, most);
        for v in 0..n as u32 {
            let c = s.condensed.component[v as usize] as usize;
            let through = paths.iter().filter(|p| p.contains(&v)).map(|p| length(p)).max().unwrap();
            prop_assert_eq!(times.late[c] - times.early[c], most - through);
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let n = 300_u32;
    let edges: Vec<(u32, u32, f64)> =
        (0..1500_u32).map(|i| (i * 7919 % n, i * 104_729 % 7 * 43 % n, f64::from(i % 5) / 10.0 + 0.1)).collect();
    for g in
        [Undirected::with_lengths(n as usize, &edges), Undirected::new(n as usize, edges.iter().map(|e| (e.0, e.1)))]
    {
        let cuts = Cuts::of(&g);
        let one = betweenness_on(1, &g, &cuts);
        for threads in [2, 3, 7, 64] {
            assert!(betweenness_on(threads, &g, &cuts).iter().zip(&one).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }
}

#[test]
fn more_paths_than_a_float_can_count() {
    // Layers of two, each joined to the next in all four ways: 2^1999 shortest paths from end to end.
    let layers = 2000_u32;
    let edges = (1..layers).flat_map(|l| [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(a, b)| (2 * l - 2 + a, 2 * l + b)));
    let g = Undirected::new(2 * layers as usize, edges);
    let found = betweenness(&g, &Cuts::of(&g));
    assert!(found.iter().all(|x| x.is_finite()));
    // Both of a layer share what passes it; the middle one passes most.
    let n = f64::from(2 * layers);
    let (before, after) = (2.0 * 999.0, 2.0 * 1000.0);
    // One of the two neighbours in the layer is reached from the other by four equal detours.
    let passing = before * after / 2.0;
    let expected = 2.0 * passing / ((n - 1.0) * (n - 2.0));
    assert!((found[2 * 999] - expected).abs() < 1e-6, "{} {expected}", found[2 * 999]);
}

#[test]
fn published_graphs_have_the_oracle_s_figures() {
    let Some(folder) = published::folder() else {
        eprintln!("no published graphs beside the repository; nothing compared");
        return;
    };
    let mut seen = 0;
    let mut files: Vec<_> = fs::read_dir(folder.join("topology")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in files {
        let doc: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let names: Vec<&str> = doc["nodes"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        let place: BTreeMap<&str, u32> = names.iter().copied().zip(0..).collect();
        let ends = |e: &Value| (place[e[0].as_str().unwrap()], place[e[1].as_str().unwrap()]);
        let g = Undirected::new(names.len(), doc["edges"].as_array().unwrap().iter().map(ends));
        let cuts = Cuts::of(&g);
        let oracle = &doc["oracle"];
        for (name, x) in names.iter().zip(betweenness(&g, &cuts)) {
            let known = oracle["betweenness"][name].as_f64().unwrap();
            assert!((x - known).abs() <= 1e-9, "{}: {name} {x} {known}", file.display());
        }
        let mut points: Vec<&str> = cuts.points.iter().map(|v| names[*v as usize]).collect();
        points.sort_unstable();
        assert_eq!(serde_json::json!(points), oracle["articulation_points"]);
        let mut bridges: Vec<[&str; 2]> =
            cuts.bridges.iter().map(|(a, b)| [names[*a as usize], names[*b as usize]]).collect();
        for b in &mut bridges {
            b.sort_unstable();
        }
        bridges.sort_unstable();
        assert_eq!(serde_json::json!(bridges), oracle["bridges"]);
        let (found, best) = (communities(&g).modularity, oracle["modularity_louvain_best"].as_f64().unwrap());
        assert!(found >= best - 0.01, "{}: {found} {best}", file.display());
        seen += 1;
    }
    assert!(seen >= 8);
}
