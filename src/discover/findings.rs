//! What is wrong with what was found: ghosts, shadows, drift, duplicates, disagreement, silence.

use std::collections::BTreeMap;

use super::{
    codes,
    compose::Member,
    feeds::Feed,
    figures::Figures,
    fleet::{Kind, Origin},
    picture::Picture,
    policy::{Claim, Decision},
};
use crate::{
    input::{
        codes::Code,
        observe::{Fact, Place, SeedMethod, Subject, redact},
    },
    report::{FindingRow, clock as span, plural},
};

/// Most names in one message.
const MAX_NAMES: usize = 5;

/// Everything that is wrong, in no particular order.
pub fn collect(picture: &Picture<'_>, members: &[Member<'_>]) -> Vec<FindingRow> {
    let mut out = Findings { picture, rows: Vec::new() };
    if let (true, Some(at)) = (picture.clock.assumed, picture.clock.as_of) {
        let message = format!("as_of is not given: {at}, the latest moment of all sources, stands for it");
        out.add(&codes::ASSUMED_TIME, &message, None);
    }
    for member in members {
        out.disagreements(member);
        out.drift(member);
        out.health(member);
        out.presence(member);
        out.twice(member);
    }
    out.shared_addresses(members);
    out.needs();
    out.unmatched();
    out.rows
}

struct Findings<'p, 'g> {
    picture: &'p Picture<'g>,
    rows: Vec<FindingRow>,
}

