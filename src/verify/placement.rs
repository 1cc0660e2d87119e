//! How much is placed, beside what is said of it, and the proof that no plan places more.

use super::{
    case::{About, Case},
    certificate, codes,
    figures::{compare, differ},
    report::Verdict,
};
use crate::{
    input::claimed::{Told, Worth},
    schedule::{
        components,
        proof::{self, Certificate, Component},
    },
};

/// Checks value, bound and proof.
pub fn check(case: &mut Case<'_>) -> Verdict {
    let mut out = Verdict { status: "absent", method: None, proves: None, bound: None, believed: Vec::new() };
    let Some(objective) = &case.claimed.objective else { return out };
    let claims = &objective.value;
    let placed = components(case.q, &case.plan).priority_placed;
    if let Some(value) = claims.placement.get("value") {
        compare(case, codes::WRONG_PLACEMENT, "the priority placed", value, placed);
    }
    let Some(bound) = claims.placement.get("bound") else { return out };
    out.proves = Some(Component::Placement.name());
    let met = !differ(bound.value, placed);
    if bound.value < placed && !met {
        let message = format!("the plan places {placed}, more than its bound {}", bound.value);
        case.tell(codes::WRONG_PLACEMENT, message, Some(bound), About::default());
        out.status = "refuted";
        return out;
    }
    let claim = claims.placement_proven.as_ref().filter(|p| p.value);
    if let Some(claim) = claim.filter(|_| !met) {
        let message = format!("no more than {placed} is said to be proven, but the bound is {}", bound.value);
        case.tell(codes::WRONG_PLACEMENT, message, Some(claim), About::default());
    }
    prove(case, claims, bound, &mut out);
    if let Some(claim) = claim.filter(|_| met && out.status == "proven") {
        let possible = proof::possible(case.q);
        let out_there = |t: crate::model::TaskIx| possible[t.at()] && case.plan.placements[t.at()].is_none();
        let mut left = case.q.snapshot.task_ixs().filter(|t| out_there(*t));
        if left.any(|t| case.q.snapshot.task(t).priority <= 0.0) {
            let message = "that no plan places more tasks of priority 0 has to be believed".into();
            case.tell(codes::UNPROVEN, message, Some(claim), About::default());
        }
    }
    out
}

/// Recomputes the bound.
fn prove(case: &mut Case<'_>, claims: &Worth, bound: &Told<f64>, out: &mut Verdict) {
    let enough = |most: f64| most <= bound.value + proof::slack(Component::Placement, bound.value);
    let Some(told) = &claims.placement_certificate else {
        // Without prices nothing of a certificate can be wrong.
        let most = proof::most(case.q, None).unwrap_or(f64::INFINITY);
        if enough(most) {
            (out.status, out.method, out.bound) = ("proven", Some("eligible_agents"), Some(most));
        } else {
            let message = format!("that no plan places more than {} has to be believed", bound.value);
            case.tell(codes::UNPROVEN, message, Some(bound), About::default());
        }
        return;
    };
    out.status = "refuted";
    let certificate: Certificate = match serde_json::from_value(told.value.clone()) {
        Ok(certificate) => certificate,
        Err(why) => {
            let message = format!("the certificate of the placement cannot be read: {why}");
            return case.tell(codes::BAD_CERTIFICATE, message, Some(told), About::default());
        }
    };
    out.method = Some(certificate.method());
    if let Some(own) = certificate.bound().filter(|own| differ(*own, bound.value)) {
        let message = format!("the certificate is of the bound {own}, the placement claims {}", bound.value);
        return case.tell(codes::SHORT_CERTIFICATE, message, Some(told), About::default());
    }
    match proof::most(case.q, Some(&certificate)) {
        Ok(most) if enough(most) => (out.status, out.bound) = ("proven", Some(most)),
        Ok(most) => {
            let message = format!("the certificate proves that at most {most} is placed, not {}", bound.value);
            case.tell(codes::SHORT_CERTIFICATE, message, Some(told), About::default());
        }
        Err(fault) => certificate::tell(case, fault, told),
    }
}
