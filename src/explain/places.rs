//! Where things of the snapshot stand in the input: the field where it is known, else the thing.

use crate::{
    input::{
        Sources,
        document::{Document, Section},
    },
    model::{Location, Snapshot},
    report::Place,
};

/// Where the snapshot was read from; without a document the places are those that the model keeps.
#[derive(Debug, Clone, Copy)]
pub struct Places<'i> {
    /// The snapshot as read.
    pub snapshot: &'i Snapshot,
    /// The document as typed, and the texts.
    pub input: Option<(&'i Document, &'i Sources)>,
}

impl Places<'_> {
    /// The place of a field of a thing, or of the thing where the field is not there.
    pub fn find(&self, section: Section, row: usize, field: &str) -> Option<Place> {
        let list = section.keys().join(".");
        let typed = self.input.and_then(|(document, sources)| {
            let item = document.item(section, row)?;
            let index = document.position(section, row)?;
            let named = item.get(field).filter(|_| !field.is_empty());
            let at = named.and_then(|f| f.at).or(item.at)?;
            let dot = named.map_or_else(String::new, |_| format!(".{field}"));
            Some((format!("{list}[{index}]{dot}"), sources.location(at)))
        });
        let (path, at) = typed.unwrap_or_else(|| (format!("{list}[{row}]"), section.location(self.snapshot, row)));
        let Location { line, column, .. } = at;
        (line > 0).then(|| Place { path, file: self.snapshot.file(at).to_owned(), line, column })
    }
}
