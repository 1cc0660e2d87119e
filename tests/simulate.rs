//! The simulator against queues and networks whose answers are known in closed form, and through the binary.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use orch::{
    model::{
        Agent, AgentIx, Dependency, PerformanceMetrics, Placement, Plan, Quantities, ResponseTime, Snapshot, Task,
        TaskIx,
    },
    resolve::response_time,
    schedule::{
        Instance,
        simulation::{Runs, Simulation, Tally},
    },
};

/// `SplitMix64`, for arrivals.
struct Arrivals(u64);

impl Arrivals {
    fn exponential(&mut self, mean: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let u = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
        -mean * libm::log(1.0 - u)
    }
}

/// Samples of an exponential distribution, evenly over its quantiles.
fn exponential() -> PerformanceMetrics {
    let samples = (0..4000).map(|i| -libm::log(1.0 - (f64::from(i) + 0.5) / 4000.0)).collect();
    let response_time_ms = Some(ResponseTime { samples, ..ResponseTime::default() });
    PerformanceMetrics { response_time_ms, ..PerformanceMetrics::default() }
}

fn agent(id: &str, slots: u32, metrics: PerformanceMetrics) -> Agent {
    Agent { id: id.into(), slots, speed: 1.0, metrics, ..Agent::default() }
}

fn simulate(s: &Snapshot, on: impl Fn(usize) -> u32, count: usize) -> Tally {
    let mut plan = Plan::empty(s.tasks.len());
    for (i, task) in s.tasks.iter().enumerate() {
        let start = task.release.max(i as i64);
        let finish = start + task.duration_ms as i64;
        plan.placements[i] = Some(Placement { agent: AgentIx(on(i)), start, finish });
    }
    let q = Quantities::new(s);
    Simulation::new(&Instance::new(&q), &plan).run(Runs { count, seed: 7 })
}

/// Mean time in the system, seconds, of a queue with mean service 100 s.
fn queue(servers: u32, utilization: f64) -> f64 {
    let (mut arrivals, mut now) = (Arrivals(11), 0.0);
    let gap = 100.0 / (utilization * f64::from(servers));
    let tasks: Vec<Task> = (0..20_000)
        .map(|i| {
            now += arrivals.exponential(gap);
            let id = format!("t{i:06}");
            Task { id, duration_ms: 100_000.0, release: (1000.0 * now) as i64, priority: 1.0, ..Task::default() }
        })
        .collect();
    let s = Snapshot { agents: vec![agent("a", servers, exponential())], tasks, ..Snapshot::default() };
    let tally = simulate(&s, |_| 0, 8);
    let flows = s.tasks.iter().enumerate().map(|(i, t)| tally.finish[i] / 8.0 - t.release as f64);
    flows.sum::<f64>() / s.tasks.len() as f64 / 1000.0
}

#[test]
fn one_server_is_an_m_m_1() {
    // W = 1 / (μ − λ).
    let found = queue(1, 0.5);
    assert!((found - 200.0).abs() < 16.0, "{found}");
}

#[test]
fn several_servers_are_an_m_m_c() {
    for (servers, utilization) in [(2, 0.6), (4, 0.8)] {
        let rate = utilization * f64::from(servers) / 100.0;
        let exact = response_time(servers, rate, 100.0);
        let found = queue(servers, utilization);
        assert!((found - exact).abs() < 0.08 * exact, "{servers} servers: {found}, exactly {exact}");
    }
}

/// Lognormal attempts with this standard deviation of the logarithm.
fn lognormal(sigma: f64) -> PerformanceMetrics {
    let times = ResponseTime {
        p50: Some(1000.0),
        p95: Some(1000.0 * libm::exp(1.644_853_626_951_472_2 * sigma)),
        ..ResponseTime::default()
    };
    PerformanceMetrics { response_time_ms: Some(times), ..PerformanceMetrics::default() }
}

#[test]
fn a_chain_has_the_mean_and_variance_of_pert() {
    let task = |i: u32| Task {
        id: format!("t{i}"),
        duration_ms: 600_000.0,
        priority: 1.0,
        depends_on: (i > 0)
            .then(|| Dependency { task: TaskIx(i - 1), data_mb: 0.0, soft: false })
            .into_iter()
            .collect(),
        ..Task::default()
    };
    let sigma = 0.4;
    let s = Snapshot {
        agents: vec![agent("a", 1, lognormal(sigma))],
        tasks: (0..6).map(task).collect(),
        ..Snapshot::default()
    };
    let spans: Vec<f64> = simulate(&s, |_| 0, 20_000).makespans.iter().map(|ms| *ms as f64 / 1000.0).collect();
    let mean = spans.iter().sum::<f64>() / 20_000.0;
    let variance = spans.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
    let exact = 6.0 * 600.0 * 600.0 * (libm::exp(sigma * sigma) - 1.0);
    assert!((mean - 3600.0).abs() < 15.0, "{mean}");
    assert!((variance - exact).abs() < 0.06 * exact, "{variance}, exactly {exact}");
}

#[test]
fn of_two_equal_paths_each_is_critical_half_the_time() {
    let task = |i: u32| Task { id: format!("t{i}"), duration_ms: 600_000.0, priority: 1.0, ..Task::default() };
    let agents = vec![agent("a", 1, exponential()), agent("b", 1, exponential())];
    let s = Snapshot { agents, tasks: (0..2).map(task).collect(), ..Snapshot::default() };
    let tally = simulate(&s, |i| i as u32, 20_000);
    // The greater of two exponentials of mean 600 has mean 900.
    let mean = tally.makespans.iter().sum::<i64>() as f64 / 20_000.0 / 1000.0;
    assert!((mean - 900.0).abs() < 15.0, "{mean}");
    let share = f64::from(tally.critical[0]) / 20_000.0;
    assert!((share - 0.5).abs() < 0.015, "{share}");
}

#[test]
fn attempts_that_fail_are_repeated_as_often_as_planned() {
    let metrics = PerformanceMetrics { error_rate: Some(0.25), ..PerformanceMetrics::default() };
    let task = Task { id: "t".into(), duration_ms: 300_000.0, priority: 1.0, ..Task::default() };
    let s = Snapshot { agents: vec![agent("a", 1, metrics)], tasks: vec![task], ..Snapshot::default() };
    let tally = simulate(&s, |_| 0, 20_000);
    // Geometric: 1 / (1 − 1/4) attempts, of which one succeeds.
    let failed = tally.failures as f64 / 20_000.0;
    assert!((failed - 1.0 / 3.0).abs() < 0.015, "{failed}");
    let mean = tally.makespans.iter().sum::<i64>() as f64 / 20_000.0 / 1000.0;
    assert!((mean - 400.0).abs() < 5.0, "{mean}");
}

#[test]
fn the_same_seed_gives_the_same_runs() {
    let task = |i: u32| Task { id: format!("t{i}"), duration_ms: 60_000.0, priority: 1.0, ..Task::default() };
    let s = Snapshot {
        agents: vec![agent("a", 2, lognormal(0.5))],
        tasks: (0..20).map(task).collect(),
        ..Snapshot::default()
    };
    assert_eq!(simulate(&s, |_| 0, 300), simulate(&s, |_| 0, 300));
}
