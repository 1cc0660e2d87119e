//! What is being gathered of one record before it is said: facts with the places they stand at.

use std::collections::BTreeSet;

use super::{Capability, Endpoint, Fact, Observation, Reading, Subject, View, redact};

/// Facts of one record, in order.
#[derive(Debug, Default)]
pub struct Facts<'n>(Vec<(View<'n>, Fact)>);

impl<'n> Facts<'n> {
    /// Adds a fact that stands at `view`.
    pub fn add(&mut self, view: View<'n>, fact: Fact) {
        self.0.push((view, fact));
    }

    /// Adds what `fact` makes of a text, where there is one.
    pub fn text(&mut self, reading: &Reading<'_, '_>, view: View<'n>, fact: impl FnOnce(String) -> Fact) {
        if let Some(text) = reading.text(&view) {
            self.add(view, fact(text));
        }
    }

    /// Adds anything else about who it is.
    pub fn info(&mut self, reading: &Reading<'_, '_>, name: &'static str, view: View<'n>) {
        self.text(reading, view, |text| Fact::Info(name, text));
    }

    /// Adds a label; nothing of it where its name is that of a secret.
    pub fn label(&mut self, reading: &Reading<'_, '_>, name: &str, view: View<'n>) {
        self.text(reading, view, |text| Fact::Label(name.to_owned(), redact::pair(name, &text)));
    }

    /// Adds a capability.
    pub fn capability(&mut self, view: View<'n>, name: String, evidence: impl Into<String>) {
        self.add(view, Fact::Capability(Capability { name, proficiency: None, evidence: evidence.into() }));
    }

    /// Adds an address, where it is one.
    pub fn endpoint(&mut self, reading: &Reading<'_, '_>, view: View<'n>, protocol: &str) {
        if let Some(endpoint) = reading.endpoint(&view, protocol) {
            self.add(view, Fact::Endpoint(endpoint));
        }
    }

    /// Adds an address put together from its parts.
    pub fn address(&mut self, view: View<'n>, address: &str, protocol: &str) {
        self.add(
            view,
            Fact::Endpoint(Endpoint { address: redact::text(address), protocol: protocol.to_ascii_lowercase() }),
        );
    }

    /// True where there is none yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says them of what the source calls `name`, each dependency once; labels and hosts become keys to join by, too.
    pub fn tell<'r>(
        self,
        reading: &'r mut Reading<'_, '_>,
        record: &View<'_>,
        subject: Subject,
        name: impl Into<String>,
    ) -> &'r mut Observation {
        let own = reading.observe(record, subject, name);
        let mut needed = BTreeSet::new();
        for (view, fact) in self.0 {
            match fact {
                Fact::DependsOn(other) if !needed.insert((true, other.clone())) => {}
                Fact::RequiresService(other) if !needed.insert((false, other.clone())) => {}
                // A program's name is no host.
                Fact::Endpoint(endpoint) if endpoint.protocol == "stdio" => {
                    own.say(view.place(), Fact::Endpoint(endpoint));
                }
                Fact::Endpoint(endpoint) => own.endpoint(view.place(), endpoint),
                Fact::Label(key, value) => own.labels(vec![(view.place(), key, value)]),
                fact => own.say(view.place(), fact),
            }
        }
        own
    }
}
