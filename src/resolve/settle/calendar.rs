//! Who has how much of one resource when: a level over time, and the first gap that is long enough.

use crate::model::{Ms, NEVER};

/// Amounts this close are the same.
const NOISE: f64 = 1e-9;

/// A claim as the calendar sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Booking {
    /// First moment.
    pub since: Ms,
    /// First moment after it.
    pub until: Ms,
    /// How much.
    pub amount: f64,
    /// Nobody else may be there.
    pub alone: bool,
}

/// What is booked from a moment to the next.
#[derive(Debug, Clone, Copy)]
struct Segment {
    from: Ms,
    level: f64,
    bookings: u32,
    alone: u32,
}

/// The bookings of one resource.
#[derive(Debug, Clone)]
pub struct Calendar {
    capacity: f64,
    segments: Vec<Segment>,
}

impl Calendar {
    /// Nothing booked.
    pub fn new(capacity: f64) -> Self {
        Self { capacity, segments: vec![Segment { from: Ms::MIN, level: 0.0, bookings: 0, alone: 0 }] }
    }

    /// Books, whether it fits or not. O(segments).
    pub fn add(&mut self, b: Booking) {
        if b.since >= b.until {
            return;
        }
        let (first, last) = (self.cut(b.since), self.cut(b.until));
        for segment in &mut self.segments[first..last] {
            segment.level += b.amount;
            segment.bookings += 1;
            segment.alone += u32::from(b.alone);
        }
    }

    /// The position of the segment that begins at a moment; made where there is none.
    fn cut(&mut self, at: Ms) -> usize {
        let next = self.segments.partition_point(|s| s.from < at);
        if self.segments.get(next).is_none_or(|s| s.from != at) {
            let from_there = Segment { from: at, ..self.segments[next - 1] };
            self.segments.insert(next, from_there);
        }
        next
    }

    /// The least left of the capacity while a booking lasts; 0 where one of them wants to be alone.
    pub fn room(&self, b: Booking) -> f64 {
        let first = self.segments.partition_point(|s| s.from <= b.since).saturating_sub(1);
        let during = self.segments[first..].iter().take_while(|s| s.from < b.until);
        let left = |s: &Segment| {
            let apart = s.bookings > 0 && (s.alone > 0 || b.alone);
            if apart { 0.0 } else { self.capacity - s.level }
        };
        during.map(left).fold(f64::INFINITY, f64::min).max(0.0)
    }

    /// True where a booking fits as it is.
    pub fn fits(&self, b: Booking) -> bool {
        b.amount <= self.room(b) + NOISE * b.amount.max(1.0)
    }

    /// The booking as it is where it fits, else at the first moment from `now` on at which it fits for as long;
    /// `None` where it never does. O(segments²) at worst, O(segments) where gaps are long.
    pub fn first_fit(&self, b: Booking, now: Ms) -> Option<Booking> {
        if self.fits(b) {
            return Some(b);
        }
        let ends = self.segments.iter().map(|s| s.from).filter(|at| *at > b.since.max(now) && *at < NEVER);
        let starts = std::iter::once(b.since.max(now)).chain(ends);
        let shifted = |since: Ms| Booking {
            since,
            until: if b.until >= NEVER { NEVER } else { since + (b.until - b.since) },
            ..b
        };
        starts.map(shifted).find(|b| self.fits(*b))
    }
}

#[cfg(test)]
mod tests {
    use super::{Booking, Calendar};
    use crate::model::NEVER;

    fn booking(since: i64, until: i64, amount: f64, alone: bool) -> Booking {
        Booking { since, until, amount, alone }
    }

    #[test]
    fn a_booking_waits_for_the_first_gap_that_is_long_enough() {
        let mut c = Calendar::new(4.0);
        c.add(booking(0, 10, 3.0, false));
        c.add(booking(12, 20, 2.0, false));
        assert_eq!(c.first_fit(booking(5, 8, 1.0, false), 0).unwrap().since, 5);
        assert_eq!(c.first_fit(booking(5, 8, 3.0, false), 0).unwrap().since, 20, "the gap from 10 to 12 is too short");
        assert_eq!(c.first_fit(booking(5, 7, 3.0, false), 0).unwrap().since, 10);
        assert_eq!(c.first_fit(booking(5, NEVER, 3.0, false), 0).unwrap().since, 20);
        assert_eq!(c.first_fit(booking(5, 7, 5.0, false), 0), None);
        assert_eq!(c.room(booking(8, 13, 0.0, false)), 1.0);
    }

    #[test]
    fn who_wants_to_be_alone_is_and_stays_so() {
        let mut c = Calendar::new(4.0);
        c.add(booking(0, 10, 1.0, true));
        assert!(!c.fits(booking(9, 11, 1.0, false)));
        assert_eq!(c.first_fit(booking(-5, 5, 1.0, false), 0).unwrap().since, 10);
        c.add(booking(10, NEVER, 1.0, false));
        assert_eq!(c.first_fit(booking(5, 6, 1.0, true), 0), None);
        // However much there is.
        let mut c = Calendar::new(f64::INFINITY);
        c.add(booking(0, 10, 1.0, true));
        assert_eq!(c.first_fit(booking(5, 8, 1.0, true), 0).unwrap().since, 10);
    }
}
