//! What is wrong although every value by itself is right: one function per code, listed in [`CHECKS`].
//!
//! A code's scope says for which commands it is asked at all; problems of single values are told where
//! they are read, in `schema/`.

mod agents;
mod batch;
mod cycles;
mod network;
mod tasks;

use std::cell::OnceCell;

use super::{
    Command,
    build::Built,
    codes::{self, Code},
    path::Path,
    problems::Problems,
    sources::{Pos, Span},
};
use crate::model::{Quantities, Snapshot};

/// What a check looks at.
pub struct Subject<'b, 't> {
    /// What was read.
    pub built: &'b Built<'t>,
    /// Where findings go.
    pub problems: &'b Problems<'t>,
    quantities: OnceCell<Quantities<'b>>,
}

/// A code and the function that looks for it.
pub type Check = (&'static Code, fn(&Subject<'_, '_>));

/// Every check, by code.
pub const CHECKS: &[Check] = &[
    (&codes::LONELY_ZONE, network::check_orch036_lonely_zone),
    (&codes::CYCLE, cycles::check_orch040_cycle),
    (&codes::ZERO_BANDWIDTH, network::check_orch042_zero_bandwidth),
    (&codes::RESOURCE_AND_BUDGET, agents::check_orch043_resource_and_budget),
    (&codes::NO_LIMIT, network::check_orch044_no_limit),
    (&codes::DEADLINE_BEFORE_RELEASE, tasks::check_orch045_deadline_before_release),
    (&codes::PIN_NOT_ALLOWED, tasks::check_orch047_pin_not_allowed),
    (&codes::TOGETHER_AND_APART, tasks::check_orch048_together_and_apart),
    (&codes::EMPTY_BATCH, batch::check_orch049_empty_batch),
    (&codes::UNKNOWN_CAPABILITY, tasks::check_orch050_unknown_capability),
    (&codes::IMPOSSIBLE_TASK, batch::check_orch051_impossible_task),
    (&codes::UNKNOWN_DIMENSION, tasks::check_orch052_unknown_dimension),
    (&codes::PER_WITHOUT_CAPACITY, network::check_orch053_per_without_capacity),
    (&codes::CLASHING_ESTIMATE, batch::check_orch054_clashing_estimate),
    (&codes::CLASHING_METRICS, agents::check_orch055_clashing_metrics),
    (&codes::NO_AGENTS, batch::check_orch056_no_agents),
];

/// Runs every check that the command asks for.
pub fn check(built: &Built<'_>, problems: &Problems<'_>, command: Command) {
    let subject = Subject { built, problems, quantities: OnceCell::new() };
    for (_, run) in CHECKS.iter().filter(|(code, _)| code.severity_for(command).is_some()) {
        run(&subject);
    }
}

impl<'b> Subject<'b, '_> {
    fn snapshot(&self) -> &'b Snapshot {
        &self.built.snapshot
    }

    fn quantities(&self) -> &Quantities<'b> {
        self.quantities.get_or_init(|| Quantities::new(&self.built.snapshot))
    }

    /// Notes a problem with a field of a thing of a list.
    fn tell(&self, code: &Code, at: Pos, (list, index, field): (&str, u32, &str), message: String) {
        let (root, list) = list.split_once('.').map_or(("", list), |(root, list)| (root, list));
        let section = Path::Root.field(root);
        let list = if root.is_empty() { Path::Root.field(list) } else { section.field(list) };
        let item = list.item(index as usize);
        let whole = item.field(field);
        let path = if field.is_empty() { &item } else { &whole };
        self.problems.add(code, self.span(at), path, message);
    }

    /// The value that starts at a position, to the end of what looks like one word.
    fn span(&self, at: Pos) -> Span {
        let text = self.problems.sources.text_at(at);
        let len = match text.chars().next() {
            Some(quote @ ('"' | '\'')) => text[1..].find(quote).map_or(1, |i| i + 2),
            Some('[' | '{') => 1,
            _ => text.find(|c: char| c.is_whitespace() || ",:]}#".contains(c)).unwrap_or(text.len().min(40)),
        };
        Span { at, len: len.max(1) as u32 }
    }
}

/// Names in backquotes, the first few of many.
fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>, separator: &str) -> String {
    const SHOWN: usize = 8;
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<String> = names.take(SHOWN).map(|n| format!("`{}`", super::values::shorten(n))).collect();
    let tail = if more > 0 { format!("{separator}… {more} more") } else { String::new() };
    shown.join(separator) + &tail
}

#[cfg(test)]
mod tests {
    use super::CHECKS;

    #[test]
    fn checks_stand_in_the_order_of_their_codes() {
        assert!(CHECKS.is_sorted_by_key(|(code, _)| code.id));
    }
}
