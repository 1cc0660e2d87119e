//! Collects what is wrong with the input while reading goes on.

use std::cell::{Cell, RefCell};

use super::{
    Command,
    codes::{self, Code},
    observe::redact,
    path::Path,
    sources::{Sources, Span},
    witness::{Form, Witness},
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
    /// Who sees what is read, where the schema is made.
    witness: Option<RefCell<Witness>>,
}

impl<'t> Problems<'t> {
    /// None yet.
    pub fn new(sources: &'t Sources, command: Command) -> Self {
        Self { sources, command, found: RefCell::default(), more: Cell::new(0), witness: None }
    }

    /// None yet; a witness sees what is read.
    pub fn watched(sources: &'t Sources, command: Command, witness: Witness) -> Self {
        Self { witness: Some(RefCell::new(witness)), ..Self::new(sources, command) }
    }

    /// What a witness saw.
    pub fn witness(self) -> Witness {
        self.witness.map(RefCell::into_inner).unwrap_or_default()
    }

    /// Tells a witness, where there is one, what the reader takes at a path.
    pub fn saw(&self, path: &Path<'_>, form: impl FnOnce() -> Form) {
        if let Some(witness) = &self.witness {
            witness.borrow_mut().saw(path, form());
        }
    }

    /// Tells it that the reader misses a field.
    pub fn missed(&self, path: &Path<'_>, field: &str) {
        if let Some(witness) = &self.witness {
            witness.borrow_mut().missed(path, field);
        }
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
        let (message, help) = (message.into(), help.into());
        self.push(code, |severity| Finding { severity, help, ..self.located(code, span, path, &message) });
    }

    /// Notes a problem with a file as a whole, or with no file at all.
    pub fn add_about_file(&self, code: &Code, file: &str, message: impl Into<String>) {
        self.push(code, |severity| Finding { severity, ..self.about_file(code, file, &message.into()) });
    }

    /// A finding about a place, not noted here.
    pub fn located(&self, code: &Code, span: Span, path: &Path<'_>, message: &str) -> Finding {
        let location = self.sources.location(span.at);
        let file = self.sources.iter().nth(location.file as usize).map_or_else(String::new, |s| s.name.clone());
        Finding {
            code: code.id,
            severity: code.severity,
            message: redact::text(message),
            path: path.to_string(),
            file,
            location,
            help: code.remedy.to_owned(),
            excerpt: self.sources.excerpt(span),
        }
    }

    /// A finding about a file as a whole, not noted here.
    pub fn about_file(&self, code: &Code, file: &str, message: &str) -> Finding {
        let index = self.sources.iter().position(|s| s.name == file).unwrap_or(0);
        Finding {
            code: code.id,
            severity: code.severity,
            message: redact::text(message),
            path: String::new(),
            file: file.to_owned(),
            location: Location { file: index as u32, line: 0, column: 0 },
            help: code.remedy.to_owned(),
            excerpt: None,
        }
    }

    fn push(&self, code: &Code, finding: impl FnOnce(Severity) -> Finding) {
        let Some(severity) = code.severity_for(self.command) else { return };
        let mut found = self.found.borrow_mut();
        if found.len() < MAX_FINDINGS {
            found.push(finding(severity));
        } else {
            self.more.set(self.more.get() + 1);
        }
    }

    /// Everything found, by place, each once; a last finding tells how many more there are.
    pub fn finish(self) -> Vec<Finding> {
        let more = self.more.get();
        let mut found = self.found.into_inner();
        found.sort_by(|a, b| (a.location, a.code, &a.message).cmp(&(b.location, b.code, &b.message)));
        found.dedup_by(|a, b| a.location == b.location && a.code == b.code && a.message == b.message);
        if more > 0 {
            let code = &codes::MORE;
            found.push(Finding {
                code: code.id,
                severity: code.severity,
                message: format!("{more} more problems"),
                path: String::new(),
                file: String::new(),
                location: Location::default(),
                help: code.remedy.to_owned(),
                excerpt: None,
            });
        }
        found
    }

    /// True where a section, or the document as a whole, has a problem already.
    pub fn any_in(&self, section: &str) -> bool {
        self.found
            .borrow()
            .iter()
            .any(|f| f.path.starts_with(section) || f.code == codes::WRONG_TYPE.id && f.path.is_empty())
    }

    /// How many are kept so far.
    pub fn count(&self) -> usize {
        self.found.borrow().len()
    }
}
