//! The DOT format of Graphviz: a whole diagram.

use super::{
    Tone,
    diagram::{Diagram, DiagramEdge, Shape, Stroke},
};

/// Writes a diagram as DOT.
pub fn to_dot(diagram: &Diagram) -> String {
    let mut lines = vec![format!("digraph {} {{", quoted(&diagram.title))];
    lines.push("  graph [rankdir=LR, overlap=false];\n  node [shape=box, fontname=\"sans-serif\"];".into());
    let (alone, groups) = diagram.grouped();
    for (g, members) in groups.iter().enumerate().filter(|(_, m)| !m.is_empty()) {
        lines.push(format!("  subgraph cluster_{g} {{\n    label={};", quoted(&diagram.groups[g])));
        lines.extend(members.iter().map(|i| format!("    {}", node(diagram, *i))));
        lines.push("  }".into());
    }
    lines.extend(alone.iter().map(|i| format!("  {}", node(diagram, *i))));
    lines.extend(diagram.edges.iter().map(edge));
    lines.push("}\n".into());
    lines.join("\n")
}

fn node(diagram: &Diagram, i: usize) -> String {
    let node = &diagram.nodes[i];
    let shape = match node.shape {
        Shape::Box => "",
        Shape::Round => ", shape=ellipse",
        Shape::Barrel => ", shape=cylinder",
    };
    let tone = match node.tone {
        Tone::Bad => ", color=red, penwidth=2",
        Tone::Warn => ", color=orange, penwidth=2",
        Tone::Good => ", color=green",
        Tone::Plain => "",
    };
    format!("n{i} [label={}{shape}{tone}];", quoted(&node.label))
}

fn edge(edge: &DiagramEdge) -> String {
    let mut marks = Vec::new();
    if !edge.label.is_empty() {
        marks.push(format!("label={}", quoted(&edge.label)));
    }
    match edge.stroke {
        Stroke::Line => marks.push("dir=none".into()),
        Stroke::Arrow => {}
        Stroke::Dashed => marks.push("style=dashed".into()),
    }
    match edge.tone {
        Tone::Bad => marks.push("color=red, penwidth=2".into()),
        Tone::Warn => marks.push("color=orange".into()),
        Tone::Good | Tone::Plain => {}
    }
    let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
    format!("  n{} -> n{}{marks};", edge.from, edge.to)
}

/// Text in quotes; control characters spelled out.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            c if c.is_control() => out += &c.escape_default().to_string().replace('\\', "\\\\"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_label_cannot_end_its_quotes() {
        assert_eq!(super::quoted("a\"]; b\\\n"), "\"a\\\"]; b\\\\\\\\n\"");
    }
}
