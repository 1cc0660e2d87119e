//! A selection problem's relaxation in the CPLEX LP format, which `HiGHS`, CBC, SCIP and others read.

use std::{collections::BTreeMap, fmt::Write};

use super::selection::{Columns, Level, Rows};

/// Entries of one line, so that no reader's limit is met.
const PER_LINE: usize = 4;

/// Rows that offer as much hold whatever is chosen.
const FREE: i64 = 1 << 58;

/// How a problem is called in the file.
pub trait Naming {
    /// Lines of comment before everything.
    fn comments(&self) -> Vec<String>;
    /// A column of a group.
    fn column(&self, group: usize, key: u32) -> String;
    /// A group.
    fn group(&self, group: usize) -> String;
    /// A row.
    fn row(&self, row: usize) -> String;
    /// A level.
    fn level(&self, level: usize) -> String;
    /// What one of the problem's own units of cost is in the objective of the file.
    fn unit(&self) -> f64;
    /// Integers of a row per unit of the file.
    fn row_unit(&self, row: usize) -> f64;
    /// Integers of a level per unit of the file.
    fn level_unit(&self, level: usize) -> f64;
}

/// Writes `min Σ cost · x + Σ unit cost · T` with the rows and `Σ x = 1` for each group, `x ≥ 0`, `T ≥ least`.
/// O(entries).
pub fn write<C: Columns>(columns: &C, rows: &Rows, levels: &[Level], naming: &impl Naming) -> String {
    let mut out = String::new();
    for line in naming.comments() {
        line_of(&mut out, &format!("\\ {line}"));
    }
    let mut summed: BTreeMap<usize, f64> = BTreeMap::new();
    let mut objective = Terms::default();
    let mut left: Vec<Terms> = (0..rows.len()).map(|_| Terms::default()).collect();
    let mut groups: Vec<Terms> = Vec::with_capacity(columns.groups());
    for g in 0..columns.groups() {
        let mut whole = Terms::default();
        columns.visit(g, &mut |key, cost, entries| {
            let name = naming.column(g, key);
            if cost != 0 {
                objective.add(cost as f64 * naming.unit(), &name);
            }
            // A row named twice counts twice: readers want it once.
            summed.clear();
            for (r, amount) in entries {
                *summed.entry(*r as usize).or_insert(0.0) += *amount as f64;
            }
            for (r, amount) in summed.iter().filter(|e| *e.1 != 0.0) {
                left[*r].add(amount / naming.row_unit(*r), &name);
            }
            whole.add(1.0, &name);
        });
        groups.push(whole);
    }
    for (k, level) in levels.iter().enumerate() {
        objective.add(level.unit_cost as f64 * naming.unit() * naming.level_unit(k), &naming.level(k));
    }
    // A programme without any variable in its objective still needs one.
    let nothing = "constant_0";
    if objective.is_empty() {
        objective.add(0.0, nothing);
    }
    line_of(&mut out, "Minimize");
    line_of(&mut out, &format!(" obj:{}", objective.text));
    line_of(&mut out, "Subject To");
    for (r, terms) in left.iter_mut().enumerate().filter(|(r, t)| !t.is_empty() && rows.fixed[*r] < FREE) {
        let unit = naming.row_unit(r);
        if let Some(k) = rows.level[r].filter(|_| rows.slope[r] != 0) {
            let slope = rows.slope[r] as f64 * (naming.level_unit(k as usize) / unit);
            terms.add(-slope, &naming.level(k as usize));
        }
        line_of(&mut out, &format!(" {}:{} <= {}", naming.row(r), terms.text, rows.fixed[r] as f64 / unit));
    }
    for (g, terms) in groups.iter().enumerate() {
        line_of(&mut out, &format!(" {}:{} = 1", naming.group(g), terms.text));
    }
    line_of(&mut out, "Bounds");
    for (k, level) in levels.iter().enumerate() {
        line_of(&mut out, &format!(" {} >= {}", naming.level(k), level.least as f64 / naming.level_unit(k)));
    }
    line_of(&mut out, "End");
    out
}

fn line_of(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// A sum in the making.
#[derive(Default)]
struct Terms {
    text: String,
    count: usize,
}

impl Terms {
    fn add(&mut self, factor: f64, name: &str) {
        let (sign, size) = if factor < 0.0 { ('-', -factor) } else { ('+', factor) };
        let gap = if self.count > 0 && self.count.is_multiple_of(PER_LINE) { "\n  " } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{gap} {sign} {size} {name}");
        self.count += 1;
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// An id as part of a name: what the format gives a meaning, and what is not ASCII, as `~` and two hexadecimal
/// digits for each byte.
pub fn escaped(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' {
            out.push(byte as char);
        } else {
            let _ = write!(out, "~{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_apart_and_come_back() {
        assert_eq!(escaped("coder-a"), "coder~2Da");
        assert_eq!(escaped("a b:<c>~é"), "a~20b~3A~3Cc~3E~7E~C3~A9");
    }
}
