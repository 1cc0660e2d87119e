//! Calls between parties, and the work that each does for others.

use std::collections::BTreeMap;

use super::{
    super::{Trials, quantiles},
    Calls, Fact, Facts, Latency, Moment, Reading, Role, Span, Subject,
    parties::{Link, Party},
};

/// Calls from one party to another.
#[derive(Default)]
struct Flow {
    times: Vec<f64>,
    calls: usize,
    errors: usize,
    last: Option<Moment>,
    /// A span that stands for all.
    at: usize,
}

/// What a party did for others: its entry spans.
#[derive(Default)]
struct Work {
    times: Vec<f64>,
    done: usize,
    errors: usize,
    last: Option<Moment>,
    tools: BTreeMap<String, (usize, usize)>,
    /// Its first span.
    at: usize,
}

/// Says what the spans say.
pub fn tell(reading: &mut Reading<'_, '_>, spans: &[Span<'_>], links: &[Link]) {
    let mut work: BTreeMap<&Party, Work> = BTreeMap::new();
    let mut flows: BTreeMap<(&Party, String), Flow> = BTreeMap::new();
    let mut timeless: Option<(usize, usize)> = None;
    for (i, span) in spans.iter().enumerate() {
        if span.duration_ms.is_none() {
            let (first, count) = timeless.unwrap_or((i, 0));
            timeless = Some((first, count + 1));
        }
        let Some(party) = &links[i].party else { continue };
        let own = work.entry(party).or_insert_with(|| Work { at: i, ..Work::default() });
        own.last = own.last.max(span.end());
        if let Some(tool) = &span.tool {
            own.tools.entry(tool.clone()).or_insert((0, i)).0 += 1;
        }
        if is_entry(i, spans, links) {
            own.done += 1;
            own.errors += usize::from(span.error);
            own.times.extend(span.duration_ms);
        }
        if let Some((caller, to, seen)) = call(i, spans, links) {
            let flow = flows.entry((caller, to)).or_insert_with(|| Flow { at: i, ..Flow::default() });
            flow.calls += 1;
            flow.errors += usize::from(span.error || spans[seen].error);
            flow.times.extend(spans[seen].duration_ms.or(span.duration_ms));
            flow.last = flow.last.max(span.end()).max(spans[seen].end());
        }
    }
    if let Some((first, count)) = timeless {
        reading.gap(&spans[first].view, format!("the span has no duration (so with {count} spans)"));
    }
    let mut outgoing: BTreeMap<&Party, Vec<(String, Flow)>> = BTreeMap::new();
    for ((caller, to), flow) in flows {
        outgoing.entry(caller).or_default().push((to, flow));
    }
    for (party, own) in work {
        say(reading, spans, party, own, outgoing.remove(party).unwrap_or_default());
    }
}

/// A span in which its party does something for another one, or of its own accord. A client span is one only where
/// another party's is above it: then it is all that there is of the work.
fn is_entry(i: usize, spans: &[Span<'_>], links: &[Link]) -> bool {
    let above = links[i].parent.and_then(|p| links[p].party.as_ref());
    above != links[i].party.as_ref() && (spans[i].role != Role::Client || above.is_some())
}

/// The call that a span is the called end of, or of which it is all that is there: who called, whom, and the span
/// as the caller saw it.
fn call<'l>(i: usize, spans: &[Span<'_>], links: &'l [Link]) -> Option<(&'l Party, String, usize)> {
    let own = links[i].party.as_ref()?;
    if let Some(parent) = links[i].parent
        && let Some(above) = links[parent].party.as_ref().filter(|above| *above != own)
    {
        let seen = if spans[parent].role == Role::Client { parent } else { i };
        return Some((above, own.name().to_owned(), seen));
    }
    // A client whose other end is not in the file; of nested clients the innermost.
    let alone = |c: &usize| links[*c].party.as_ref() == Some(own) && spans[*c].role != Role::Client;
    let span = &spans[i];
    let outer = span.role == Role::Client && links[i].children.iter().all(alone);
    let to = span.peer.clone().filter(|p| outer && p != own.name())?;
    Some((own, to, i))
}

fn say(reading: &mut Reading<'_, '_>, spans: &[Span<'_>], party: &Party, own: Work, outgoing: Vec<(String, Flow)>) {
    let record = spans[own.at].view.clone();
    let mut facts = Facts::default();
    if let Some(latency) = quantiles::of_samples(&own.times) {
        facts.add(record.clone(), Fact::Latency(latency));
    }
    if own.done > 0 {
        let errors = Trials { hits: Some(own.errors as f64), trials: Some(own.done as f64), share: None };
        facts.add(record.clone(), Fact::Errors(errors));
    }
    for (tool, (count, at)) in own.tools {
        let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
        facts.capability(spans[at].view.clone(), tool, format!("tool, run {times} in traces"));
    }
    for (to, flow) in outgoing {
        let latency = quantiles::of_samples(&flow.times).map(|l| Latency { samples: Vec::new(), ..l });
        let calls = Calls {
            to,
            calls: flow.calls as f64,
            errors: Some(flow.errors as f64),
            latency: latency.unwrap_or_default(),
            data_mb: None,
            last: flow.last,
        };
        facts.add(spans[flow.at].view.clone(), Fact::Calls(calls));
    }
    let subject = if matches!(party, Party::Agent(..)) { Subject::Agent } else { Subject::Party };
    let told = facts.tell(reading, &record, subject, party.name());
    told.time = own.last;
    told.key("service.name", party.service());
}
