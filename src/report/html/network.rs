//! What hangs on what: nodes where forces put them (Fruchterman and Reingold 1991), bottlenecks by colour and shape.

use std::collections::BTreeMap;

use super::svg::{Svg, fit};
use crate::report::{Diagram, DiagramEdge, DiagramNode, Shape, Stroke, Tone, grouped, plural};

/// Most nodes drawn one by one; beyond, a cluster is one node, and only what stands out is drawn beside it.
const MOST: usize = 220;
/// Most edges drawn.
const MOST_EDGES: usize = 1500;
/// Rounds of moving the nodes.
const ROUNDS: usize = 220;

const WIDTH: f64 = 1040.0;
const HEIGHT: f64 = 640.0;
const MARGIN: f64 = 56.0;

/// Draws a diagram, and says what it leaves out.
pub fn draw(diagram: &Diagram, id: &str) -> (String, String) {
    let summed = (diagram.nodes.len() > MOST).then(|| summed_up(diagram));
    let (shown, sizes) = summed.as_ref().map_or((diagram, &[][..]), |(d, sizes)| (d, sizes));
    let edges = &shown.edges[..shown.edges.len().min(MOST_EDGES)];
    let at = layout(shown, edges);
    let mut svg = Svg::new(WIDTH, HEIGHT);
    for e in edges.iter().rev() {
        edge(&mut svg, e, at[e.from], at[e.to]);
    }
    for (i, node) in shown.nodes.iter().enumerate() {
        match sizes.get(i) {
            Some(n @ 1..) => cluster(&mut svg, node, at[i], *n),
            _ => draw_node(&mut svg, node, at[i], shown.nodes.len()),
        }
    }
    let bad = diagram.nodes.iter().filter(|n| n.tone == Tone::Bad).count();
    let bridges = diagram.edges.iter().filter(|e| e.tone == Tone::Bad).count();
    let words = format!(
        "{} and {}; {} whose loss splits the network, {} without which it splits.",
        plural(diagram.nodes.len(), "node"),
        plural(diagram.edges.len(), "edge"),
        plural(bad, "node"),
        plural(bridges, "edge"),
    );
    let mut note = String::new();
    if summed.is_some() {
        note =
            "So many nodes are summed up: a circle is a cluster, its size the number of its nodes; bottlenecks stand \
                beside them."
                .into();
    }
    if edges.len() < shown.edges.len() {
        note.extend([" ", &grouped(edges.len()), " of ", &grouped(shown.edges.len()), " edges are drawn."]);
    }
    (svg.finish(id, &diagram.title, &words), note)
}

/// Clusters as nodes, with what stands out left as it is; and how many nodes each stands for, 0 for a node of its own.
fn summed_up(diagram: &Diagram) -> (Diagram, Vec<usize>) {
    let mut out = Diagram { title: diagram.title.clone(), groups: diagram.groups.clone(), ..Diagram::default() };
    let mut place = vec![0; diagram.nodes.len()];
    let mut clusters: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    let mut sizes: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for node in &diagram.nodes {
        *sizes.entry(node.group).or_default() += 1;
    }
    let (mut kept, mut stands_for) = (0, Vec::new());
    for (i, node) in diagram.nodes.iter().enumerate() {
        if node.tone == Tone::Bad && kept < MOST / 4 {
            kept += 1;
            place[i] = out.nodes.len();
            out.nodes.push(node.clone());
            stands_for.push(0);
            continue;
        }
        let label = node.group.and_then(|g| diagram.groups.get(g)).map_or("outside the network", String::as_str);
        let label = format!("{label}: {}", grouped(sizes[&node.group]));
        place[i] = *clusters.entry(node.group).or_insert_with(|| {
            let cluster = DiagramNode { label, group: node.group, shape: Shape::Round, tone: Tone::Plain };
            out.nodes.push(cluster);
            stands_for.push(sizes[&node.group]);
            out.nodes.len() - 1
        });
    }
    let mut seen: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for e in &diagram.edges {
        let (from, to) = (place[e.from].min(place[e.to]), place[e.from].max(place[e.to]));
        if from == to {
            continue;
        }
        let known = *seen.entry((from, to)).or_insert(out.edges.len());
        if known == out.edges.len() {
            let tone = e.tone;
            out.edges.push(DiagramEdge { from, to, label: String::new(), stroke: Stroke::Line, tone });
        }
    }
    (out, stands_for)
}

