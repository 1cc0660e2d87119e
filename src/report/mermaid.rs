//! Mermaid's flowchart, within what GitHub draws: a part of a diagram where it is too large, and a note that says so.

use std::fmt::Write;

use super::{
    Tone,
    diagram::{Diagram, DiagramEdge, Shape, Stroke},
    grouped,
};

/// Characters at most (`maxTextSize` of Mermaid, which GitHub keeps).
pub const MAX_CHARACTERS: usize = 50_000;
/// Edges at most (`maxEdges` of Mermaid).
pub const MAX_EDGES: usize = 500;
/// Characters kept for the head, the note and the styles.
const KEPT: usize = 600;
/// Longest label.
const MAX_LABEL: usize = 60;

/// Writes as much of a diagram as fits: edges in their order with their nodes, then further nodes.
pub fn to_mermaid(diagram: &Diagram) -> String {
    let chosen = Chosen::of(diagram);
    let mut out = format!("---\ntitle: {}\n---\nflowchart LR\n", quoted(&diagram.title));
    if let Some(note) = chosen.note(diagram) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  %% {note}\n  note[{}]:::warn", quoted(&note));
    }
    let (alone, groups) = diagram.grouped();
    for (g, members) in groups.iter().enumerate() {
        if members.iter().any(|i| chosen.nodes[*i]) {
            out += &open_group(diagram, g);
            members.iter().filter(|i| chosen.nodes[**i]).for_each(|i| out += &node(diagram, *i));
            out += CLOSE_GROUP;
        }
    }
    alone.iter().filter(|i| chosen.nodes[**i]).for_each(|i| out += &node(diagram, *i));
    diagram.edges[..chosen.edges].iter().for_each(|e| out += &edge(e));
    out += "  classDef bad stroke:#c00,stroke-width:3px\n  classDef warn stroke:#d80,stroke-width:2px\n";
    out
}

const CLOSE_GROUP: &str = "  end\n";

fn open_group(diagram: &Diagram, g: usize) -> String {
    format!("  subgraph g{g} [{}]\n", quoted(&diagram.groups[g]))
}

fn node(diagram: &Diagram, i: usize) -> String {
    let node = &diagram.nodes[i];
    let (open, close) = match node.shape {
        Shape::Box => ("[", "]"),
        Shape::Round => ("(", ")"),
        Shape::Barrel => ("[(", ")]"),
    };
    let class = match node.tone {
        Tone::Bad => ":::bad",
        Tone::Warn => ":::warn",
        Tone::Good | Tone::Plain => "",
    };
    format!("    n{i}{open}{}{close}{class}\n", quoted(&node.label))
}

fn edge(edge: &DiagramEdge) -> String {
    let line = match (edge.stroke, edge.tone) {
        (Stroke::Line, Tone::Bad) => "===",
        (Stroke::Line, _) => "---",
        (Stroke::Arrow, Tone::Bad) => "==>",
        (Stroke::Arrow, _) => "-->",
        (Stroke::Dashed, _) => "-.->",
    };
    let label = if edge.label.is_empty() { String::new() } else { format!("|{}|", quoted(&edge.label)) };
    format!("  n{} {line}{label} n{}\n", edge.from, edge.to)
}

/// What fits.
struct Chosen {
    nodes: Vec<bool>,
    /// The first so many.
    edges: usize,
}

impl Chosen {
    fn of(diagram: &Diagram) -> Self {
        let mut out = Self { nodes: vec![false; diagram.nodes.len()], edges: 0 };
        let mut groups = vec![false; diagram.groups.len()];
        let mut room = MAX_CHARACTERS - KEPT - quoted(&diagram.title).chars().count();
        for e in diagram.edges.iter().take(MAX_EDGES) {
            if !out.take(diagram, &mut groups, &mut room, &[e.from, e.to], &edge(e)) {
                break;
            }
            out.edges += 1;
        }
        for i in 0..diagram.nodes.len() {
            if !out.nodes[i] && !out.take(diagram, &mut groups, &mut room, &[i], "") {
                break;
            }
        }
        out
    }

