//! What the tests of schedules and of the engine share: snapshots read from text, plans written by hand.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test may stop at what it did not expect")]

use std::io::Write;

use crate::{
    input::{self, Command, Request},
    model::{Ms, Placement, Plan, Quantities, Snapshot},
};

/// The snapshot of a YAML text without its version.
pub fn snapshot(text: &str) -> Snapshot {
    let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    write!(file, "version: 1\n{text}").unwrap();
    let request = Request { files: vec![file.path().into()], command: Command::Distribute, ..Request::default() };
    input::read(&request).unwrap_or_else(|error| panic!("{error}\n{text}")).snapshot
}

/// A plan of rows of task, agent and start in seconds.
pub fn plan(q: &Quantities<'_>, rows: &[(&str, &str, Ms)]) -> Plan {
    let mut out = Plan::empty(q.snapshot.tasks.len());
    for (task, agent, start) in rows {
        let (t, agent) = (q.snapshot.find_task(task).unwrap(), q.snapshot.find_agent(agent).unwrap());
        let start = start * 1000;
        out.placements[t.at()] = Some(Placement { agent, start, finish: start + q.on(t, agent).unwrap().processing });
    }
    out
}