/// Where each node stands. Nodes of one group begin beside each other; the rest is springs along edges and a push
/// between all, cooling down. The same input gives the same places: no chance, and no order but that of the nodes.
fn layout(diagram: &Diagram, edges: &[DiagramEdge]) -> Vec<[f64; 2]> {
    let n = diagram.nodes.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|i| (diagram.nodes[*i].group.map_or(usize::MAX, |g| g), *i));
    let mut at = vec![[0.0, 0.0]; n];
    for (rank, i) in order.iter().enumerate() {
        let angle = 2.0 * std::f64::consts::PI * rank as f64 / n.max(1) as f64;
        at[*i] = [libm::cos(angle), libm::sin(angle)];
    }
    let ideal = 1.6 / libm::sqrt(n.max(1) as f64);
    // Where much is joined, each edge pulls less, else all would be one knot.
    let spring = 2.0 / (1.0 + 2.0 * edges.len() as f64 / n.max(1) as f64);
    for round in 0..ROUNDS {
        let heat = 0.12 * (1.0 - round as f64 / ROUNDS as f64);
        let pull = forces(&at, edges, ideal, spring);
        for (place, [x, y]) in at.iter_mut().zip(pull) {
            let size = libm::sqrt(x * x + y * y).max(1e-9);
            let step = size.min(heat) / size;
            *place = [place[0] + x * step, place[1] + y * step];
        }
    }
    stretch(&mut at);
    at
}

fn forces(at: &[[f64; 2]], edges: &[DiagramEdge], ideal: f64, spring: f64) -> Vec<[f64; 2]> {
    let mut out = vec![[0.0, 0.0]; at.len()];
    for i in 0..at.len() {
        for j in i + 1..at.len() {
            let (x, y) = (at[i][0] - at[j][0], at[i][1] - at[j][1]);
            let square = (x * x + y * y).max(1e-6);
            let push = ideal * ideal / square;
            out[i] = [out[i][0] + x * push, out[i][1] + y * push];
            out[j] = [out[j][0] - x * push, out[j][1] - y * push];
        }
        // Parts that nothing joins stay on the page.
        out[i] = [out[i][0] - 1.2 * at[i][0], out[i][1] - 1.2 * at[i][1]];
    }
    for e in edges {
        let (a, b) = (e.from, e.to);
        let (x, y) = (at[a][0] - at[b][0], at[a][1] - at[b][1]);
        let pull = spring * libm::sqrt(x * x + y * y) / ideal;
        out[a] = [out[a][0] - x * pull, out[a][1] - y * pull];
        out[b] = [out[b][0] + x * pull, out[b][1] + y * pull];
    }
    out
}

/// Fills the drawing.
fn stretch(at: &mut [[f64; 2]]) {
    for (axis, size) in [(0, WIDTH), (1, HEIGHT)] {
        let low = at.iter().map(|p| p[axis]).fold(f64::INFINITY, f64::min);
        let high = at.iter().map(|p| p[axis]).fold(f64::NEG_INFINITY, f64::max);
        let margin = if axis == 0 { 2.0 * MARGIN } else { MARGIN };
        for p in at.iter_mut() {
            let share = if high - low > 1e-9 { (p[axis] - low) / (high - low) } else { 0.5 };
            p[axis] = margin + share * (size - 2.0 * margin);
        }
    }
}

fn edge(svg: &mut Svg, e: &DiagramEdge, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) {
    let class = match (e.tone, e.stroke) {
        (Tone::Bad, _) => "edge bridge",
        (_, Stroke::Dashed) => "edge dashed",
        _ => "edge",
    };
    svg.line(class, [x1, y1, x2, y2]);
    if e.stroke == Stroke::Line {
        return;
    }
    // The head of an arrow, short of the node.
    let (x, y) = (x2 - x1, y2 - y1);
    let length = libm::sqrt(x * x + y * y).max(1e-9);
    let (ux, uy) = (x / length, y / length);
    let tip = [x2 - 9.0 * ux, y2 - 9.0 * uy];
    let back = [tip[0] - 7.0 * ux, tip[1] - 7.0 * uy];
    let wings = [[back[0] - 3.0 * uy, back[1] + 3.0 * ux], [back[0] + 3.0 * uy, back[1] - 3.0 * ux]];
    svg.shape("head", &[tip, wings[0], wings[1]], false, "");
}

