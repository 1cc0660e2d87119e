//! What a program's environment says of what it needs: addresses, and never the values themselves.

use super::{Fact, Reading, View, facts::Facts, redact};

/// Endings of the names of variables that hold an address without a scheme.
const ADDRESSES: [&str; 7] = ["_ADDR", "_ADDRESS", "_HOST", "_ENDPOINT", "_URL", "_URI", "_SERVER"];

/// One variable.
#[derive(Debug, Clone)]
pub struct Variable<'n> {
    /// Its name.
    pub name: String,
    /// Its value as written; it must not leave this module but through [`needs`].
    value: String,
    view: View<'n>,
}

/// The variables of a mapping (`NAME: value`), a list of texts (`NAME=value`) or a list of `{name, value}`.
pub fn variables<'n>(environment: &View<'n>) -> Vec<Variable<'n>> {
    let mut out = Vec::new();
    for (name, view) in environment.entries() {
        let value = view.as_loose_text().unwrap_or_default().into_owned();
        out.push(Variable { name: name.to_owned(), value, view });
    }
    for row in environment.items() {
        if let Some(text) = row.as_text() {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            out.push(Variable { name: name.trim().to_owned(), value: value.to_owned(), view: row });
        } else if let Some(name) = row.get("name").as_loose_text() {
            let value = row.get("value").as_loose_text().unwrap_or_default().into_owned();
            out.push(Variable { name: name.into_owned(), value, view: row.get("value") });
        }
    }
    out
}

impl Variable<'_> {
    /// The address that it holds, without user, password and query, and its host without the port.
    fn address(&self) -> Option<(String, String)> {
        let value = self.value.trim().trim_matches(['"', '\'']);
        if let Some(address) = redact::url(value) {
            let host = redact::host(&address);
            return Some((address.clone(), host.rsplit_once(':').map_or(host, |(h, _)| h).to_owned()));
        }
        let named = ADDRESSES.iter().any(|e| self.name.to_ascii_uppercase().ends_with(e));
        let (host, port) = value.rsplit_once(':')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let ok = named && !host.is_empty() && host.chars().all(plain);
        let port = ok && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        port.then(|| (redact::text(value), host.to_owned()))
    }
}

/// What the variables say that a program needs: what is at their addresses. A host among `known` is needed by its
/// name as well.
pub fn needs<'n>(environment: &View<'n>, known: &dyn Fn(&str) -> bool, facts: &mut Facts<'n>) {
    for variable in variables(environment) {
        let Some((address, host)) = variable.address() else { continue };
        let name = host.split('.').next().unwrap_or_default();
        if let Some(other) = [host.as_str(), name].into_iter().find(|h| known(h)) {
            facts.add(variable.view.clone(), Fact::DependsOn(other.to_owned()));
        }
        facts.add(variable.view.clone(), Fact::RequiresService(address));
    }
}

/// The names of variables, as requirements: a program asks for them, whatever they hold.
pub fn requirements<'n>(reading: &Reading<'_, '_>, environment: &View<'n>, what: &str, facts: &mut Facts<'n>) {
    if environment.is_there() && !environment.is_map() && !environment.is_list() && !environment.is_null() {
        reading.gap(environment, format!("expected names and values, found {}", environment.noun()));
    }
    for variable in variables(environment) {
        let fact = Fact::Requirement(format!("{what} {}", redact::text(&variable.name)));
        facts.add(variable.view, fact);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_and_addresses_lose_their_passwords() {
        let of = |name: &str, value: &str| {
            let view = View::root(Box::leak(Box::default()));
            Variable { name: name.into(), value: value.into(), view }.address()
        };
        assert_eq!(of("X", "postgres://u:p@db:5432/d?k=v"), Some(("postgres://db:5432/d".into(), "db".into())));
        assert_eq!(of("CART_SERVICE_ADDR", "cart:7070"), Some(("cart:7070".into(), "cart".into())));
        assert_eq!(of("PASSWORD", "cart:7070"), None);
        assert_eq!(of("A_URL", "u:p@cart:7070"), None);
    }
}
