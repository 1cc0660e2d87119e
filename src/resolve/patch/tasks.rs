//! Changes of tasks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::diff::{Differ, Entry};
use crate::{
    input::document::{Item, Section},
    model::{Dependency, Task, TaskIx},
    patch::number,
};

/// Tasks that changed.
pub fn tasks(d: &mut Differ<'_>) {
    let (before, after) = (d.before, d.after);
    for (i, (old, new)) in before.tasks.iter().zip(&after.tasks).enumerate().filter(|(_, (a, b))| a != b) {
        if old.priority != new.priority {
            d.set(Section::Tasks, i, "priority", Some(number(new.priority)));
        }
        if old.release != new.release {
            let at = d.moment(Section::Tasks, i, "release", new.release);
            d.set(Section::Tasks, i, "release", Some(at));
        }
        if old.deadline != new.deadline {
            let at = new.deadline.map(|ms| d.moment(Section::Tasks, i, "deadline", ms));
            d.set(Section::Tasks, i, "deadline", at);
        }
        if old.pinned != new.pinned {
            let id = new.pinned.map(|a| Value::String(after.agent(a).id.clone()));
            d.set(Section::Tasks, i, "pinned_agent", id);
        }
        dependencies(d, i, old, new);
        let id = |x: &crate::model::DataIx| after.network.data[x.at()].id.clone();
        let (was, is): (Vec<_>, Vec<_>) = (old.reads.iter().map(id).collect(), new.reads.iter().map(id).collect());
        d.names(Section::Tasks, i, "reads", &was, &is);
        // Companions may be named on either side; what went is taken out wherever it stands.
        let id = |x: &TaskIx| after.task(*x).id.clone();
        for (field, list) in [("together", companions as fn(&Task) -> [&Vec<TaskIx>; 2]), ("apart", companions)] {
            let side = usize::from(field == "apart");
            let (was, is) = (list(old)[side], list(new)[side]);
            let (was, is): (Vec<_>, Vec<_>) = (was.iter().map(id).collect(), is.iter().map(id).collect());
            d.names(Section::Tasks, i, field, &was, &is);
        }
    }
}

fn companions(task: &Task) -> [&Vec<TaskIx>; 2] {
    [&task.together, &task.apart]
}

fn dependencies(d: &mut Differ<'_>, row: usize, old: &Task, new: &Task) {
    if old.depends_on == new.depends_on && old.missing == new.missing {
        return;
    }
    let after = d.after;
    let id = |x: &Dependency| after.task(x.task).id.as_str();
    let was: BTreeMap<&str, &Dependency> = old.depends_on.iter().map(|x| (id(x), x)).collect();
    let is: BTreeMap<&str, &Dependency> = new.depends_on.iter().map(|x| (id(x), x)).collect();
    let written = |x: &Dependency| match (x.data_mb, x.soft) {
        (0.0, false) => Value::String(id(x).to_owned()),
        (mb, false) => json!({"task": id(x), "data_mb": number(mb)}),
        (0.0, true) => json!({"task": id(x), "soft": true}),
        (mb, true) => json!({"task": id(x), "data_mb": number(mb), "soft": true}),
    };
    let missing = |id: &str| old.missing.iter().any(|m| m.0 == id) && new.missing.iter().all(|m| m.0 != id);
    let judge = |entry: &Item| match entry.id() {
        Some(id) if missing(id) => Entry::Drop,
        Some(id) => match (was.get(id), is.get(id)) {
            (Some(_), None) => Entry::Drop,
            (Some(a), Some(b)) if a != b => Entry::Replace(written(b)),
            _ => Entry::Keep,
        },
        None => Entry::Keep,
    };
    let more = is.iter().filter(|(id, _)| !was.contains_key(*id)).map(|(_, x)| written(x)).collect();
    d.list(Section::Tasks, row, "depends_on", judge, more);
}
