//! Which of several sources is believed: active over passive, newer over older, then source order.

use std::cmp::Ordering;

use crate::{
    input::observe::{Mode, Place, SeedMethod},
    model::Ms,
};

/// What one source says of one field.
#[derive(Debug, Clone)]
pub struct Claim<'g, T> {
    /// What it says.
    pub value: T,
    /// The same as text, to tell claims apart and to print them.
    pub shown: String,
    /// The source, by position.
    pub feed: usize,
    /// How it was found.
    pub method: SeedMethod,
    /// When it was said, ms after `as_of`.
    pub time: Option<Ms>,
    /// Where it stands.
    pub place: &'g Place,
}

/// What is believed of a field.
#[derive(Debug, Clone)]
pub struct Decision<'g, T> {
    /// The claim that won.
    pub winner: Claim<'g, T>,
    /// What other sources say otherwise, one claim each.
    pub losers: Vec<Claim<'g, T>>,
}

impl<T> Claim<'_, T> {
    /// Active or passive.
    pub fn mode(&self) -> Mode {
        self.method.mode()
    }

    /// The better claim first. What is alike in everything else goes by its text, so that the order of records
    /// cannot show.
    fn order(&self, other: &Self) -> Ordering {
        // The latest first; what has no time is older than what has one.
        let newer = other.time.cmp(&self.time);
        let by = self.mode().cmp(&other.mode()).then(newer).then(self.feed.cmp(&other.feed));
        by.then_with(|| self.shown.cmp(&other.shown))
    }
}

/// Decides a field; `None` where nobody says anything.
pub fn decide<T>(mut claims: Vec<Claim<'_, T>>) -> Option<Decision<'_, T>> {
    claims.sort_by(Claim::order);
    let mut rest = claims.into_iter();
    let winner = rest.next()?;
    let mut losers: Vec<Claim<'_, T>> = Vec::new();
    let mut heard = vec![winner.feed];
    for claim in rest {
        // Of one source, only its best claim counts: an older value of its own is no disagreement.
        if !heard.contains(&claim.feed) {
            heard.push(claim.feed);
            if claim.shown != winner.shown {
                losers.push(claim);
            }
        }
    }
    Some(Decision { winner, losers })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(value: &str, feed: usize, method: SeedMethod, time: Option<Ms>) -> Claim<'static, ()> {
        static PLACE: Place = Place { at: 0, path: String::new() };
        Claim { value: (), shown: value.into(), feed, method, time, place: &PLACE }
    }

    fn winner(claims: &[Claim<'static, ()>]) -> String {
        let all = [claims.to_vec(), claims.iter().rev().cloned().collect()];
        let won = all.map(|c| decide(c).unwrap().winner.shown);
        assert_eq!(won[0], won[1], "the order of claims does not matter");
        won[0].clone()
    }

    #[test]
    fn active_beats_passive_then_newer_then_source_order() {
        let (active, passive) = (SeedMethod::StatusBroadcasts, SeedMethod::NetworkTrafficAnalysis);
        assert_eq!(winner(&[claim("a", 1, active, Some(-9)), claim("p", 0, passive, Some(0))]), "a");
        assert_eq!(winner(&[claim("old", 0, active, Some(-9)), claim("new", 1, active, Some(-1))]), "new");
        assert_eq!(winner(&[claim("timeless", 0, active, None), claim("new", 1, active, Some(-1))]), "new");
        assert_eq!(winner(&[claim("second", 1, active, None), claim("first", 0, active, None)]), "first");
        assert_eq!(winner(&[claim("b", 0, active, None), claim("a", 0, active, None)]), "a");
    }

    #[test]
    fn a_source_does_not_disagree_with_itself() {
        let m = SeedMethod::StatusBroadcasts;
        let d =
            decide(vec![claim("x", 0, m, Some(0)), claim("y", 0, m, Some(-5)), claim("z", 1, m, Some(-9))]).unwrap();
        assert_eq!((d.winner.shown.as_str(), d.losers.len(), d.losers[0].shown.as_str()), ("x", 1, "z"));
    }
}
