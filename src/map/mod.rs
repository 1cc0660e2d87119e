//! `orch map`: how the fleet hangs together, and where it breaks.
//!
//! [`run`] measures a snapshot and returns a [`Report`] of plain data; [`document`] says how it reads in a
//! terminal, [`diagram`] how it is drawn. One file per section of the report:
//!
//! | file | what |
//! |---|---|
//! | `network` | the graph of links: cuts, betweenness, clusters; what a loss cuts off |
//! | `work` | the batch as a network of activities |
//! | `dependencies` | who needs whom |
//! | `topology` | nodes, edges, clusters |
//! | `critical` | critical paths and slack |
//! | `bottlenecks`, `traffic` | where it is narrow |
//! | `matrix` | agents × capabilities, supply and demand |
//! | `baselines`, `tiers` | what is usual, and who does how well |
//! | `losses` | N-1 |
//! | `agents` | the agents themselves |

mod agents;
mod baselines;
mod bottlenecks;
mod critical;
mod dependencies;
mod document;
mod drawing;
mod findings;
mod losses;
mod matrix;
mod network;
mod report;
mod show;
mod tiers;
mod topology;
mod traffic;
mod work;

use sha2::{Digest, Sha256};

pub use agents::{AgentRow, BasicInfo, Metrics, Provenance};
pub use baselines::{Baseline, Baselines};
pub use bottlenecks::{Bottlenecks, Dominator, Shortfall, SingleProvider};
pub use critical::{CriticalPath, TaskTimes};
pub use dependencies::{DependencyGraph, Need, TaskGraph, Unavailable};
pub use document::document;
pub use drawing::diagram;
pub use findings::CODES;
pub use losses::{Listed, Loss};
pub use matrix::{Capability, CapabilityMatrix};
pub use report::Report;
pub use topology::{Clusters, EdgeRow, NodeRow, Topology};
pub use traffic::OverloadedLink;

use self::{dependencies::Needs, network::Network, work::Work};
use crate::{
    error::Finding,
    model::{Quantities, Snapshot},
    report::FindingRow,
};

/// Calls of one agent or service to another, as traces show them.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Who calls.
    pub from: String,
    /// Whom.
    pub to: String,
    /// How often.
    pub weight: f64,
}

/// What the user may choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'c> {
    /// Work out what goes with each agent, service and bridge.
    pub losses: bool,
    /// Calls that were observed; a snapshot alone has none.
    pub calls: &'c [Call],
}

/// Maps a snapshot. `warnings` are what the reader found; they join the findings.
///
/// ```
/// use orch::{input, map};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let files = vec!["examples/tasks.yaml".into()];
/// let input = input::read(&input::Request { files, command: input::Command::Map, ..input::Request::default() })?;
/// let report = map::run(&input.snapshot, &input.warnings, map::Options { losses: false, calls: &[] });
/// assert_eq!(report.network_topology.bottlenecks.bridges, [["eu", "us"]]);
/// # Ok(())
/// # }
/// ```
pub fn run(snapshot: &Snapshot, warnings: &[Finding], options: Options<'_>) -> Report {
    let q = Quantities::new(snapshot);
    let network = Network::of(snapshot);
    let work = Work::of(&q);
    let needs = Needs::of(snapshot, options.calls);
    let usual = baselines::baselines(snapshot);
    let tiers = tiers::tiers(snapshot, &usual);
    let matrix = matrix::matrix(&work);
    let bottlenecks = bottlenecks::bottlenecks(&network, &work, &needs, &matrix);
    let topology = Topology {
        nodes: topology::nodes(&network, &needs, snapshot, &tiers),
        edges: topology::edges(&network, &needs, &work),
        clusters: topology::clusters(&network, snapshot),
        paths_by: if network.by_latency { "latency" } else { "hops" },
        components: network.cuts.components,
        critical_paths: critical::paths(&work, &needs),
        task_times: critical::task_times(&work),
        bottlenecks,
    };
    let losses = options.losses.then(|| losses::losses(&network, &work, &needs));
    let left_out = losses.as_ref().map_or(0, |l| l.left_out);
    let mut report = Report {
        format_version: 1,
        map_id: identity(snapshot, options),
        map_timestamp: snapshot.as_of.map(|at| at.to_string()),
        discovered_agents: agents::rows(snapshot),
        network_topology: topology,
        capability_matrix: matrix,
        dependency_graph: needs.section(&work),
        performance_baselines: usual,
        n_minus_1: losses.map(|l| l.rows),
        findings: Vec::new(),
        snapshot_sha256: snapshot.sha256.clone(),
        version: env!("CARGO_PKG_VERSION"),
        deterministic: true,
    };
    report.findings = findings::collect(&report, &network, &work, &needs, left_out);
    report.findings.extend(warnings.iter().map(FindingRow::new));
    report
}

/// SHA-256 over everything that can change the answer, as hexadecimal.
fn identity(s: &Snapshot, options: Options<'_>) -> String {
    let now = s.as_of.map_or_else(String::new, |at| at.to_string());
    let losses = if options.losses { "n-1" } else { "" };
    let calls: Vec<String> = options.calls.iter().map(|c| format!("{:?} {:?} {}", c.from, c.to, c.weight)).collect();
    let parts = ["orch", "map", &s.sha256, &now, losses, &calls.join("\n")];
    let digest = Sha256::digest(parts.join("\n").trim_end().as_bytes());
    let hex = |half: u8| char::from_digit(u32::from(half), 16);
    digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).flatten().collect()
}
