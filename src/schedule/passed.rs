//! What was looked at in vain: spans in which nothing as long and as large as asked for can start, for as long as use
//! only grows.

use crate::model::Ms;

/// Spans that are kept.
const KEPT: usize = 24;

/// No start in `[from, to)` leaves levels at `room` or below for `length`.
#[derive(Debug, Clone)]
struct Span {
    from: Ms,
    to: Ms,
    length: Ms,
    room: i64,
}

impl Span {
    /// True where what this says of a demand holds for a longer or larger one.
    fn covers(&self, length: Ms, room: i64) -> bool {
        self.length <= length && self.room >= room
    }
}

/// Such spans, of the demands asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Passed(Vec<Span>);

impl Passed {
    /// The first moment from `from` on that may be a start. O(1).
    pub(super) fn skip(&self, from: Ms, length: Ms, room: i64) -> Ms {
        let inside = |start: Ms, span: &Span| span.covers(length, room) && (span.from..span.to).contains(&start);
        self.0.iter().fold(from, |start, span| if inside(start, span) { span.to } else { start })
    }

    /// Nothing can start in `[from, to)`. Of too many spans the shortest is forgotten. O(1).
    pub(super) fn note(&mut self, from: Ms, to: Ms, length: Ms, room: i64) {
        if self.0.iter().any(|s| s.covers(length, room) && s.from <= from && to <= s.to) {
            return;
        }
        let new = Span { from, to, length, room };
        self.0.retain(|s| !(new.covers(s.length, s.room) && from <= s.from && s.to <= to));
        if self.0.len() < KEPT {
            self.0.push(new);
        } else if let Some(shortest) = self.0.iter_mut().min_by_key(|s| s.to - s.from)
            && shortest.to - shortest.from < to - from
        {
            *shortest = new;
        }
    }

    /// Use became less.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}
