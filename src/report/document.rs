//! A document: what a report says, before a format decides how it looks.

/// What a fact means for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// As wanted.
    Good,
    /// Worth a look.
    Warn,
    /// Wrong.
    Bad,
}

/// A labelled value.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value, as text.
    pub value: String,
    /// What it means.
    pub tone: Tone,
}

impl Fact {
    /// A plain fact.
    pub fn new(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), tone: Tone::Plain }
    }

    /// A fact with a meaning.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// What a column holds, which decides how it gives way when the line is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An id: shortened in the middle.
    Id,
    /// A figure: to the right, never shortened.
    Number,
    /// Words: wrapped.
    Text,
    /// A bar or a mark: as it is.
    Mark,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

impl Column {
    /// A column of ids.
    pub const fn id(name: &'static str) -> Self {
        Self { name, kind: Kind::Id }
    }

    /// A column of figures.
    pub const fn number(name: &'static str) -> Self {
        Self { name, kind: Kind::Number }
    }

    /// A column of words.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: Kind::Text }
    }

    /// A column of bars.
    pub const fn mark(name: &'static str) -> Self {
        Self { name, kind: Kind::Mark }
    }
}

/// Rows under headings.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// Labelled values.
    Facts(Vec<Fact>),
    /// A table.
    Table(Table),
    /// A paragraph.
    Text(String),
    /// Points, one under the other.
    Points(Vec<String>),
}

/// What a report says, part by part.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The parts, top to bottom.
    pub blocks: Vec<Block>,
}

impl Document {
    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    /// Adds facts.
    pub fn facts(&mut self, facts: Vec<Fact>) {
        self.blocks.push(Block::Facts(facts));
    }

    /// Adds a paragraph.
    pub fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Adds points.
    pub fn points(&mut self, points: Vec<String>) {
        self.blocks.push(Block::Points(points));
    }

    /// Adds a table.
    pub fn table<const N: usize>(&mut self, columns: [Column; N], rows: Vec<[String; N]>) {
        self.rows(columns.to_vec(), rows.into_iter().map(Vec::from).collect());
    }

    /// Adds a table whose columns depend on what there is to tell.
    pub fn rows(&mut self, columns: Vec<Column>, rows: Vec<Vec<String>>) {
        self.blocks.push(Block::Table(Table { columns, rows }));
    }
}
