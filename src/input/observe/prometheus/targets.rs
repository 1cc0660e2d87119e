//! `/api/v1/targets`: what is scraped, and whether the last scrape went well.

use crate::{
    input::observe::{Fact, Reading, Subject, Trials, View, facts::Facts},
    model::AgentStatus,
};

/// Reads the active targets; dropped ones are not scraped, and say nothing.
pub fn read(reading: &mut Reading<'_, '_>, data: &View<'_>) {
    for target in data.get("activeTargets").items() {
        let labels = target.get("labels");
        let Some(name) = reading.name(&labels.any(&["job", "instance"]), "the target") else { continue };
        let mut facts = Facts::default();
        let health = target.get("health");
        let told = match health.as_text() {
            Some("up") => Some((AgentStatus::Active, "up", 1.0)),
            Some("down") => Some((AgentStatus::Offline, "down", 0.0)),
            // Not scraped yet.
            Some("unknown") => None,
            _ => {
                reading.gap(&health, "expected `up`, `down` or `unknown`");
                None
            }
        };
        if let Some((status, word, hits)) = told {
            facts.add(health.clone(), Fact::Status(status, word.into()));
            let trials = Trials { hits: Some(hits), trials: Some(1.0), share: None };
            facts.add(health, Fact::Availability(trials));
        }
        facts.info(reading, "last_error", target.get("lastError"));
        facts.endpoint(reading, target.get("scrapeUrl"), "http");
        let time = reading.moment(&target.get("lastScrape"));
        let rows = reading.labels(&labels);
        let own = facts.tell(reading, &target, Subject::Party, name);
        own.time = time;
        own.labels(rows);
        if let Some(host) = own.keys.get("label.instance").cloned() {
            own.key("host", host);
        }
        if let Some(job) = own.keys.get("label.job").cloned() {
            own.key("service.name", job);
        }
    }
}
