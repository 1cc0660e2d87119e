//! One file (or one inline list) while an adapter reads it: where observations and gaps go.

use std::borrow::Cow;

use super::{
    Adapter, codes,
    observation::{Endpoint, Fact, Moment, Observation, Place, Subject},
    redact,
    view::View,
};
use crate::input::{codes::Code, path::Path, problems::Problems, scalars, sources::Span};

/// What an adapter works with: it takes documents apart and says what it found.
pub struct Reading<'r, 't> {
    /// The adapter whose turn it is.
    pub adapter: &'static Adapter,
    /// The file's name as the user wrote it, with folders; for inline records that of the snapshot.
    pub file: &'r str,
    problems: &'r Problems<'t>,
    found: Vec<Observation>,
}

impl<'r, 't> Reading<'r, 't> {
    /// Nothing found yet.
    pub(super) fn new(adapter: &'static Adapter, file: &'r str, problems: &'r Problems<'t>) -> Self {
        Self { adapter, file, problems, found: Vec::new() }
    }

    /// What was found; the names of observations are not empty.
    pub(super) fn finish(self) -> Vec<Observation> {
        self.found
    }

    /// The file's name without folders and extension: what many formats call the thing in it.
    pub fn stem(&self) -> &'r str {
        let name = self.file.rsplit('/').next().unwrap_or(self.file);
        name.split_once('.').map_or(name, |(stem, _)| stem)
    }

    /// Begins an observation of what the source calls `name`; what stands at `view` is its record.
    pub fn observe(&mut self, view: &View<'_>, subject: Subject, name: impl Into<String>) -> &mut Observation {
        let observation = Observation {
            subject,
            name: name.into(),
            keys: std::collections::BTreeMap::new(),
            method: self.adapter.method,
            time: None,
            place: view.place(),
            facts: Vec::new(),
        };
        self.found.push(observation);
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Notes that a field is missing or not as the format has it (ORCH204).
    pub fn gap(&self, view: &View<'_>, message: impl Into<String>) {
        self.note(&codes::GAP, view, message);
    }

    /// Notes that a record cannot be used (ORCH205).
    pub fn useless(&self, view: &View<'_>, message: impl Into<String>) {
        self.note(&codes::USELESS, view, message);
    }

    /// Notes something of another code, for adapters with findings of their own.
    pub fn note(&self, code: &Code, view: &View<'_>, message: impl Into<String>) {
        let path = view.path();
        let path = if path.is_empty() { Path::Root } else { Path::Field(&Path::Root, &path) };
        self.problems.add(code, Span { at: view.at(), len: 1 }, &path, redact::text(&message.into()));
    }

    fn wrong(&self, view: &View<'_>, wanted: &str) {
        self.gap(view, format!("expected {wanted}, found {}", view.noun()));
    }

    /// A name that must be there: text that is not blank, or a number as text.
    pub fn name(&self, view: &View<'_>, of: &str) -> Option<String> {
        let name = view.as_loose_text().map(|t| redact::text(t.trim())).filter(|t| !t.is_empty());
        if name.is_none() {
            self.useless(view, format!("{of} has no name, and was left out"));
        }
        name
    }

    /// Text, redacted; `None` where it is absent or blank, with a gap where it is no text.
    pub fn text(&self, view: &View<'_>) -> Option<String> {
        let text = view.as_loose_text();
        if text.is_none() && view.is_there() && !view.is_null() {
            self.wrong(view, "text");
        }
        text.map(|t| redact::text(t.trim())).filter(|t| !t.is_empty())
    }

    /// Text that ought to be there: its absence is a gap.
    pub fn wanted_text(&self, view: &View<'_>, field: &str) -> Option<String> {
        if !view.is_there() {
            self.gap(view, format!("`{field}` is missing"));
        }
        self.text(view)
    }

    /// A finite number, or text that is one; a gap where it is anything else.
    pub fn number(&self, view: &View<'_>) -> Option<f64> {
        let number = view.as_loose_number();
        if number.is_none() && view.is_there() && !view.is_null() {
            self.wrong(view, "a number");
        }
        number
    }

    /// A number within what the snapshot allows for it.
    pub fn number_in(&self, view: &View<'_>, range: scalars::Range) -> Option<f64> {
        let number = self.number(view)?;
        if range.holds(number) {
            return Some(number);
        }
        self.gap(view, format!("{number} is out of range: it must be {range}"));
        None
    }

    /// Milliseconds of a duration: text such as `90s`, or a number of seconds.
    pub fn duration(&self, view: &View<'_>) -> Option<f64> {
        let ms = view.as_number().map(|s| s * 1000.0).or_else(|| scalars::duration_ms(view.as_text()?));
        let ms = ms.filter(|ms| (0.0..=scalars::MAX_MS).contains(ms));
        if ms.is_none() && view.is_there() && !view.is_null() {
            self.gap(view, "expected a duration such as `90s`, or a number of seconds");
        }
        ms
    }

    /// A moment: RFC 3339 (a blank for the `T` is forgiven), a duration after `as_of` such as `-30s`, or a number
    /// of seconds after `as_of`.
    pub fn moment(&self, view: &View<'_>) -> Option<Moment> {
        let number = view.as_number().filter(|s| s.abs() * 1000.0 <= scalars::MAX_MS);
        let moment = number.map(|s| Moment::After((s * 1000.0) as i64)).or_else(|| view.as_text().and_then(moment));
        if moment.is_none() && view.is_there() && !view.is_null() {
            self.gap(view, "expected a moment such as `2026-01-05T09:00:00Z`");
        }
        moment
    }

    /// A moment in milliseconds since 1970 times `per_ms`: 1e-3 for seconds, 1e3 for microseconds, 1e6 for
    /// nanoseconds; numbers and numbers as text.
    pub fn unix(&self, view: &View<'_>, per_ms: f64) -> Option<Moment> {
        let ms = self.number(view)? / per_ms;
        if ms > 0.0 && ms < 1e14 {
            return Some(Moment::Unix(libm::round(ms) as i64));
        }
        self.gap(view, "the time is no plausible one");
        None
    }

    /// Texts of a list, or of one text; what is no text is a gap each.
    pub fn texts(&self, view: &View<'_>) -> Vec<(String, Place)> {
        if view.is_there() && !view.is_list() && view.as_loose_text().is_none() && !view.is_null() {
            self.wrong(view, "a list of texts");
            return Vec::new();
        }
        view.items_or_self().iter().filter_map(|v| Some((self.text(v)?, v.place()))).collect()
    }

    /// An address as an endpoint; a gap where it is none. A host and port without a scheme is fine.
    pub fn endpoint(&self, view: &View<'_>, protocol: &str) -> Option<Endpoint> {
        let raw = view.as_text().map(str::trim).filter(|t| !t.is_empty())?;
        let bare = || {
            let host = !raw.contains(char::is_whitespace) && !raw.contains('@') && raw.contains(['.', ':']);
            host.then(|| Cow::from(raw).split(['?', '#']).next().unwrap_or_default().to_owned())
        };
        let address = redact::url(raw).or_else(bare).map(|a| redact::text(&a));
        if address.is_none() {
            self.gap(view, "expected an address");
        }
        Some(Endpoint { address: address?, protocol: protocol.to_ascii_lowercase() })
    }

    /// The labels of a mapping, as facts and as keys to join by (`label.NAME`).
    pub fn labels(&self, view: &View<'_>) -> Vec<(Place, String, String)> {
        if view.is_there() && !view.is_map() && !view.is_null() {
            self.wrong(view, "a mapping of labels");
        }
        let row =
            |(key, v): (&str, View<'_>)| Some((v.place(), redact::text(key), redact::pair(key, &v.as_loose_text()?)));
        view.entries().filter_map(row).collect()
    }
}

/// A moment in text: RFC 3339, a blank for the `T` forgiven, or a duration after `as_of`.
pub fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if let Some(ms) = scalars::duration_ms(text).filter(|ms| ms.abs() <= scalars::MAX_MS) {
        return Some(Moment::After(ms as i64));
    }
    let with_t = text.replacen(' ', "T", 1);
    scalars::timestamp(text).or_else(|| scalars::timestamp(&with_t)).map(|t| Moment::Unix(t.as_millisecond()))
}

impl Observation {
    /// Notes labels as facts, and as keys to join by.
    pub fn labels(&mut self, labels: Vec<(Place, String, String)>) {
        for (place, key, value) in labels {
            self.key(format!("label.{key}"), value.clone());
            self.say(place, Fact::Label(key, value));
        }
    }

    /// Notes an endpoint, and its host as a key to join by.
    pub fn endpoint(&mut self, place: Place, endpoint: Endpoint) {
        self.keys.entry("host".into()).or_insert_with(|| redact::host(&endpoint.address).to_owned());
        self.say(place, Fact::Endpoint(endpoint));
    }
}
