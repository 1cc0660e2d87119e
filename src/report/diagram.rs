//! A diagram: nodes in groups, and edges, before a format decides how it is drawn.

use super::Tone;

/// How a node is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// A box.
    #[default]
    Box,
    /// Rounded.
    Round,
    /// A barrel.
    Barrel,
}

/// How an edge is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stroke {
    /// A line without a head.
    #[default]
    Line,
    /// An arrow.
    Arrow,
    /// A dashed arrow.
    Dashed,
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct DiagramNode {
    /// What it says.
    pub label: String,
    /// Its group.
    pub group: Option<usize>,
    /// How it is drawn.
    pub shape: Shape,
    /// What it means.
    pub tone: Tone,
}

/// An edge between two nodes, by their positions.
#[derive(Debug, Clone, PartialEq)]
pub struct DiagramEdge {
    /// From where.
    pub from: usize,
    /// To where.
    pub to: usize,
    /// What it says; may be empty.
    pub label: String,
    /// How it is drawn.
    pub stroke: Stroke,
    /// What it means.
    pub tone: Tone,
}

/// Nodes and edges, those that matter most first: a format that cannot show all shows these.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Diagram {
    /// What it shows.
    pub title: String,
    /// Labels of the groups.
    pub groups: Vec<String>,
    /// The nodes.
    pub nodes: Vec<DiagramNode>,
    /// The edges, most important first.
    pub edges: Vec<DiagramEdge>,
}

impl Diagram {
    /// Positions of the nodes without a group, then of each group's.
    pub(super) fn grouped(&self) -> (Vec<usize>, Vec<Vec<usize>>) {
        let mut groups = vec![Vec::new(); self.groups.len()];
        let mut alone = Vec::new();
        for (i, node) in self.nodes.iter().enumerate() {
            match node.group {
                Some(g) => groups[g].push(i),
                None => alone.push(i),
            }
        }
        (alone, groups)
    }
}
