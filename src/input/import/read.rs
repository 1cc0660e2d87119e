//! Files to workflows: which format each is, and the one error where it is none.

use std::path::PathBuf;

use super::{Draft, FORMATS, Format, Workflow, codes};
use crate::{
    error::{Error, Finding, Severity},
    input::{
        Command,
        load::Loader,
        observe::{View, redact, text},
        path::Path,
        problems::Problems,
        sources::{Source, Sources, Span},
    },
};

/// A file to read.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its format; told by its content where there is none.
    pub format: Option<&'static Format>,
    /// Where it is; `-` is standard input.
    pub file: PathBuf,
}

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files, in order.
    pub files: Vec<Wanted>,
}

/// What was read.
#[derive(Debug)]
pub struct Imported {
    /// The workflows, in the order of the files and of the documents in them.
    pub workflows: Vec<Workflow>,
    /// What was odd or lost on the way, by place.
    pub findings: Vec<Finding>,
}

/// Reads workflows.
///
/// # Errors
///
/// Every problem of every file, where one of them cannot be read or is no workflow.
pub fn read(request: &Request) -> Result<Imported, Error> {
    let sources = Sources::default();
    let problems = Problems::new(&sources, Command::Discover);
    let mut loader = Loader::new(&sources, &problems, None);
    let mut workflows = Vec::new();
    for wanted in &request.files {
        if let Some(source) = loader.text_of(&wanted.file) {
            workflows.extend(read_text(wanted.format, source, &problems));
        }
    }
    let findings = problems.finish();
    if findings.iter().any(|f| f.severity == Severity::Error) {
        return Err(Error::Input(findings));
    }
    Ok(Imported { workflows, findings })
}

fn read_text(format: Option<&'static Format>, source: &Source, problems: &Problems<'_>) -> Vec<Workflow> {
    let documents = match text::documents(&source.name, &source.text, source.base()) {
        Ok(documents) => documents,
        Err(fault) => {
            let message = redact::text(&fault.message);
            problems.add(fault.kind.code(), Span { at: fault.at, len: 1 }, &Path::Root, message);
            return Vec::new();
        }
    };
    let views: Vec<View<'_>> = match documents.as_slice() {
        [one] => vec![View::root(one)],
        many => many.iter().enumerate().map(|(i, node)| View::item_root(node, i)).collect(),
    };
    let like = |view: &View<'_>| FORMATS.iter().find(|f| (f.recognises)(view)).copied();
    let format = format.filter(|f| views.iter().any(f.recognises)).or_else(|| match format {
        None => views.iter().find_map(like),
        Some(_) => None,
    });
    let Some(format) = format else {
        let span = Span { at: source.base(), len: 1 };
        let message = match (views.is_empty(), views.iter().find_map(like)) {
            (true, _) => "the file holds no document".to_owned(),
            (_, Some(other)) => format!("the file is {} (`{}`)", other.title, other.kind),
            (_, None) => {
                format!("the file is none of {}", FORMATS.iter().map(|f| f.title).collect::<Vec<_>>().join(", "))
            }
        };
        problems.add(&codes::NO_WORKFLOW, span, &Path::Root, message);
        return Vec::new();
    };
    let mut draft = Draft::new(&source.name, problems);
    for view in views.iter().filter(|v| (format.recognises)(v)) {
        (format.read)(&mut draft, view);
    }
    draft.workflows
}

/// Reads a text by itself, for tests: its workflows, and what was found on the way.
pub fn try_text(kind: Option<&str>, name: &str, text: &str) -> (Vec<Workflow>, Vec<Finding>) {
    let sources = Sources::default();
    let problems = Problems::new(&sources, Command::Discover);
    let format = kind.and_then(|k| FORMATS.iter().find(|f| f.kind == k)).copied();
    let found = sources.add(name.to_owned(), text.to_owned());
    let workflows = found.map(|(_, source)| read_text(format, source, &problems)).unwrap_or_default();
    (workflows, problems.finish())
}
