//! Everything that is known of a fleet, joined: what the report, the findings and the fragments are made from.

use super::{
    calls::{Edge, Edges, edges},
    clock::Clock,
    feeds::Feed,
    findings::sign_of_life,
    fleet::{Fleet, Origin, join},
};
use crate::{
    input::{Input, observe::Place},
    model::Location,
};

/// The sources joined.
pub struct Picture<'g> {
    /// What was read.
    pub input: &'g Input,
    /// The sources, in the order in which they count.
    pub feeds: Vec<Feed<'g>>,
    /// The time.
    pub clock: Clock,
    /// Who there is.
    pub fleet: Fleet<'g>,
    /// Who calls and needs whom.
    pub edges: Edges<'g>,
    /// The calls that each receives, by position.
    pub received: Vec<Vec<usize>>,
    /// Some source tells what lives: without one, silence means nothing.
    pub listens: bool,
    /// Some source declares agents: without one, nothing is a shadow.
    pub declares: bool,
}

impl<'g> Picture<'g> {
    /// Joins the sources.
    pub fn new(input: &'g Input, feeds: Vec<Feed<'g>>) -> Self {
        let clock = Clock::new(input.snapshot.as_of, &feeds);
        let mut fleet = join(&feeds);
        let edges = edges(&mut fleet, &feeds, &clock);
        let mut received = vec![Vec::new(); fleet.entities.len()];
        for (i, edge) in edges.calls.iter().enumerate() {
            received[edge.to].push(i);
        }
        let alive = |(i, f): (usize, &Feed<'g>)| f.observations.iter().any(|o| sign_of_life(i, &o.facts, &feeds));
        let listens = feeds.iter().enumerate().any(alive);
        let declares = fleet.entities.iter().any(|e| e.origin == Origin::Declared);
        Self { input, feeds, clock, fleet, edges, received, listens, declares }
    }

    /// The calls that an agent or service receives.
    pub fn received(&self, index: usize) -> impl Iterator<Item = &Edge<'g>> {
        self.received[index].iter().map(|i| &self.edges.calls[*i])
    }

    /// File, line and column of a place.
    pub fn place(&self, place: &Place) -> (String, Location) {
        let location = self.input.sources.location(place.at);
        let file = self.input.sources.iter().nth(location.file as usize).map_or_else(String::new, |s| s.name.clone());
        (file, location)
    }
}
