//! Agents of several types in a few zones, the links between them and the data that lies there.

use super::Value;
use crate::search::Rng;

/// A type of agent: name, speed, slots at most, price of an hour, and its skills, the first its own.
struct Type(&'static str, f64, usize, f64, &'static [&'static str]);

const TYPES: &[Type] = &[
    Type("coder", 1.1, 3, 8.0, &["code", "debug"]),
    Type("reviewer", 1.2, 3, 7.0, &["review", "security"]),
    Type("tester", 1.0, 4, 4.0, &["test", "browse"]),
    Type("researcher", 1.0, 4, 6.0, &["search", "reason"]),
    Type("writer", 1.5, 4, 3.0, &["write", "translate"]),
    Type("planner", 0.9, 2, 9.0, &["plan", "reason"]),
    Type("trainer", 1.4, 2, 24.0, &["embed", "train"]),
];

/// One agent, and what the generator's own plan has put on it.
pub struct Agent {
    id: String,
    kind: &'static str,
    skills: Vec<(&'static str, f64)>,
    speed: f64,
    cost_per_hour: f64,
    zone: usize,
    error_rate: f64,
    response_ms: usize,
    available_from: usize,
    current_load: usize,
    /// When each slot is free, in seconds.
    pub slots: Vec<usize>,
    /// Load of the generator's own plan.
    pub load: usize,
    /// Tokens used by the generator's own plan.
    pub tokens: usize,
}

/// A link between two zones.
pub struct Link {
    from: usize,
    to: usize,
    latency_ms: usize,
    bandwidth_mbps: usize,
}

/// A data set.
pub struct DataSet {
    /// Its id.
    pub id: String,
    size_mb: usize,
    home: usize,
}

/// Everything but the work.
pub struct Fleet {
    /// Agents.
    pub agents: Vec<Agent>,
    /// Zone names.
    pub zones: Vec<String>,
    /// Links between zones.
    pub links: Vec<Link>,
    /// Data sets.
    pub data: Vec<DataSet>,
}

/// Draws the fleet.
pub fn draw(agents: usize, rng: &mut Rng) -> Fleet {
    let zones: Vec<String> = (0..(agents / 4).clamp(1, 6)).map(|i| format!("zone-{}", i + 1)).collect();
    let mut links = Vec::new();
    for from in 0..zones.len() {
        for to in from + 1..zones.len() {
            // A ring holds the zones together; half of the other pairs are joined as well.
            if to == from + 1 || (from == 0 && to + 1 == zones.len()) || rng.one_in(2) {
                let bandwidth_mbps = [200, 500, 1000, 10_000][rng.below(4)];
                links.push(Link { from, to, latency_ms: 2 + rng.below(79), bandwidth_mbps });
            }
        }
    }
    let data = (0..(agents / 10).clamp(1, 200))
        .map(|i| DataSet {
            id: format!("data-{:03}", i + 1),
            size_mb: 5 + rng.below(396),
            home: rng.below(zones.len()),
        })
        .collect();
    let agents = (0..agents).map(|i| agent(i, agents, zones.len(), rng)).collect();
    Fleet { agents, zones, links, data }
}

fn agent(i: usize, of: usize, zones: usize, rng: &mut Rng) -> Agent {
    let Type(kind, speed, slots, hour, _) = &TYPES[i % TYPES.len()];
    // In a fleet with fewer agents than types, each stands in for the types that are missing.
    let covers = (i % TYPES.len()..TYPES.len()).step_by(of.max(1)).take(if of < TYPES.len() { TYPES.len() } else { 1 });
    let mut skills: Vec<(&'static str, f64)> = Vec::new();
    for skill in covers.flat_map(|t| TYPES[t].4) {
        if !skills.iter().any(|s| s.0 == *skill) {
            skills.push((skill, round(0.6 + 0.4 * rng.unit(), 2)));
        }
    }
    // Some can do a neighbour's work too.
    let more = TYPES[rng.below(TYPES.len())].4[0];
    if rng.one_in(3) && !skills.iter().any(|s| s.0 == more) {
        skills.push((more, round(0.6 + 0.2 * rng.unit(), 2)));
    }
    let fast = round(speed * (0.7 + 0.6 * rng.unit()), 2);
    let available_from = if rng.one_in(10) { 60 * (1 + rng.below(15)) } else { 0 };
    Agent {
        id: format!("{kind}-{:04}", i / TYPES.len() + 1),
        kind,
        skills,
        speed: fast,
        cost_per_hour: round(hour * fast * (0.8 + 0.4 * rng.unit()), 2),
        zone: rng.below(zones),
        error_rate: round(0.08 * rng.unit(), 3),
        response_ms: 400 + rng.below(2600),
        available_from,
        current_load: if rng.one_in(6) { 1 + rng.below(8) } else { 0 },
        slots: vec![available_from; 1 + rng.below(*slots)],
        load: 0,
        tokens: 0,
    }
}

fn round(x: f64, digits: u32) -> f64 {
    let scale = f64::from(10u32.pow(digits));
    libm::round(x * scale) / scale
}

impl Fleet {
    /// The agents that have a skill, by position.
    pub fn able(&self, skill: &str) -> Vec<usize> {
        (0..self.agents.len()).filter(|i| self.agents[*i].proficiency(skill).is_some()).collect()
    }

    /// Seconds that `mb` need at most between any two agents: no path is longer than all links.
    pub fn slowest_transfer(&self, mb: usize) -> f64 {
        let latency: usize = self.links.iter().map(|l| l.latency_ms).sum();
        let width = self.links.iter().map(|l| l.bandwidth_mbps).min().unwrap_or(usize::MAX);
        latency as f64 / 1000.0 + 8.0 * mb as f64 / width as f64
    }
}

impl Agent {
    /// How well it does something.
    pub fn proficiency(&self, skill: &str) -> Option<f64> {
        self.skills.iter().find(|s| s.0 == skill).map(|s| s.1)
    }

    /// Seconds for work of a nominal duration with a skill.
    pub fn time(&self, nominal: usize, skill: &str) -> f64 {
        nominal as f64 / (self.speed * self.proficiency(skill).unwrap_or(1.0)) / (1.0 - self.error_rate)
    }

    /// Its row of the snapshot; limits leave a quarter of room beside the generator's own plan.
    pub fn row(&self, zones: &[String]) -> Value {
        let spare = |n: usize| n + n.div_ceil(4);
        let trainer = self.kind == "trainer";
        let mut rows = vec![
            ("id", Value::text(&self.id)),
            ("type", Value::text(self.kind)),
            ("capabilities", Value::map(self.skills.iter().map(|(s, q)| (*s, Value::from(*q))))),
            ("capacity", Value::from(self.current_load + spare(self.load.max(20)))),
        ];
        if self.current_load > 0 {
            rows.push(("current_load", Value::from(self.current_load)));
        }
        rows.extend([
            ("slots", Value::from(self.slots.len())),
            ("speed", Value::from(self.speed)),
            ("resources", Value::map([("memory_gb", Value::from(16 * self.slots.len()))])),
            ("budget", Value::map([("tokens", Value::from(spare(self.tokens.max(50_000)).div_ceil(1000) * 1000))])),
            ("cost_per_hour", Value::from(self.cost_per_hour)),
            ("cost_fixed", Value::from(if trainer { 40 } else { 8 })),
            ("zone", Value::text(&zones[self.zone])),
        ]);
        if self.available_from > 0 {
            rows.push(("available_from", Value::text(format!("{}m", self.available_from / 60))));
        }
        let response = Value::map([("p50", Value::from(self.response_ms)), ("p95", Value::from(3 * self.response_ms))]);
        let metrics = [("response_time_ms", response), ("error_rate", Value::from(self.error_rate))];
        rows.push(("performance_metrics", Value::map(metrics)));
        Value::map(rows)
    }
}

impl Link {
    /// Its row of the snapshot.
    pub fn row(&self, zones: &[String]) -> Value {
        Value::map([
            ("from", Value::text(&zones[self.from])),
            ("to", Value::text(&zones[self.to])),
            ("latency_ms", Value::from(self.latency_ms)),
            ("bandwidth_mbps", Value::from(self.bandwidth_mbps)),
        ])
    }
}

impl DataSet {
    /// Its size.
    pub fn size_mb(&self) -> usize {
        self.size_mb
    }

    /// Its row of the snapshot.
    pub fn row(&self, zones: &[String]) -> Value {
        Value::map([
            ("id", Value::text(&self.id)),
            ("size_mb", Value::from(self.size_mb)),
            ("home", Value::text(&zones[self.home])),
        ])
    }
}
