//! The path of a value in a document (`tasks[3].deadline`), spelled out only when it is printed.

use std::fmt;

/// One step of a path, with the steps before it.
#[derive(Debug, Clone, Copy)]
pub enum Path<'p> {
    /// The document.
    Root,
    /// A field of a mapping.
    Field(&'p Path<'p>, &'p str),
    /// An item of a list.
    Item(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    /// The path of a field.
    pub fn field(&'p self, name: &'p str) -> Path<'p> {
        Path::Field(self, name)
    }

    /// The path of an item.
    pub fn item(&'p self, index: usize) -> Path<'p> {
        Path::Item(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Field(Path::Root, name) => f.write_str(name),
            Path::Field(before, name) => write!(f, "{before}.{name}"),
            Path::Item(before, index) => write!(f, "{before}[{index}]"),
        }
    }
}
