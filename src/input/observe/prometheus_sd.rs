//! Prometheus' `file_sd` and `http_sd`: groups of targets with labels.

use super::{Adapter, DOCUMENTS, Reading, SeedMethod, Subject, View, facts::Facts};

/// Lists of scrape targets.
pub const ADAPTER: Adapter = Adapter {
    kind: "prometheus_sd",
    title: "a list of Prometheus targets (file_sd, http_sd)",
    method: SeedMethod::ServiceDiscoveryProtocols,
    extensions: DOCUMENTS,
    recognises,
    read,
};

fn recognises(document: &View<'_>) -> bool {
    document.items().any(|group| group.get("targets").is_list())
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for group in documents.iter().flat_map(View::items) {
        if !group.get("targets").is_list() {
            reading.useless(&group, format!("expected a group of `targets`, found {}", group.noun()));
            continue;
        }
        let labels = reading.labels(&group.get("labels"));
        for target in group.get("targets").items() {
            let Some(written) = reading.name(&target, "the target") else { continue };
            // A target has no user, but somebody may have put one there.
            let name = written.rsplit('@').next().unwrap_or_default().to_owned();
            let mut facts = Facts::default();
            let scheme = labels.iter().find(|(_, k, _)| k == "__scheme__" || k == "scheme");
            facts.address(target.clone(), &name, scheme.map_or("", |(_, _, v)| v.as_str()));
            let own = facts.tell(reading, &target, Subject::Party, name);
            own.labels(labels.clone());
        }
    }
}
