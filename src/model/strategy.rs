//! The five strategies and the component each puts first.

/// What a plan is to be best at, once as much as possible is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// Least Σ cost, then makespan.
    CostOptimized,
    /// Least greatest utilization, then variance, then makespan.
    LoadBalanced,
    /// Least makespan, then Σ priority · finish.
    PerformanceOptimized,
    /// Least Σ priority · tardiness, then late tasks, then makespan.
    DeadlineAware,
    /// Least weighted sum of the four components over their references.
    #[default]
    Hybrid,
}

impl Strategy {
    /// All strategies, in the order of the contract.
    pub const ALL: [Self; 5] =
        [Self::CostOptimized, Self::LoadBalanced, Self::PerformanceOptimized, Self::DeadlineAware, Self::Hybrid];

    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::CostOptimized => "cost_optimized",
            Self::LoadBalanced => "load_balanced",
            Self::PerformanceOptimized => "performance_optimized",
            Self::DeadlineAware => "deadline_aware",
            Self::Hybrid => "hybrid",
        }
    }

    /// The name of the objective's component.
    pub fn component(self) -> &'static str {
        match self {
            Self::CostOptimized => "cost",
            Self::LoadBalanced => "max_utilization",
            Self::PerformanceOptimized => "makespan",
            Self::DeadlineAware => "weighted_tardiness",
            Self::Hybrid => "hybrid",
        }
    }
}
