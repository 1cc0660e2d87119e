//! The merged document as it was typed, for commands that change a snapshot: values in their order, each with
//! its place, and where in it each thing of the model stands.

use std::collections::BTreeMap;

use super::{
    sources::{Pos, Sources},
    tree::{Kind, Node},
};
use crate::model::{Location, Snapshot};

/// A value and where it starts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Item {
    /// What it is.
    pub value: Value,
    /// Where it starts; `None` where it was put in later.
    pub at: Option<Pos>,
}

/// What a value is; mappings keep their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Item>),
    /// Values by key, in order.
    Map(Vec<(String, Item)>),
}

impl From<Value> for Item {
    fn from(value: Value) -> Self {
        Self { value, at: None }
    }
}

impl Item {
    fn of(node: &Node<'_>) -> Self {
        let value = match &node.kind {
            Kind::Null => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Number(n) => Value::Number(*n),
            Kind::Text(t) => Value::Text(t.clone().into_owned()),
            Kind::List(items) => Value::List(items.iter().map(Self::of).collect()),
            Kind::Map(entries) => {
                Value::Map(entries.iter().map(|e| (e.key.clone().into_owned(), Self::of(&e.value))).collect())
            }
        };
        Self { value, at: Some(node.at) }
    }

    /// The entry of a mapping; one that holds nothing counts as absent.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|e| e.0 == key).map(|e| &e.1).filter(|i| i.value != Value::Null)
    }

    /// The items of a list; none where it is no list.
    pub fn items(&self) -> &[Self] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The text of a value, where it is text.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The id of a thing, or of what an entry of a list names: text, or the `id` or `task` of a mapping.
    pub fn id(&self) -> Option<&str> {
        self.text().or_else(|| self.get("id").or_else(|| self.get("task"))?.text())
    }
}

/// A list of the document whose items are things of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// `agents`.
    Agents,
    /// `tasks`.
    Tasks,
    /// `network.services`.
    Services,
    /// `network.data`.
    Data,
    /// `network.resources`.
    Resources,
    /// `state.running`.
    Running,
    /// `state.allocations`.
    Allocations,
    /// `state.holds`.
    Holds,
    /// `state.waits`.
    Waits,
    /// `state.directives`.
    Directives,
    /// `state.objectives`.
    Objectives,
    /// `state.accesses`.
    Accesses,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 12] = [
        Self::Agents,
        Self::Tasks,
        Self::Services,
        Self::Data,
        Self::Resources,
        Self::Running,
        Self::Allocations,
        Self::Holds,
        Self::Waits,
        Self::Directives,
        Self::Objectives,
        Self::Accesses,
    ];

    /// Its keys from the root.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Agents => &["agents"],
            Self::Tasks => &["tasks"],
            Self::Services => &["network", "services"],
            Self::Data => &["network", "data"],
            Self::Resources => &["network", "resources"],
            Self::Running => &["state", "running"],
            Self::Allocations => &["state", "allocations"],
            Self::Holds => &["state", "holds"],
            Self::Waits => &["state", "waits"],
            Self::Directives => &["state", "directives"],
            Self::Objectives => &["state", "objectives"],
            Self::Accesses => &["state", "accesses"],
        }
    }

    /// Where a row of it stands, as the model keeps it; nowhere (line 0) where there is no such row.
    pub fn location(self, s: &Snapshot, row: usize) -> Location {
        let state = &s.state;
        let place = match self {
            Self::Agents => s.agents.get(row).map(|x| x.location),
            Self::Tasks => s.tasks.get(row).map(|x| x.location),
            Self::Services => s.network.services.get(row).map(|x| x.location),
            Self::Data => s.network.data.get(row).map(|x| x.location),
            Self::Resources => s.network.resources.get(row).map(|x| x.location),
            Self::Running => state.running.get(row).map(|x| x.location),
            Self::Allocations => state.allocations.get(row).map(|x| x.location),
            Self::Holds => state.holds.get(row).map(|x| x.location),
            Self::Waits => state.waits.get(row).map(|x| x.location),
            Self::Directives => state.directives.get(row).map(|x| x.location),
            Self::Objectives => state.objectives.get(row).map(|x| x.location),
            Self::Accesses => state.accesses.get(row).map(|x| x.location),
        };
        place.unwrap_or_default()
    }
}

