//! From things of the snapshot to paths and lines of the input, for evidence.

use super::place::{ClaimList, Place, Thing};
use crate::{
    input::{
        Sources,
        document::{Document, Item, Section},
    },
    model::{Location, Snapshot},
};

/// Where the snapshot was read from. Without a document the places are those that the model keeps.
#[derive(Debug, Clone, Copy)]
pub struct Locator<'i> {
    /// The snapshot as read: indices and rows are its.
    pub snapshot: &'i Snapshot,
    /// The document as typed, and the texts.
    pub input: Option<(&'i Document, &'i Sources)>,
}

/// A place as reports print it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Path in the merged input (`tasks[3].deadline`).
    pub path: String,
    /// The file; empty where it is not known.
    pub file: String,
    /// Line and column, from 1, where they are known.
    pub at: Option<(u32, u32)>,
}

/// The list that a thing stands in, and its index in the model.
pub fn section(thing: Thing) -> (Section, usize) {
    match thing {
        Thing::Agent(a) => (Section::Agents, a.at()),
        Thing::Task(t) | Thing::Placement(t) => (Section::Tasks, t.at()),
        Thing::Service(s) => (Section::Services, s.at()),
        Thing::Data(d) => (Section::Data, d.at()),
        Thing::Resource(r) => (Section::Resources, r.at()),
        Thing::Claim(c) if c.list == ClaimList::Allocations => (Section::Allocations, c.row),
        Thing::Claim(c) => (Section::Holds, c.row),
        Thing::Running(row) => (Section::Running, row),
        Thing::Wait(row) => (Section::Waits, row),
        Thing::Directive(row) => (Section::Directives, row),
        Thing::Objective(row) => (Section::Objectives, row),
        Thing::Access(row) => (Section::Accesses, row),
    }
}

impl Locator<'_> {
    /// Finds the nearest place to what is meant: the entry, else the field, else the thing.
    pub fn find(&self, place: &Place) -> Found {
        let (section, row) = section(place.thing);
        let list = section.keys().join(".");
        let Some((document, sources)) = self.input else { return self.remembered(place, &list, section, row) };
        let Some((index, item)) = document.position(section, row).zip(document.item(section, row)) else {
            return self.remembered(place, &list, section, row);
        };
        let mut path = format!("{list}[{index}]");
        let mut at = item.at;
        if let Some(field) = item.get(place.field).filter(|_| !place.field.is_empty()) {
            path = format!("{path}.{}", place.field);
            at = field.at.or(at);
            let named = |e: &&Item| e.id() == Some(place.entry.as_str());
            if let Some(i) = field.items().iter().position(|e| named(&e)).filter(|_| !place.entry.is_empty()) {
                path = format!("{path}[{i}]");
                at = field.items()[i].at.or(at);
            }
        }
        let location = at.map(|at| sources.location(at)).unwrap_or_default();
        self.found(path, location)
    }

    fn remembered(&self, place: &Place, list: &str, section: Section, row: usize) -> Found {
        let dot = if place.field.is_empty() { "" } else { "." };
        self.found(format!("{list}[{row}]{dot}{}", place.field), section.location(self.snapshot, row))
    }

    fn found(&self, path: String, location: Location) -> Found {
        let known = location.line > 0;
        let file = if known { self.snapshot.file(location).to_owned() } else { String::new() };
        Found { path, file, at: known.then_some((location.line, location.column)) }
    }
}
