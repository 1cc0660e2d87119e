//! Backstage's software catalogue: components, what they depend on, consume and provide.

use super::{Adapter, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View, facts::Facts};

/// Entities of Backstage.
pub const ADAPTER: Adapter = Adapter {
    kind: "backstage",
    title: "Backstage entities (Component, API, Resource)",
    method: SeedMethod::ConfigurationFileParsing,
    extensions: DOCUMENTS,
    recognises: |document| document.items_or_self().iter().any(is_entity),
    read,
};

fn is_entity(row: &View<'_>) -> bool {
    row.get("apiVersion").as_text().is_some_and(|v| v.starts_with("backstage.io/"))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for entity in documents.iter().flat_map(View::items_or_self).filter(is_entity) {
        let subject = match entity.get("kind").as_text() {
            Some("Component") => Subject::Party,
            Some("API" | "Resource") => Subject::Service,
            // Owners, domains and templates are neither agents nor services.
            _ => continue,
        };
        let (meta, spec) = (entity.get("metadata"), entity.get("spec"));
        let Some(name) = reading.name(&meta.get("name"), "the entity") else { continue };
        let mut facts = Facts::default();
        facts.info(reading, "description", meta.get("description"));
        facts.info(reading, "owner", spec.get("owner"));
        for field in ["type", "lifecycle", "system"] {
            facts.label(reading, &format!("backstage.{field}"), spec.get(field));
        }
        for tag in meta.get("tags").items() {
            facts.text(reading, tag, |t| Fact::Label(format!("tag.{t}"), "true".into()));
        }
        for needed in spec.get("dependsOn").items() {
            facts.text(reading, needed, |t| Fact::DependsOn(entity_name(&t).to_owned()));
        }
        for consumed in spec.get("consumesApis").items() {
            facts.text(reading, consumed, |t| Fact::RequiresService(entity_name(&t).to_owned()));
        }
        let namespace = reading.text(&meta.get("namespace"));
        let rows = reading.labels(&meta.get("labels"));
        let own = facts.tell(reading, &entity, subject, name);
        own.labels(rows);
        own.key("namespace", namespace.unwrap_or_default());
    }
}

/// The name of a reference `kind:namespace/name`.
fn entity_name(reference: &str) -> &str {
    reference.rsplit(['/', ':']).next().unwrap_or(reference)
}
