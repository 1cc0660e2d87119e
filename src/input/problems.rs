//! Collects what is wrong with the input while reading goes on.

use std::cell::{Cell, RefCell};

use super::{
    Command,
    codes::Code,
    path::Path,
    sources::{Sources, Span},
};
use crate::{
    error::{Finding, Severity},
    model::Location,
};

/// Most findings kept; the rest is only counted.
pub const MAX_FINDINGS: usize = 1000;

/// The problems found so far.
#[derive(Debug)]
pub struct Problems<'t> {
    /// The texts they are in.
    pub sources: &'t Sources,
    command: Command,
    found: RefCell<Vec<Finding>>,
    more: Cell<usize>,
    failed: Cell<bool>,
}

impl<'t> Problems<'t> {
    /// None yet.
    pub fn new(sources: &'t Sources, command: Command) -> Self {
        Self { sources, command, found: RefCell::default(), more: Cell::new(0), failed: Cell::new(false) }
    }

    /// Notes a problem at a place.
    pub fn add(&self, code: &Code, span: Span, path: &Path<'_>, message: impl Into<String>) {
        self.add_with_help(code, span, path, message, code.remedy);
    }

    /// Notes a problem at a place, with a remedy of its own.
    pub fn add_with_help(
        &self,
        code: &Code,
        span: Span,
        path: &Path<'_>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let location = self.sources.location(span.at);
        let file = self.sources.iter().nth(location.file as usize).map_or_else(String::new, |s| s.name.clone());
        self.push(code, |severity| Finding {
            code: code.id,
            severity,
            message: message.into(),
            path: path.to_string(),
            file,
            location,
            help: help.into(),
            excerpt: self.sources.excerpt(span),
        });
    }

    /// Notes a problem with a file as a whole, or with no file at all.
    pub fn add_about_file(&self, code: &Code, file: &str, message: impl Into<String>) {
        let index = self.sources.iter().position(|s| s.name == file).unwrap_or(0);
        self.push(code, |severity| Finding {
            code: code.id,
            severity,
            message: message.into(),
            path: String::new(),
            file: file.to_owned(),
            location: Location { file: index as u32, line: 0, column: 0 },
            help: code.remedy.to_owned(),
            excerpt: None,
        });
    }

    fn push(&self, code: &Code, finding: impl FnOnce(Severity) -> Finding) {
        let Some(severity) = code.severity_for(self.command) else { return };
        if severity == Severity::Error {
            self.failed.set(true);
        }
        let mut found = self.found.borrow_mut();
        if found.len() < MAX_FINDINGS {
            found.push(finding(severity));
        } else {
            self.more.set(self.more.get() + 1);
        }
    }

    /// True where some problem stops the command.
    pub fn failed(&self) -> bool {
        self.failed.get()
    }

    /// Everything found, by place, each once; how many more there are is told in a last one.
    pub fn finish(self) -> Vec<Finding> {
        let mut found = self.found.into_inner();
        found.sort_by(|a, b| (a.location, a.code, &a.message).cmp(&(b.location, b.code, &b.message)));
        found.dedup_by(|a, b| a.location == b.location && a.code == b.code && a.message == b.message);
        found
    }

    /// How many were found so far.
    pub fn count(&self) -> usize {
        self.found.borrow().len()
    }

    /// Problems beyond [`MAX_FINDINGS`].
    pub fn more(&self) -> usize {
        self.more.get()
    }
}