    /// Takes nodes and a line, if there is room for both.
    fn take(&mut self, d: &Diagram, groups: &mut [bool], room: &mut usize, nodes: &[usize], line: &str) -> bool {
        let mut need = line.chars().count();
        let mut new: Vec<usize> = nodes.iter().copied().filter(|i| !self.nodes[*i]).collect();
        new.dedup();
        let mut opened = Vec::new();
        for i in &new {
            need += node(d, *i).chars().count();
            if let Some(g) = d.nodes[*i].group.filter(|g| !groups[*g] && !opened.contains(g)) {
                need += open_group(d, g).chars().count() + CLOSE_GROUP.len();
                opened.push(g);
            }
        }
        if need > *room {
            return false;
        }
        *room -= need;
        for i in new {
            self.nodes[i] = true;
        }
        for g in opened {
            groups[g] = true;
        }
        true
    }

    fn note(&self, diagram: &Diagram) -> Option<String> {
        let nodes = self.nodes.iter().filter(|n| **n).count();
        let (all_nodes, all_edges) = (diagram.nodes.len(), diagram.edges.len());
        let part = |n: usize, all: usize| format!("{} of {}", grouped(n), grouped(all));
        (nodes < all_nodes || self.edges < all_edges).then(|| {
            format!(
                "cut short: {} nodes and {} edges, since GitHub draws no more than {} characters and {MAX_EDGES} edges; \
                 --format dot or json has all",
                part(nodes, all_nodes),
                part(self.edges, all_edges),
                grouped(MAX_CHARACTERS),
            )
        })
    }
}

/// Text in quotes, short, with what Mermaid could read as its own spelled as entities.
fn quoted(text: &str) -> String {
    let long = text.chars().count() > MAX_LABEL;
    let mut out = String::from("\"");
    for c in text.chars().take(if long { MAX_LABEL_HEAD } else { usize::MAX }) {
        match c {
            '"' | '#' | '`' | '<' | '>' | '&' | '\\' | ';' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if c.is_control() => out += &c.escape_default().to_string().replace('\\', "#92;"),
            c => out.push(c),
        }
    }
    out += if long { "…\"" } else { "\"" };
    out
}

const MAX_LABEL_HEAD: usize = MAX_LABEL - 1;

#[cfg(test)]
mod tests {
    use super::super::diagram::DiagramNode;
    use super::*;

    fn large(nodes: usize) -> Diagram {
        let node = |i: usize| DiagramNode {
            label: format!("agent-with-a-long-name-{i}"),
            group: Some(i % 7),
            shape: Shape::Box,
            tone: Tone::Plain,
        };
        let edge = |i: usize| DiagramEdge {
            from: i,
            to: (i * 7 + 1) % nodes,
            label: String::new(),
            stroke: Stroke::Line,
            tone: Tone::Plain,
        };
        Diagram {
            title: "map".into(),
            groups: (0..7).map(|i| format!("cluster {i}")).collect(),
            nodes: (0..nodes).map(node).collect(),
            edges: (0..nodes).map(edge).collect(),
        }
    }

    #[test]
    fn what_github_cannot_draw_is_cut_and_said() {
        let text = to_mermaid(&large(5000));
        assert!(text.chars().count() <= MAX_CHARACTERS, "{}", text.chars().count());
        assert!(text.matches(" --- ").count() <= MAX_EDGES);
        assert!(text.contains("cut short: "), "{}", &text[..400]);
        assert!(!to_mermaid(&large(100)).contains("cut short"));
    }

    #[test]
    fn a_label_cannot_end_its_quotes() {
        assert_eq!(quoted("a\"] --> b#1;\n"), "\"a#34;] --#62; b#35;1#59;#92;n\"");
    }
}
