//! A2A agent cards, as their schema was in 0.2, 0.3 and 1.0: one card, a list of them, or a catalogue.
//!
//! 0.2 and 0.3 give one `url` (0.3 with `preferredTransport` and `additionalInterfaces`), 1.0 a list of
//! `supportedInterfaces`. A skill is a capability by its id; its tags are further ones.

use super::{Adapter, Capability, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View};

/// A2A agent cards.
pub const ADAPTER: Adapter = Adapter {
    kind: "a2a",
    title: "an A2A agent card, or a list of them",
    method: SeedMethod::AgentRegistryQueries,
    extensions: DOCUMENTS,
    recognises,
    read,
};

/// Keys under which catalogues hold their cards.
const LISTS: [&str; 5] = ["agents", "agentCards", "agent_cards", "cards", "items"];

fn recognises(document: &View<'_>) -> bool {
    cards(document).first().is_some_and(is_card)
}

fn is_card(card: &View<'_>) -> bool {
    let speaks = ["skills", "supportedInterfaces", "protocolVersion", "defaultInputModes", "preferredTransport"];
    card.has("name") && speaks.iter().any(|k| card.has(k))
}

/// The cards of a document: itself, the items of a list, or of a catalogue; each may be wrapped.
fn cards<'n>(document: &View<'n>) -> Vec<View<'n>> {
    let list = LISTS.iter().map(|k| document.get(k)).find(View::is_list);
    let rows: Vec<View<'n>> = match list {
        Some(list) if !is_card(document) => list.items().collect(),
        _ => document.items_or_self(),
    };
    let unwrap = |row: View<'n>| {
        ["agentCard", "agent_card", "card"].iter().map(|k| row.get(k)).find(View::is_map).unwrap_or(row)
    };
    rows.into_iter().map(unwrap).collect()
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for card in documents.iter().flat_map(cards) {
        if is_card(&card) {
            read_card(reading, &card);
        } else {
            reading.useless(&card, "this is no agent card, and was left out");
        }
    }
}

fn read_card(reading: &mut Reading<'_, '_>, card: &View<'_>) {
    let Some(name) = reading.name(&card.get("name"), "the agent card") else { return };
    let skills = skills(reading, card);
    let interfaces = interfaces(reading, card);
    let who = identity(reading, card);
    let needs = requirements(card);
    let own = reading.observe(card, Subject::Agent, name.clone());
    for (view, fact) in who.into_iter().chain(needs) {
        own.say(view.place(), fact);
    }
    for (view, endpoint) in interfaces {
        own.endpoint(view.place(), endpoint);
    }
    let announced = reading.observe(card, Subject::Agent, name);
    announced.method = SeedMethod::CapabilityAnnouncements;
    for (view, capability) in skills {
        announced.say(view.place(), Fact::Capability(capability));
    }
}

fn identity<'n>(reading: &Reading<'_, '_>, card: &View<'n>) -> Vec<(View<'n>, Fact)> {
    let mut out = Vec::new();
    let mut info = |name: &'static str, view: View<'n>| {
        if let Some(text) = reading.text(&view) {
            out.push((view, Fact::Info(name, text)));
        }
    };
    info("description", card.get("description"));
    info("version", card.get("version"));
    info("protocol_version", card.any(&["protocolVersion", "a2aVersion"]));
    // Some cards have the organisation as text where an object belongs.
    let provider = card.get("provider");
    info("provider", if provider.is_map() { provider.get("organization") } else { provider });
    info("documentation", card.any(&["documentationUrl", "documentation_url"]));
    out
}

