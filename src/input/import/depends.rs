//! Argo's `depends`: tasks and what became of them, joined by `&&`, `||` and `!`.
//!
//! What a task waits for in every case is kept; of an alternative that is what all its branches name
//! (`C.Succeeded || C.Failed` waits for `C`). The rest is told, not flattened.

use std::collections::BTreeSet;

/// What an expression asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Depends {
    /// Tasks that have ended in every case.
    pub needed: BTreeSet<String>,
    /// Tasks that only some alternatives name.
    pub alternatives: BTreeSet<String>,
    /// True where something else than success is asked for.
    pub conditional: bool,
}

/// Deepest nesting of parentheses and negations.
const MAX_DEPTH: usize = 100;

enum Expr<'t> {
    Task(&'t str),
    Not(Box<Expr<'t>>),
    All(Vec<Expr<'t>>),
    Any(Vec<Expr<'t>>),
}

/// Reads an expression.
///
/// # Errors
///
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Depends, String> {
    let mut reader = Reader { rest: text, conditional: false };
    let expr = reader.any(0)?;
    if !reader.rest.trim().is_empty() {
        return Err(format!("`{}` was not expected", reader.rest.trim().chars().take(20).collect::<String>()));
    }
    let needed: BTreeSet<&str> = needed(&expr, true);
    let mut named = BTreeSet::new();
    names(&expr, &mut named);
    let own = |set: BTreeSet<&str>| set.into_iter().map(str::to_owned).collect();
    Ok(Depends {
        alternatives: named.difference(&needed).map(|n| (*n).to_owned()).collect(),
        needed: own(needed),
        conditional: reader.conditional,
    })
}

/// What every way of fulfilling it names. A negated `&&` is an `||` (De Morgan).
fn needed<'t>(expr: &Expr<'t>, holds: bool) -> BTreeSet<&'t str> {
    match expr {
        Expr::Task(name) => BTreeSet::from([*name]),
        Expr::Not(inner) => needed(inner, !holds),
        Expr::All(parts) | Expr::Any(parts) => {
            let mut sets = parts.iter().map(|p| needed(p, holds));
            let mut out = sets.next().unwrap_or_default();
            let all = matches!(expr, Expr::All(_)) == holds;
            for set in sets {
                if all {
                    out.extend(set);
                } else {
                    out.retain(|name| set.contains(name));
                }
            }
            out
        }
    }
}

fn names<'t>(expr: &Expr<'t>, out: &mut BTreeSet<&'t str>) {
    match expr {
        Expr::Task(name) => {
            out.insert(name);
        }
        Expr::Not(inner) => names(inner, out),
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|p| names(p, out)),
    }
}

struct Reader<'t> {
    rest: &'t str,
    conditional: bool,
}

impl<'t> Reader<'t> {
    fn take(&mut self, mark: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(mark);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }

    fn any(&mut self, depth: usize) -> Result<Expr<'t>, String> {
        let mut parts = vec![self.all(depth)?];
        while self.take("||") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() > 1 { Expr::Any(parts) } else { parts.remove(0) })
    }

    fn all(&mut self, depth: usize) -> Result<Expr<'t>, String> {
        let mut parts = vec![self.one(depth)?];
        while self.take("&&") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() > 1 { Expr::All(parts) } else { parts.remove(0) })
    }

    fn one(&mut self, depth: usize) -> Result<Expr<'t>, String> {
        if depth > MAX_DEPTH {
            return Err(format!("it nests more than {MAX_DEPTH} deep"));
        }
        if self.take("!") {
            self.conditional = true;
            return Ok(Expr::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.any(depth + 1)?;
            return if self.take(")") { Ok(inner) } else { Err("a `)` is missing".into()) };
        }
        let word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        let rest = self.rest.trim_start();
        let end = rest.find(|c| !word(c)).unwrap_or(rest.len());
        let (found, tail) = rest.split_at(end);
        self.rest = tail;
        let (task, status) = found.split_once('.').map_or((found, None), |(task, status)| (task, Some(status)));
        if task.is_empty() {
            return Err("the name of a task was expected".into());
        }
        self.conditional |= status.is_some_and(|s| s != "Succeeded");
        Ok(Expr::Task(task))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(text: &str) -> (String, String, bool) {
        let d = parse(text).unwrap();
        let join = |s: &BTreeSet<String>| s.iter().cloned().collect::<Vec<_>>().join(" ");
        (join(&d.needed), join(&d.alternatives), d.conditional)
    }

    #[test]
    fn what_every_case_needs_is_kept_and_alternatives_are_told() {
        for (text, needed, alternatives, conditional) in [
            ("A", "A", "", false),
            ("B && C", "B C", "", false),
            ("B || C", "", "B C", false),
            ("A && (C.Succeeded || C.Failed)", "A C", "", true),
            ("should-2.Succeeded || should-not", "", "should-2 should-not", false),
            ("A && B || A && C", "A", "B C", false),
            ("!(A && B)", "", "A B", true),
            ("!(A || B)", "A B", "", true),
            ("((A))&&!B.Failed", "A B", "", true),
        ] {
            assert_eq!(sets(text), (needed.into(), alternatives.into(), conditional), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_told() {
        for text in ["", "A &&", "A B", "(A", "A)", "&& A", "|", "A & B", ".Succeeded"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"(".repeat(100_000)).is_err() && parse(&"!".repeat(100_000)).is_err());
    }
}