impl<'g> Findings<'_, 'g> {
    fn add(&mut self, code: &Code, message: &str, place: Option<&Place>) {
        let (file, location) = place.map(|p| self.picture.place(p)).unwrap_or_default();
        self.rows.push(FindingRow {
            code: code.id,
            severity: code.severity.name(),
            message: redact::text(message),
            path: place.map(|p| p.path.clone()).unwrap_or_default(),
            file,
            line: place.map(|_| location.line),
            column: place.map(|_| location.column),
            help: code.remedy.into(),
        });
    }

    fn disagreements(&mut self, member: &Member<'g>) {
        for (field, decision) in &member.profile.fields {
            self.disagreement(member, &field.name(), decision);
        }
        let Figures { times, throughput, errors, availability } = &member.figures;
        if let Some(d) = times {
            let shown = |c: &Claim<'_, super::figures::Times>| {
                c.value.p50.or(c.value.p95).map_or_else(String::new, |x| x.to_string())
            };
            self.lost(member, "response_time_ms", d, shown);
        }
        if let Some(d) = throughput {
            self.lost(member, "throughput_per_min", d, |c| c.value.to_string());
        }
        for (name, d) in [("error_rate", errors), ("availability", availability)] {
            if let Some(d) = d {
                self.lost(member, name, d, |c| c.value.value.to_string());
            }
        }
    }

    fn disagreement(&mut self, member: &Member<'g>, field: &str, decision: &Decision<'g, &'g Fact>) {
        let shown = |c: &Claim<'g, &'g Fact>| match c.value {
            Fact::Figure(_, x) | Fact::Resource(_, x) | Fact::Budget(_, x) => x.to_string(),
            Fact::Capability(q) => q.proficiency.map_or_else(|| "yes".into(), |q| q.to_string()),
            _ => short(&c.shown),
        };
        self.lost(member, field, decision, shown);
    }

    fn lost<T>(
        &mut self,
        member: &Member<'g>,
        field: &str,
        d: &Decision<'g, T>,
        shown: impl Fn(&Claim<'g, T>) -> String,
    ) {
        for loser in &d.losers {
            let feeds = &self.picture.feeds;
            let why = match (d.winner.mode() == loser.mode(), d.winner.time == loser.time) {
                (false, _) => "active over passive",
                (true, false) => "newer over older",
                (true, true) => "source order",
            };
            let message = format!(
                "`{}`: `{field}` is `{}` ({}), not `{}` ({}): {why}",
                member.id(),
                shown(&d.winner),
                feeds[d.winner.feed].id,
                shown(loser),
                feeds[loser.feed].id,
            );
            self.add(&codes::DISAGREEMENT, &message, Some(loser.place));
        }
    }

    fn drift(&mut self, member: &Member<'g>) {
        let Some(drift) = &member.profile.drift else { return };
        let side = |names: &[String], what: &str| (!names.is_empty()).then(|| format!("{what} {}", list(names)));
        let sides =
            [side(&drift.only_registered, "registered alone are"), side(&drift.only_announced, "announced alone are")];
        let said: Vec<String> = sides.into_iter().flatten().collect();
        let believed = self.picture.feeds[drift.believed].id;
        let message = format!(
            "`{}` announces other capabilities than are registered: {}; `{believed}` is believed",
            member.id(),
            said.join(", ")
        );
        self.add(&codes::DRIFT, &message, member.place());
    }

    fn health(&mut self, member: &Member<'g>) {
        let h = &member.health;
        if let Some(ahead) = member.ahead {
            let message = format!("`{}` sent a heartbeat {} after as_of", member.id(), span(ahead as f64 / 1000.0));
            self.add(&codes::CLOCK_SKEW, &message, member.place());
        }
        let code = match h.state {
            "suspect" => &codes::SUSPECT,
            "dead" => &codes::DEAD,
            _ => return,
        };
        let by = match (h.decided_by, h.phi, h.missed_intervals) {
            (Some("phi_accrual"), Some(phi), _) => format!("φ = {phi:.1}"),
            (Some("missed_intervals"), _, Some(n)) => plural(n as usize, "missed interval"),
            _ => "its lease is over".into(),
        };
        let message =
            format!("`{}` is {}: silent for {} ({by})", member.id(), h.state, span(h.silent_for.unwrap_or_default()));
        self.add(code, &message, member.place());
    }

    /// Ghosts and shadows.
    fn presence(&mut self, member: &Member<'g>) {
        let picture = self.picture;
        if member.entity.origin == Origin::Declared {
            let heard =
                member.entity.records.iter().any(|r| sign_of_life(r.feed, &r.observation.facts, &picture.feeds));
            let called = !picture.received[member.index].is_empty();
            if member.entity.kind == Kind::Agent && picture.listens && !heard && !called {
                let message = format!("`{}` is registered, but nothing is heard of it", member.id());
                self.add(&codes::GHOST, &message, member.place());
            }
        } else if picture.declares && member.entity.kind == Kind::Agent {
            let how = if member.entity.origin == Origin::Spoke { "speaks" } else { "is seen" };
            let message = format!("`{}` {how}, but no registry, configuration or snapshot names it", member.id());
            self.add(&codes::SHADOW, &message, member.place());
        }
    }

    /// One source with several records that each declare the agent.
    fn twice(&mut self, member: &Member<'g>) {
        let mut by: BTreeMap<(usize, SeedMethod), Vec<&'g Place>> = BTreeMap::new();
        for record in &member.entity.records {
            let o = record.observation;
            if o.subject == Subject::Agent && o.method == SeedMethod::AgentRegistryQueries {
                by.entry((record.feed, o.method)).or_default().push(&o.place);
            }
        }
        for ((feed, _), places) in by.into_iter().filter(|(_, places)| places.len() > 1) {
            let (file, at) = self.picture.place(places[0]);
            let message = format!(
                "`{}` is registered {} times by `{}`, first at {file}:{}",
                member.id(),
                places.len(),
                self.picture.feeds[feed].id,
                at.line
            );
            self.add(&codes::DUPLICATE, &message, Some(places[1]));
        }
    }

    fn shared_addresses(&mut self, members: &[Member<'g>]) {
        let mut by: BTreeMap<&str, Vec<&Member<'g>>> = BTreeMap::new();
        for member in members.iter().filter(|m| m.entity.kind == Kind::Agent) {
            let mut addresses: Vec<&str> = member.profile.interfaces().iter().map(|e| e.address.as_str()).collect();
            addresses.sort_unstable();
            addresses.dedup();
            for address in addresses {
                by.entry(address).or_default().push(member);
            }
        }
        for (address, sharing) in by.into_iter().filter(|(_, sharing)| sharing.len() > 1) {
            let names: Vec<String> = sharing.iter().map(|m| m.id().to_owned()).collect();
            let message = format!("{} have the same address {address}: {}", plural(names.len(), "agent"), list(&names));
            self.add(&codes::DUPLICATE, &message, sharing[1].place());
        }
    }

    fn needs(&mut self) {
        for need in self.picture.edges.needs.iter().filter(|n| n.unknown) {
            let name = |index: usize| &self.picture.fleet.entities[index].id;
            let message = format!("`{}` needs `{}`, which no source knows", name(need.from), name(need.to));
            self.add(&codes::UNKNOWN_NEED, &message, Some(need.place));
        }
        for (feed, theirs, ours) in &self.picture.fleet.unknown_names {
            let message = format!(
                "`{}` calls `{theirs}` what is to be `{ours}`, which no source knows",
                self.picture.feeds[*feed].id
            );
            self.add(&codes::UNKNOWN_NAME, &message, None);
        }
    }

    fn unmatched(&mut self) {
        let mut by: BTreeMap<(usize, bool), Vec<String>> = BTreeMap::new();
        for u in &self.picture.fleet.unmatched {
            by.entry((u.record.feed, u.ambiguous)).or_default().push(u.record.observation.name.clone());
        }
        for ((feed, ambiguous), mut names) in by {
            names.dedup();
            let (code, what) = if ambiguous {
                (&codes::AMBIGUOUS, "fit several agents")
            } else {
                (&codes::UNMATCHED, "joined no agent")
            };
            let message = format!(
                "{} of `{}` {what}: {}",
                plural(names.len(), "name"),
                self.picture.feeds[feed].id,
                list(&names)
            );
            self.add(code, &message, None);
        }
    }
}

/// True for what only a living agent gives rise to: a registry's own word for it is none.
pub fn sign_of_life(feed: usize, facts: &[crate::input::observe::Said], feeds: &[Feed<'_>]) -> bool {
    let live = |f: &Fact| {
        matches!(
            f,
            Fact::Heartbeat(_)
                | Fact::Status(..)
                | Fact::Latency(_)
                | Fact::Errors(_)
                | Fact::Throughput(_)
                | Fact::Availability(_)
                | Fact::Calls(_)
        )
    };
    let listens = [SeedMethod::AgentRegistryQueries, SeedMethod::ConfigurationFileParsing];
    !listens.contains(&feeds[feed].method) && facts.iter().any(|s| live(&s.fact))
}

fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(MAX_NAMES).map(|n| format!("`{n}`")).collect();
    let more = names.len().saturating_sub(MAX_NAMES);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
