//! The seed document's eight ways of finding agents, and which of them are active.

/// How an agent was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeedMethod {
    /// A registry that agents are entered in was asked.
    AgentRegistryQueries,
    /// Signs of life.
    HeartbeatMonitoring,
    /// Agents say what they can do.
    CapabilityAnnouncements,
    /// Agents, or what watches them, say how they are.
    StatusBroadcasts,
    /// Who talks to whom.
    NetworkTrafficAnalysis,
    /// Catalogues of addresses.
    ServiceDiscoveryProtocols,
    /// Files that configure agents.
    ConfigurationFileParsing,
    /// Interfaces to other systems.
    SystemIntegrationPoints,
}

/// Whether agents were asked or spoke for themselves, or were only seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// The agent, or the registry it is in, was asked.
    Active,
    /// It was seen without being asked.
    Passive,
}

impl SeedMethod {
    /// The phrase of the seed document.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgentRegistryQueries => "agent_registry_queries",
            Self::HeartbeatMonitoring => "heartbeat_monitoring",
            Self::CapabilityAnnouncements => "capability_announcements",
            Self::StatusBroadcasts => "status_broadcasts",
            Self::NetworkTrafficAnalysis => "network_traffic_analysis",
            Self::ServiceDiscoveryProtocols => "service_discovery_protocols",
            Self::ConfigurationFileParsing => "configuration_file_parsing",
            Self::SystemIntegrationPoints => "system_integration_points",
        }
    }

    /// Active or passive, as the seed document sorts them.
    pub fn mode(self) -> Mode {
        match self {
            Self::AgentRegistryQueries
            | Self::HeartbeatMonitoring
            | Self::CapabilityAnnouncements
            | Self::StatusBroadcasts => Mode::Active,
            _ => Mode::Passive,
        }
    }
}

impl Mode {
    /// The word of the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Passive => "passive",
        }
    }
}