/// Where and over which transport the agent is reached, each address and transport once.
fn interfaces<'n>(reading: &Reading<'_, '_>, card: &View<'n>) -> Vec<(View<'n>, super::Endpoint)> {
    let mut rows = Vec::new();
    let url = card.get("url");
    if url.is_there() {
        let transport = card.any(&["preferredTransport", "preferred_transport"]);
        rows.extend(reading.endpoint(&url, transport.as_text().unwrap_or_default()).map(|e| (url, e)));
    }
    for key in ["supportedInterfaces", "supported_interfaces", "additionalInterfaces", "interfaces"] {
        for item in card.get(key).items() {
            let (address, transport) = if item.is_map() {
                (item.get("url"), item.any(&["protocolBinding", "transport", "protocol_binding"]))
            } else {
                (item.clone(), item.get("transport"))
            };
            if !address.is_there() {
                reading.gap(&item, "the interface has no `url`");
            }
            rows.extend(reading.endpoint(&address, transport.as_text().unwrap_or_default()).map(|e| (address, e)));
        }
    }
    if rows.is_empty() {
        reading.gap(card, "the card names no address: neither `url` nor `supportedInterfaces`");
    }
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|(_, e)| seen.insert((e.address.clone(), e.protocol.clone())));
    rows
}

fn skills<'n>(reading: &Reading<'_, '_>, card: &View<'n>) -> Vec<(View<'n>, Capability)> {
    let skills = card.get("skills");
    if !skills.is_there() {
        reading.gap(card, "`skills` is missing: what the agent can do is not known");
    }
    let mut out = Vec::new();
    for skill in skills.items_or_self() {
        // Real cards have plain names where objects belong.
        if !skill.is_map() {
            if let Some(name) = reading.text(&skill) {
                reading.gap(&skill, format!("skill `{name}` is plain text where an object belongs"));
                out.push((skill, Capability { name, proficiency: None, evidence: "skill".into() }));
            }
            continue;
        }
        let (id, title) = (skill.get("id"), skill.get("name"));
        let shown = reading.text(&title);
        let (name, at) = if let Some(id_text) = reading.text(&id) {
            (id_text, id)
        } else if let Some(title_text) = shown.clone() {
            reading.gap(&skill, "the skill has no `id`; its name stands for it");
            (title_text, title)
        } else {
            reading.useless(&skill, "the skill has neither `id` nor `name`, and was left out");
            continue;
        };
        let evidence = shown.map_or_else(|| "skill".to_owned(), |t| format!("skill \"{t}\""));
        if !skill.get("tags").is_there() {
            reading.gap(&skill, format!("skill `{name}` has no `tags`"));
        }
        for (tag, _) in reading.texts(&skill.get("tags")) {
            let evidence = format!("tag of skill `{name}`");
            out.push((skill.get("tags"), Capability { name: tag, proficiency: None, evidence }));
        }
        out.push((at, Capability { name, proficiency: None, evidence }));
    }
    out
}

/// What a client must bring: authentication, extensions, and what the agent can do on the wire.
fn requirements<'n>(card: &View<'n>) -> Vec<(View<'n>, Fact)> {
    let mut out = Vec::new();
    for key in ["securitySchemes", "security_schemes"] {
        for (name, scheme) in card.get(key).entries() {
            out.push((scheme, Fact::Requirement(format!("authentication {name}"))));
        }
    }
    // 0.1 and 0.2: `authentication: {schemes: [...]}`.
    for scheme in card.get("authentication").get("schemes").items() {
        if let Some(name) = scheme.as_text() {
            out.push((scheme.clone(), Fact::Requirement(format!("authentication {name}"))));
        }
    }
    let capabilities = card.get("capabilities");
    for (name, value) in capabilities.entries().filter(|(_, v)| v.as_flag().is_some()) {
        out.push((value.clone(), Fact::Label(format!("a2a.{name}"), value.as_flag().unwrap_or_default().to_string())));
    }
    for extension in capabilities.get("extensions").items() {
        if let Some(uri) = extension.get("uri").as_text().and_then(super::redact::url) {
            let must = if extension.get("required").as_flag() == Some(true) { "" } else { " (optional)" };
            out.push((extension, Fact::Requirement(format!("extension {uri}{must}"))));
        }
    }
    for (field, noun) in [("defaultInputModes", "input"), ("defaultOutputModes", "output")] {
        let modes: Vec<&str> = card.get(field).items().filter_map(|m| m.as_text()).collect();
        if !modes.is_empty() {
            out.push((card.get(field), Fact::Requirement(format!("{noun} {}", modes.join(", ")))));
        }
    }
    out
}
