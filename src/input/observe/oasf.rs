//! Records of the Open Agentic Schema Framework (AGNTCY): skills, domains, locators.

use super::{Adapter, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View, facts::Facts};

/// Records of OASF.
pub const ADAPTER: Adapter = Adapter {
    kind: "oasf",
    title: "an OASF record (`schema_version`, `skills`)",
    method: SeedMethod::AgentRegistryQueries,
    extensions: DOCUMENTS,
    recognises: |document| document.items_or_self().iter().any(is_record),
    read,
};

fn is_record(row: &View<'_>) -> bool {
    let typed = row.has("schema_version") || row.has("locators") || row.has("domains");
    typed && row.get("name").as_text().is_some() && row.get("skills").is_list()
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for record in documents.iter().flat_map(View::items_or_self) {
        if !is_record(&record) {
            reading.useless(&record, "this is no record, and was left out");
            continue;
        }
        let Some(name) = reading.name(&record.get("name"), "the record") else { continue };
        let mut facts = Facts::default();
        facts.info(reading, "description", record.get("description"));
        facts.info(reading, "version", record.get("version"));
        for skill in record.get("skills").items() {
            // Before 0.3: `class_name`; plain names stand where objects belong.
            let named = if skill.is_map() { skill.any(&["name", "class_name", "id"]) } else { skill };
            if let Some(skill) = reading.text(&named) {
                facts.capability(named, skill, "skill");
            }
        }
        for domain in record.get("domains").items() {
            let named = if domain.is_map() { domain.any(&["name", "class_name", "id"]) } else { domain };
            facts.text(reading, named, |t| Fact::Label(format!("domain.{t}"), "true".into()));
        }
        for locator in record.get("locators").items() {
            let kind = locator.get("type").as_text().unwrap_or_default().to_owned();
            let urls = locator.any(&["urls", "url"]);
            urls.items_or_self().into_iter().for_each(|url| facts.endpoint(reading, url, &kind));
        }
        let time = reading.moment(&record.get("created_at"));
        facts.tell(reading, &record, Subject::Agent, name).time = time;
    }
}