/// The document, and for each section where the things of the model stand in its list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// What was typed, merged.
    pub root: Item,
    places: BTreeMap<Section, Vec<Option<u32>>>,
}

impl Document {
    /// Copies a merged document.
    pub fn of(root: &Node<'_>) -> Self {
        Self { root: Item::of(root), places: BTreeMap::new() }
    }

    /// Finds where the snapshot's things stand: by id, and rows of the state by their places.
    pub fn index(&mut self, snapshot: &Snapshot, sources: &Sources) {
        for section in Section::ALL {
            let rows = Rows::of(snapshot, section);
            let items = self.list(section);
            let mut found: BTreeMap<Key<'_>, Vec<u32>> = BTreeMap::new();
            for (i, item) in items.iter().enumerate().rev() {
                let key = match (&rows, item.at) {
                    (Rows::Ids(_), _) => item.get("id").and_then(Item::text).map(Key::Id),
                    (Rows::Places(_), at) => at.map(|at| Key::Place(sources.location(at))),
                };
                // Of several rows at one place (an alias), each is taken once, the first first.
                if let Some(key) = key {
                    found.entry(key).or_default().push(i as u32);
                }
            }
            let places = match &rows {
                Rows::Ids(ids) => {
                    ids.iter().map(|id| found.get(&Key::Id(id)).and_then(|l| l.last().copied())).collect()
                }
                Rows::Places(rows) => {
                    rows.iter().map(|place| found.get_mut(&Key::Place(*place)).and_then(Vec::pop)).collect()
                }
            };
            self.places.insert(section, places);
        }
    }

    /// The items of a section.
    pub fn list(&self, section: Section) -> &[Item] {
        let item = section.keys().iter().try_fold(&self.root, |item, key| item.get(key));
        item.map_or(&[], Item::items)
    }

    /// Position in its section's list of the thing with index `row` in the model.
    pub fn position(&self, section: Section, row: usize) -> Option<usize> {
        self.places.get(&section)?.get(row).copied().flatten().map(|i| i as usize)
    }

    /// The thing with index `row` in the model.
    pub fn item(&self, section: Section, row: usize) -> Option<&Item> {
        self.list(section).get(self.position(section, row)?)
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'i> {
    Id(&'i str),
    Place(Location),
}

/// What tells the things of a section apart.
enum Rows<'s> {
    Ids(Vec<&'s str>),
    Places(Vec<Location>),
}

impl<'s> Rows<'s> {
    fn of(s: &'s Snapshot, section: Section) -> Self {
        let state = &s.state;
        match section {
            Section::Agents => Self::Ids(s.agents.iter().map(|x| x.id.as_str()).collect()),
            Section::Tasks => Self::Ids(s.tasks.iter().map(|x| x.id.as_str()).collect()),
            Section::Services => Self::Ids(s.network.services.iter().map(|x| x.id.as_str()).collect()),
            Section::Data => Self::Ids(s.network.data.iter().map(|x| x.id.as_str()).collect()),
            Section::Resources => Self::Ids(s.network.resources.iter().map(|x| x.id.as_str()).collect()),
            Section::Running => Self::Places(state.running.iter().map(|x| x.location).collect()),
            Section::Allocations => Self::Places(state.allocations.iter().map(|x| x.location).collect()),
            Section::Holds => Self::Places(state.holds.iter().map(|x| x.location).collect()),
            Section::Waits => Self::Places(state.waits.iter().map(|x| x.location).collect()),
            Section::Directives => Self::Places(state.directives.iter().map(|x| x.location).collect()),
            Section::Objectives => Self::Places(state.objectives.iter().map(|x| x.location).collect()),
            Section::Accesses => Self::Places(state.accesses.iter().map(|x| x.location).collect()),
        }
    }
}