/// A cluster: a circle whose area is the number of its nodes.
fn cluster(svg: &mut Svg, node: &DiagramNode, [x, y]: [f64; 2], n: usize) {
    let r = (4.0 + 1.6 * libm::sqrt(n as f64)).min(34.0);
    svg.circle("node", [x, y], r, &node.label);
    svg.text("name", [x, y + r + 14.0], &fit(&node.label, 170.0));
}

fn draw_node(svg: &mut Svg, node: &DiagramNode, [x, y]: [f64; 2], count: usize) {
    let tip = match node.tone {
        Tone::Bad => format!("{}: its loss splits the network", node.label),
        Tone::Warn => format!("{}: the only one with some capability", node.label),
        Tone::Plain | Tone::Good => node.label.clone(),
    };
    let r: f64 = if count > 80 { 5.0 } else { 7.0 };
    let ring = |n: usize, r: f64, turn: f64| -> Vec<[f64; 2]> {
        let angle = |i: usize| turn + 2.0 * std::f64::consts::PI * i as f64 / n as f64;
        (0..n).map(|i| [x + r * libm::sin(angle(i)), y - r * libm::cos(angle(i))]).collect()
    };
    match (node.tone, node.shape) {
        (Tone::Bad, _) => svg.shape("node bad", &ring(4, r + 4.0, 0.0), false, &tip),
        (Tone::Warn, _) => svg.shape("node warn", &ring(3, r + 3.0, 0.0), false, &tip),
        (_, Shape::Box) => svg.circle("node", [x, y], r, &tip),
        (_, Shape::Round) => svg.shape("node zone", &ring(6, r + 2.0, 0.0), false, &tip),
        (_, Shape::Barrel) => svg.rect("node service", [x - r, y - r, 2.0 * r, 2.0 * r], &tip),
    }
    if count <= 80 || node.tone == Tone::Bad {
        svg.text("name", [x, y + r + 15.0], &fit(&node.label, 130.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn large(n: usize) -> Diagram {
        let node = |i: usize| DiagramNode {
            label: format!("n{i}"),
            group: Some(i % 9),
            shape: Shape::Box,
            tone: if i == 7 { Tone::Bad } else { Tone::Plain },
        };
        let edge = |i: usize| DiagramEdge {
            from: i,
            to: (i * 7 + 1) % n,
            label: String::new(),
            stroke: Stroke::Line,
            tone: Tone::Plain,
        };
        Diagram {
            title: "map".into(),
            groups: (0..9).map(|i| format!("cluster {i}")).collect(),
            nodes: (0..n).map(node).collect(),
            edges: (0..n).map(edge).collect(),
        }
    }

    #[test]
    fn many_nodes_are_summed_up_by_cluster() {
        let (svg, note) = draw(&large(5000), "p");
        assert!(svg.len() < 20_000 && note.contains("summed up"), "{}", svg.len());
        assert!(svg.contains("cluster 3: 556") && svg.contains("n7: its loss splits"), "{svg}");
        let (svg, note) = draw(&large(40), "p");
        assert_eq!((svg.matches("class=\"node\"").count(), note.as_str()), (39, ""));
    }

    #[test]
    fn places_are_on_the_page_and_apart() {
        let d = large(60);
        let at = layout(&d, &d.edges);
        assert!(at.iter().all(|[x, y]| (0.0..=WIDTH).contains(x) && (0.0..=HEIGHT).contains(y)));
        let near = |i: usize, j: usize| libm::hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]) < 4.0;
        assert!((0..60).all(|i| (0..i).all(|j| !near(i, j))), "{at:?}");
        assert_eq!(layout(&d, &d.edges), at);
    }
}
