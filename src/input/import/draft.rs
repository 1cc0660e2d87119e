//! One file while a reader is at work: where workflows and findings go.

use super::{Job, Workflow, codes};
use crate::input::{
    codes::Code,
    observe::{View, redact},
    path::Path,
    problems::Problems,
    scalars::{MAX_MS, Range},
    sources::Span,
    values::MAX_TEXT,
};

/// What a reader works with.
pub struct Draft<'r, 't> {
    /// The file's name without folders and extension.
    pub stem: &'r str,
    /// What was found.
    pub workflows: Vec<Workflow>,
    problems: &'r Problems<'t>,
}

/// Things of one sort that are told in one finding: how many, and which is the first.
#[derive(Debug, Default)]
pub struct Tally<'n> {
    first: Option<(View<'n>, String)>,
    count: usize,
}

impl<'n> Tally<'n> {
    /// Counts one.
    pub fn add(&mut self, view: View<'n>, name: &str) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some((view, name.to_owned()));
        }
    }

    /// The first one's place, and how many there are in words; `None` where there is none.
    pub fn told(self) -> Option<(View<'n>, String)> {
        let (view, name) = self.first?;
        let name = clip(&name, 80);
        let text = match self.count {
            1 => format!("task `{name}`"),
            n => format!("task `{name}` and {} more", n - 1),
        };
        Some((view, text))
    }
}

impl<'r, 't> Draft<'r, 't> {
    /// Nothing found yet in the file of this name.
    pub(super) fn new(file: &'r str, problems: &'r Problems<'t>) -> Self {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        Self { stem: if stem.is_empty() { name } else { stem }, workflows: Vec::new(), problems }
    }

    /// Notes something.
    pub fn note(&self, code: &Code, view: &View<'_>, message: impl Into<String>) {
        let path = view.path();
        let path = if path.is_empty() { Path::Root } else { Path::Field(&Path::Root, &path) };
        self.problems.add(code, Span { at: view.at(), len: 1 }, &path, redact::text(&message.into()));
    }

    /// Notes that a field is missing or odd (ORCH232).
    pub fn gap(&self, view: &View<'_>, message: impl Into<String>) {
        self.note(&codes::GAP, view, message);
    }

    /// Text on one line, redacted; `None` where it is absent or blank, with a gap where it is no text.
    pub fn text(&self, view: &View<'_>) -> Option<String> {
        let text = view.as_loose_text();
        if text.is_none() && !view.is_null() {
            self.gap(view, format!("expected text, found {}", view.noun()));
        }
        let words: Vec<&str> = text.as_deref()?.split_whitespace().collect();
        Some(redact::text(&words.join(" "))).filter(|t| !t.is_empty())
    }

    /// An id: text or a number, as it is written, so that references by it are found.
    pub fn id(&self, view: &View<'_>) -> Option<String> {
        let text = view.as_loose_text();
        if text.is_none() && !view.is_null() {
            self.gap(view, format!("expected a name, found {}", view.noun()));
        }
        let text = text?.trim().to_owned();
        if text.len() > MAX_TEXT / 2 {
            self.gap(view, "the name is longer than 32 KiB");
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    /// A label's text: one line of at most 200 characters.
    pub fn label(&self, view: &View<'_>) -> Option<String> {
        self.text(view).map(|t| clip(&t, 200))
    }

    /// A number within a range; a gap where it is none.
    pub fn number(&self, view: &View<'_>, range: Range) -> Option<f64> {
        let number = view.as_loose_number();
        match number {
            None if view.is_null() => None,
            None => {
                self.gap(view, format!("expected a number, found {}", view.noun()));
                None
            }
            Some(n) if !range.holds(n) => {
                self.gap(view, format!("{n} is out of range: it must be {range}"));
                None
            }
            number => number,
        }
    }

    /// Seconds of a span of time.
    pub fn seconds(&self, view: &View<'_>) -> Option<f64> {
        let seconds = self.number(view, Range::AMOUNT)?;
        if seconds * 1000.0 <= MAX_MS {
            return Some(seconds);
        }
        self.gap(view, "the time is longer than 100 years");
        None
    }

    /// Items of a list of names, or the one name; what is no name is a gap each.
    pub fn names<'n>(&self, view: &View<'n>) -> Vec<(View<'n>, String)> {
        view.items_or_self().into_iter().filter_map(|v| self.id(&v).map(|name| (v, name))).collect()
    }

    /// Adds a job; a second one of the same id is a gap.
    pub fn push(
        &self,
        workflow: &mut Workflow,
        known: &mut std::collections::BTreeSet<String>,
        view: &View<'_>,
        job: Job,
    ) {
        if known.insert(job.id.clone()) {
            let location = self.problems.sources.location(view.at());
            workflow.jobs.push(Job { location, ..job });
        } else {
            self.gap(view, format!("task `{}` is there twice; the first one stands", clip(&job.id, 80)));
        }
    }

    /// Ends a workflow: drops what its tasks wait for and the file does not have (the reader has told that), and
    /// tells how many tasks lack a duration.
    pub fn finish(&mut self, view: &View<'_>, mut workflow: Workflow) {
        let known: std::collections::BTreeSet<String> = workflow.jobs.iter().map(|j| j.id.clone()).collect();
        for job in &mut workflow.jobs {
            let Job { id, after, .. } = job;
            if after.remove(id).is_some() {
                self.gap(view, format!("task `{}` waits for itself", clip(id, 80)));
            }
            after.retain(|other, _| known.contains(other));
        }
        let (all, timed) = (workflow.jobs.len(), workflow.jobs.iter().filter(|j| j.duration_s.is_some()).count());
        if timed < all {
            let name = clip(&workflow.name, 80);
            let message = match timed {
                0 => format!("none of the {all} tasks of `{name}` has a duration"),
                n => format!("{} of the {all} tasks of `{name}` have no duration", all - n),
            };
            self.note(&codes::NO_DURATION, view, message);
        }
        self.workflows.push(workflow);
    }
}

/// At most `most` characters.
pub fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
