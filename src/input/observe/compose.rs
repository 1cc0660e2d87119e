//! Docker compose files: services, what they depend on, and the addresses in their environment.

use std::collections::BTreeSet;

use super::{Adapter, Fact, Reading, SeedMethod, Subject, View, environment, facts::Facts};

/// Docker compose.
pub const ADAPTER: Adapter = Adapter {
    kind: "compose",
    title: "a docker compose file",
    method: SeedMethod::ConfigurationFileParsing,
    extensions: &["yaml", "yml", "json"],
    recognises,
    read,
};

/// Fields that a service of a compose file has, and few other things.
const OWN: [&str; 9] =
    ["image", "build", "depends_on", "environment", "ports", "command", "container_name", "networks", "extends"];

fn recognises(document: &View<'_>) -> bool {
    let services = document.get("services");
    services.is_map() && services.entries().any(|(_, s)| OWN.iter().any(|k| s.has(k)))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for document in documents {
        let services = document.get("services");
        let mut names: BTreeSet<&str> = services.entries().map(|(name, _)| name).collect();
        names.extend(document.get("models").entries().map(|(name, _)| name));
        for (name, service) in services.entries() {
            if service.is_map() {
                read_service(reading, name, &service, &names);
            } else {
                reading.useless(&service, format!("service `{name}` is {}, and was left out", service.noun()));
            }
        }
        for (name, model) in document.get("models").entries() {
            let mut facts = Facts::default();
            facts.info(reading, "model", model.get("model"));
            facts.tell(reading, &model, Subject::Service, name);
        }
    }
}

fn read_service(reading: &mut Reading<'_, '_>, name: &str, service: &View<'_>, names: &BTreeSet<&str>) {
    let mut facts = Facts::default();
    facts.info(reading, "image", service.get("image"));
    depends_on(reading, service, names, &mut facts);
    let known = |host: &str| names.contains(host) && host != name;
    environment::needs(&service.get("environment"), &known, &mut facts);
    for port in service.get("ports").items().chain(service.get("expose").items()) {
        match container_port(&port) {
            Some(number) => facts.address(port, &format!("{name}:{number}"), ""),
            None => reading.gap(&port, "expected a port"),
        }
    }
    for secret in service.get("secrets").items() {
        let named = if secret.is_map() { secret.get("source") } else { secret };
        facts.text(reading, named, |n| Fact::Requirement(format!("secret {n}")));
    }
    resources(reading, service, &mut facts);
    let labels = service.get("labels");
    let rows = if labels.is_map() { reading.labels(&labels) } else { Vec::new() };
    let aliases: Vec<String> =
        ["hostname", "container_name"].iter().filter_map(|k| reading.text(&service.get(k))).collect();
    let own = facts.tell(reading, service, Subject::Party, name);
    own.labels(rows);
    own.key("service", name);
    for (key, alias) in ["hostname", "container"].iter().zip(aliases) {
        own.key(*key, alias);
    }
}

/// What must run before: `depends_on` as list or mapping, `links`, models as list or mapping.
fn depends_on<'n>(reading: &Reading<'_, '_>, service: &View<'n>, names: &BTreeSet<&str>, facts: &mut Facts<'n>) {
    for key in ["depends_on", "models", "links"] {
        let field = service.get(key);
        let listed =
            field.items_or_self().into_iter().filter(|_| !field.is_map()).filter_map(|v| Some((reading.text(&v)?, v)));
        let mapped = field.entries().map(|(name, v)| (name.to_owned(), v));
        for (name, view) in listed.chain(mapped) {
            // A link may be `service:alias`.
            let name = name.split(':').next().unwrap_or_default().to_owned();
            if !names.contains(name.as_str()) {
                reading.gap(&view, format!("`{key}` names `{name}`, which this file does not have"));
            }
            facts.add(view, Fact::DependsOn(name));
        }
    }
}

/// The port within the container: `8080`, `80:8080`, `127.0.0.1:80:8080/tcp`, `{target: 8080}`; of a range the first.
fn container_port(port: &View<'_>) -> Option<u32> {
    let view = if port.is_map() { port.get("target") } else { port.clone() };
    let text = view.as_loose_text()?.into_owned();
    let text = text.split('/').next()?.rsplit(':').next()?.to_owned();
    text.split('-').next()?.trim().parse().ok().filter(|n| (1..=65535).contains(n))
}

fn resources<'n>(reading: &Reading<'_, '_>, service: &View<'n>, facts: &mut Facts<'n>) {
    let deploy = service.get("deploy");
    facts.info(reading, "replicas", deploy.get("replicas"));
    for (name, field) in [("cpu", "cpus"), ("memory", "memory")] {
        let asked = ["reservations", "limits"].iter().map(|k| deploy.get("resources").get(k).get(field));
        let older = [service.get(field), service.get(if name == "memory" { "mem_limit" } else { "cpus" })];
        if let Some(view) = asked.chain(older).find(View::is_there) {
            facts.text(reading, view, |text| Fact::ResourceRequirement(name.into(), text));
        }
    }
}
