//! `orch verify`: whether a plan keeps every rule, its figures are true, and its bound is proven.
//!
//! [`run`] takes the plan as somebody claims it. Rules are checked by [`crate::schedule::verify`], figures by
//! `figures`, the certificate by [`crate::schedule::proof`]; nothing that makes plans takes part.

mod case;
mod certificate;
mod codes;
mod document;
mod figures;
mod measures;
mod pictures;
mod placement;
mod report;
mod show;

pub use codes::CODES;
pub use document::document;
pub use report::{Report, Verdict, Violation, Worth};
pub use show::Shown;

use sha2::{Digest, Sha256};

use case::{About, Case, MAX_OF_A_KIND};
use codes::Kind;

use crate::{
    error::Finding,
    input::claimed::Claimed,
    model::{Quantities, Snapshot},
    report::FindingRow,
    schedule::verify,
};

/// Verifies a claimed plan. `warnings` are what the reader found in the snapshot; they join the findings.
///
/// ```
/// use orch::{distribute, input, report::to_json, verify};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let files = vec!["examples/tasks.yaml".into()];
/// let input = input::read(&input::Request { files, ..input::Request::default() })?;
/// let plan = distribute::run(&input.snapshot, &[], distribute::Options::default())?;
/// let file = std::env::temp_dir().join(format!("orch-doc-{}.json", std::process::id()));
/// # let io = |e: std::io::Error| orch::error::Error::Io(e.to_string());
/// std::fs::write(&file, to_json(&plan)?).map_err(io)?;
///
/// let claimed = input::claimed::read_claimed(&file)?;
/// # std::fs::remove_file(&file).map_err(io)?;
/// let report = verify::run(&input.snapshot, &claimed, &input.warnings);
/// assert!(report.sound);
/// assert_eq!(report.certificate.status, "proven");
/// # Ok(())
/// # }
/// ```
pub fn run(snapshot: &Snapshot, claimed: &Claimed, warnings: &[Finding]) -> Report {
    let q = Quantities::new(snapshot);
    let mut case = Case::new(&q, claimed);
    if let Some(sha) = claimed.sha256.as_ref().filter(|sha| sha.value != snapshot.sha256) {
        let message =
            format!("the plan is of the snapshot {}, this one is {}", short(&sha.value), short(&snapshot.sha256));
        case.tell(codes::OTHER_SNAPSHOT, message, Some(sha), About::default());
    }
    for v in verify::violations(&q, &case.plan) {
        let per = |r: crate::model::ResourceIx| snapshot.network.resources[r.at()].per.is_some();
        let kind = codes::kind(v.code, v.resource.is_some_and(per));
        case.tell_of(kind, v.message, About { task: v.task, agent: v.agent, resource: v.resource });
    }
    let objective = figures::check(&mut case);
    measures::check(&mut case);
    let verdict = certificate::check(&mut case);
    let placement = placement::check(&mut case);
    let placed = case.plan.placed().count();
    let mut found = std::mem::take(&mut case.found);
    found.sort_by(|a, b| order(a).cmp(&order(b)));
    let found = cropped(found);
    let mut findings: Vec<FindingRow> = found.iter().map(|(kind, v)| finding(*kind, v)).collect();
    findings.extend(warnings.iter().map(FindingRow::new));
    let violations: Vec<Violation> = found.into_iter().filter(|f| f.0.severity == "error").map(|f| f.1).collect();
    Report {
        format_version: 1,
        verification_id: identity(snapshot, claimed),
        verification_timestamp: snapshot.as_of.map(|at| at.to_string()),
        sound: violations.is_empty(),
        placed,
        unplaced: snapshot.tasks.len() - placed,
        violations,
        objective,
        certificate: verdict,
        placement,
        findings,
        snapshot_sha256: snapshot.sha256.clone(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// By code, then by place in the plan, then by what is said.
fn order(found: &(Kind, Violation)) -> (&'static str, u32, u32, &str) {
    let at = found.1.plan.as_ref().map_or((0, 0), |p| (p.line, p.column));
    (found.0.code, at.0, at.1, &found.1.message)
}

/// At most [`MAX_OF_A_KIND`] of each kind; the last says how many more there are.
fn cropped(found: Vec<(Kind, Violation)>) -> Vec<(Kind, Violation)> {
    let mut out: Vec<(Kind, Violation)> = Vec::new();
    let mut of_kind = 0;
    for (kind, violation) in found {
        of_kind = if out.last().is_some_and(|l| l.0 == kind) { of_kind + 1 } else { 1 };
        if of_kind <= MAX_OF_A_KIND {
            out.push((kind, violation));
        } else if let Some((_, last)) = out.last_mut() {
            last.message = format!("and {} more of this kind", of_kind - MAX_OF_A_KIND + 1);
            (last.task, last.agent, last.resource, last.plan) = (None, None, None, None);
            last.snapshot.clear();
        }
    }
    out
}

fn finding(kind: Kind, v: &Violation) -> FindingRow {
    let at = v.plan.as_ref().or(v.snapshot.first());
    let places: Vec<String> = v.snapshot.iter().map(|p| format!("{} stands at {}", p.path, p.text())).collect();
    FindingRow {
        code: kind.code,
        severity: kind.severity,
        message: v.message.clone(),
        path: at.map_or_else(String::new, |p| p.path.clone()),
        file: at.map_or_else(String::new, |p| p.file.clone()),
        line: at.map(|p| p.line),
        column: at.map(|p| p.column),
        help: places.join("; "),
    }
}

fn short(sha: &str) -> String {
    match sha.char_indices().nth(12) {
        Some((end, _)) => format!("{}…", &sha[..end]),
        None => sha.to_owned(),
    }
}

/// SHA-256 over everything that the answer depends on, as hexadecimal.
fn identity(s: &Snapshot, claimed: &Claimed) -> String {
    let rows: Vec<String> = claimed
        .rows
        .iter()
        .map(|r| {
            format!(
                "{:?} {:?} {} {:?} {:?} {:?}",
                r.agent,
                r.task.value,
                r.start,
                r.finish,
                r.load.as_ref().map(|x| x.value),
                r.cost.as_ref().map(|x| x.value)
            )
        })
        .collect();
    let rest = format!(
        "{:?} {:?}",
        claimed.objective.as_ref().map(|o| &o.value),
        claimed.certificate.as_ref().map(|c| &c.value)
    );
    let digest = Sha256::digest(["orch", "verify", &s.sha256, &rows.join("\n"), &rest].join("\n").as_bytes());
    let hex = |half: u8| char::from_digit(u32::from(half), 16);
    digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).flatten().collect()
}
