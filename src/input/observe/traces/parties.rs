//! Whose each span is, and which span it belongs under.

use std::collections::BTreeMap;

use super::{Reading, Role, Span};

/// Whose a span is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// An agent, by `gen_ai.agent.name`, and the service that it runs in.
    Agent(String, String),
    /// A service, by `service.name`.
    Service(String),
}

impl Party {
    /// The name that the traces have for it.
    pub fn name(&self) -> &str {
        let (Self::Agent(name, _) | Self::Service(name)) = self;
        name
    }

    /// The service that it is, or runs in.
    pub fn service(&self) -> &str {
        let (Self::Agent(_, name) | Self::Service(name)) = self;
        name
    }
}

/// What is known of a span beside the others.
#[derive(Debug, Clone, Default)]
pub struct Link {
    /// Whose it is; `None` where nothing tells.
    pub party: Option<Party>,
    /// The span that it belongs under, where the file has it.
    pub parent: Option<usize>,
    /// The spans under it.
    pub children: Vec<usize>,
}

/// Links the spans of all traces, duplicates dropped. An agent's name holds for the spans of the same service under
/// it; a client span's is the name of the agent that it calls, and becomes its peer.
pub fn parties(reading: &Reading<'_, '_>, spans: &mut Vec<Span<'_>>) -> Vec<Link> {
    drop_duplicates(reading, spans);
    let parents = parents(spans);
    let mut links: Vec<Link> = vec![Link::default(); spans.len()];
    for (i, parent) in parents.iter().enumerate() {
        links[i].parent = *parent;
        if let Some(parent) = parent {
            links[*parent].children.push(i);
        }
    }
    for span in spans.iter_mut().filter(|s| s.role == Role::Client) {
        if let Some(agent) = span.agent.take() {
            span.peer = Some(agent);
        }
    }
    let mut unknown = None;
    for i in top_down(&links) {
        let span = &spans[i];
        let above = links[i].parent.and_then(|p| links[p].party.clone());
        let same = above.filter(|party| span.service.is_empty() || party.service() == span.service);
        links[i].party = match &span.agent {
            Some(agent) => Some(Party::Agent(agent.clone(), span.service.clone())),
            None if same.is_some() => same,
            None if span.service.is_empty() => {
                unknown = unknown.or(Some(i));
                None
            }
            None => Some(Party::Service(span.service.clone())),
        };
    }
    if let Some(i) = unknown {
        let count = links.iter().filter(|l| l.party.is_none()).count();
        reading
            .gap(&spans[i].view, format!("whose the span is, is not known: no service.name (so with {count} spans)"));
    }
    links
}

/// A span may be in a file twice; one that shares its id with its client (as Zipkin had it) is another one.
fn drop_duplicates(reading: &Reading<'_, '_>, spans: &mut Vec<Span<'_>>) {
    let mut seen = std::collections::BTreeSet::new();
    let (all, mut first) = (spans.len(), None);
    spans.retain(|s| {
        let fresh = seen.insert((s.trace.clone(), s.id.clone(), s.service.clone(), s.role as u8));
        if !fresh && first.is_none() {
            first = Some(s.view.clone());
        }
        fresh
    });
    if let Some(view) = first {
        reading.gap(&view, format!("the span is there twice (so with {} spans); it counts once", all - spans.len()));
    }
}

/// The position of each span's parent; a span that shares its id with a client's belongs under that one.
fn parents(spans: &[Span<'_>]) -> Vec<Option<usize>> {
    let mut by_id: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (i, span) in spans.iter().enumerate() {
        by_id.entry((&span.trace, &span.id)).or_default().push(i);
    }
    let of = |i: usize, span: &Span<'_>| {
        let shared = by_id.get(&(span.trace.as_str(), span.id.as_str()))?;
        let client = shared.iter().find(|c| spans[**c].role == Role::Client && **c != i);
        if span.role == Role::Server && client.is_some() {
            return client.copied();
        }
        let above = by_id.get(&(span.trace.as_str(), span.parent.as_str()))?;
        let own = above.iter().find(|p| spans[**p].service == span.service && **p != i);
        own.or_else(|| above.iter().find(|p| **p != i)).copied()
    };
    spans.iter().enumerate().map(|(i, span)| of(i, span)).collect()
}

/// Positions so that parents come before children; spans in a circle, which no tracer makes, come last.
fn top_down(links: &[Link]) -> Vec<usize> {
    let mut out: Vec<usize> = (0..links.len()).filter(|i| links[*i].parent.is_none()).collect();
    let mut done = vec![false; links.len()];
    let mut at = 0;
    while let Some(i) = out.get(at).copied() {
        done[i] = true;
        out.extend(&links[i].children);
        at += 1;
    }
    out.extend((0..links.len()).filter(|i| !done[*i]));
    out
}
