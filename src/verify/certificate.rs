//! The certificate that a plan carries, beside the bound that it claims.

use super::{
    case::{About, Case},
    codes,
    figures::differ,
    report::Verdict,
};
use crate::{
    input::claimed::Told,
    schedule::proof::{self, Certificate, Fault},
};

/// Checks the certificate.
pub fn check(case: &mut Case<'_>) -> Verdict {
    let claimed = case.claimed;
    let claims = claimed.objective.as_ref().map(|o| &o.value);
    let bound = claims.and_then(|c| c.figures.get("bound"));
    let mut out = Verdict { status: "absent", method: None, proves: None, bound: None, believed: Vec::new() };
    let Some(told) = &claimed.certificate else {
        if let Some(bound) = bound {
            let message = format!("the bound {} comes without a certificate", bound.value);
            case.tell(codes::UNPROVEN, message, Some(bound), About::default());
        }
        return out;
    };
    out.status = "refuted";
    let certificate: Certificate = match serde_json::from_value(told.value.clone()) {
        Ok(certificate) => certificate,
        Err(why) => {
            let message = format!("the certificate cannot be read: {why}");
            case.tell(codes::BAD_CERTIFICATE, message, Some(told), About::default());
            return out;
        }
    };
    (out.method, out.proves) = (Some(certificate.method()), Some(certificate.proves().name()));
    if let Some(name) = claims.and_then(|c| c.name.as_ref()).filter(|n| n.value != certificate.proves().name()) {
        let message =
            format!("the certificate is about {}, the objective is {}", certificate.proves().name(), name.value);
        case.tell(codes::BROKEN_CERTIFICATE, message, Some(told), About::default());
        return out;
    }
    if let Some(bound) = bound.filter(|b| certificate.bound().is_none_or(|own| differ(own, b.value))) {
        let own = certificate.bound().map_or("no bound".into(), |b| format!("the bound {b}"));
        let message = format!("the certificate is of {own}, the objective claims {}", bound.value);
        case.tell(codes::SHORT_CERTIFICATE, message, Some(told), About::default());
        return out;
    }
    if !references_agree(case, &certificate) {
        return out;
    }
    match proof::check(case.q, &case.plan, &certificate) {
        Ok(proof) => {
            out.believed = believed(&certificate);
            out.bound = proof.bound.filter(|_| proof.complete || certificate.method() == "components");
            out.status = match (proof.complete, certificate.method()) {
                (true, _) => "proven",
                (false, "components") => "partly",
                (false, _) => "none",
            };
            if !proof.complete {
                let message =
                    format!("the bound of {} comes from a search: it has to be believed", out.believed.join(", "));
                case.tell(codes::UNPROVEN, message, Some(told), About::default());
            }
        }
        Err(fault) => tell(case, fault, told),
    }
    out
}

/// Tells what is wrong with a certificate.
pub fn tell(case: &mut Case<'_>, fault: Fault, told: &Told<serde_json::Value>) {
    let (kind, message) = match fault {
        Fault::Malformed(why) => (codes::BAD_CERTIFICATE, format!("in the certificate {why}")),
        Fault::Broken(why) => (codes::BROKEN_CERTIFICATE, format!("the certificate does not hold: {why}")),
        Fault::Short { proven, claimed } => {
            (codes::SHORT_CERTIFICATE, format!("the certificate proves {proven}, not {claimed}"))
        }
    };
    case.tell(kind, message, Some(told), About::default());
}

/// The hybrid objective divides by its components' bounds.
fn references_agree(case: &mut Case<'_>, certificate: &Certificate) -> bool {
    let claimed = case.claimed;
    let Certificate::Components { parts, .. } = certificate else { return true };
    let Some(objective) = &claimed.objective else { return true };
    for part in parts.iter().take(3) {
        let Some(reference) = objective.value.references.get(part.proves().name()) else { continue };
        if part.bound().is_none_or(|own| differ(own, reference.value)) {
            let name = part.proves().name();
            let message = format!("the reference of {name} is {}, which its part does not prove", reference.value);
            case.tell(codes::SHORT_CERTIFICATE, message, Some(reference), About::default());
            return false;
        }
    }
    true
}

/// The components whose bound has no proof.
fn believed(certificate: &Certificate) -> Vec<&'static str> {
    match certificate {
        Certificate::Components { parts, .. } => parts.iter().flat_map(believed).collect(),
        Certificate::None { proves, .. } => vec![proves.name()],
        _ => Vec::new(),
    }
}
