//! Random snapshots as documents, every kind of constraint mixed.
//!
//! Each snapshot draws which kinds take part, so that every pair of them meets and few snapshots are
//! impossible. Numbers are small multiples of powers of two: ties are common and sums exact.

use serde_json::{Map, Value, json};

/// `SplitMix64` (Steele, Lea and Flood 2014).
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `low..=high`.
    pub fn range(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// True in `percent` of the cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.range(0, list.len() as u64 - 1) as usize]
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.range(0, i as u64) as usize);
        }
    }
}

/// How much a snapshot holds.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub tasks: usize,
    pub agents: usize,
}

/// The kinds of constraint that a snapshot mixes.
const KINDS: [&str; 26] = [
    "skills",
    "slots",
    "capacity",
    "load",
    "memory",
    "tokens",
    "max_tasks",
    "speed",
    "costs",
    "windows",
    "from",
    "status",
    "links",
    "data",
    "estimates",
    "release",
    "deadline",
    "precedence",
    "together",
    "apart",
    "who",
    "rate",
    "shared",
    "shared_budget",
    "running",
    "holds",
];

struct Draw {
    rng: Rng,
    shape: Shape,
    on: Vec<&'static str>,
    /// By task drawn so far, the least task that it is together with; a task joins earlier ones only, so
    /// that groups never merge and what is apart stays apart.
    groups: Vec<usize>,
}

pub fn agent_id(i: usize) -> String {
    format!("a{i:03}")
}

pub fn task_id(i: usize) -> String {
    format!("t{i:03}")
}

/// A random snapshot: the same seed and shape, the same document.
pub fn snapshot(seed: u64, shape: Shape) -> Value {
    let mut rng = Rng(seed);
    let share = *rng.pick(&[15, 30, 50]);
    let on = KINDS.into_iter().filter(|_| rng.chance(share)).collect();
    let mut draw = Draw { rng, shape, on, groups: Vec::new() };
    let agents: Vec<Value> = (0..shape.agents).map(|i| draw.agent(i)).collect();
    let tasks: Vec<Value> = (0..shape.tasks).map(|i| draw.task(i)).collect();
    let (network, state) = (draw.network(), draw.state());
    json!({"version": 1, "as_of": "2026-01-05T09:00:00Z", "agents": agents, "tasks": tasks,
           "network": network, "state": state})
}

/// The same snapshot with agents, tasks and shared resources in another order.
pub fn shuffled(document: &Value, seed: u64) -> Value {
    let (mut out, mut rng) = (document.clone(), Rng(seed));
    for path in ["/agents", "/tasks", "/network/links", "/network/resources", "/state/running", "/state/holds"] {
        if let Some(Value::Array(list)) = out.pointer_mut(path) {
            rng.shuffle(list);
        }
    }
    out
}

/// The same snapshot with a few numbers at the edge of what is thinkable.
pub fn extreme(document: &Value, seed: u64) -> Value {
    let (mut out, mut rng) = (document.clone(), Rng(seed));
    let mut pointers: Vec<String> = Vec::new();
    numbers(&out, "", &mut pointers);
    for _ in 0..rng.range(1, 4) {
        let edge = *rng.pick(&[0.0, 1e-12, 1e-3, 1e6, 1e9, 1e12, 1e15, 1e18, 1e300]);
        let whole = edge == 0.0 || (1.0..1e19).contains(&edge);
        let edge = if whole { json!(edge as u64) } else { json!(edge) };
        let pointer: &String = rng.pick(&pointers);
        let key = pointer.rsplit('/').next().unwrap();
        // Often every number of that name at once: sums are where integers end.
        let everywhere = rng.chance(50);
        for other in pointers.iter().filter(|p| *p == pointer || everywhere && p.ends_with(&format!("/{key}"))) {
            *out.pointer_mut(other).unwrap() = edge.clone();
        }
    }
    out
}

/// The paths of all numbers but the version.
fn numbers(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| numbers(v, &format!("{path}/{k}"), out)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| numbers(v, &format!("{path}/{i}"), out)),
        Value::Number(_) if path != "/version" => out.push(path.to_string()),
        _ => {}
    }
}

impl Draw {
    /// True where a kind takes part and strikes here.
    fn strikes(&mut self, kind: &str, percent: u64) -> bool {
        self.on.contains(&kind) && self.rng.chance(percent)
    }

    /// A small amount in quarters.
    fn amount(&mut self, low: u64, high: u64) -> f64 {
        self.rng.range(4 * low, 4 * high) as f64 / 4.0
    }

    fn any_agent(&mut self) -> usize {
        self.rng.range(0, self.shape.agents as u64 - 1) as usize
    }

    fn any_task(&mut self) -> usize {
        self.rng.range(0, self.shape.tasks as u64 - 1) as usize
    }

    /// Tasks per agent, at least 1.
    fn each(&self) -> u64 {
        self.shape.tasks.div_ceil(self.shape.agents) as u64
    }

    fn agent(&mut self, i: usize) -> Value {
        let each = self.each();
        let mut row = Map::new();
        row.insert("id".into(), json!(agent_id(i)));
        row.insert("type".into(), json!(format!("k{}", i % 2)));
        let skills: Vec<(&str, f64)> =
            ["code", "docs"].into_iter().filter(|_| self.rng.chance(75)).map(|s| (s, 0.5)).collect();
        let skills: Map<String, Value> =
            skills.iter().map(|(s, q)| (s.to_string(), json!(q * self.rng.range(1, 2) as f64))).collect();
        row.insert("capabilities".into(), json!(skills));
        let mut put = |strikes: bool, key: &str, value: Value| {
            if strikes {
                row.insert(key.into(), value);
            }
        };
        put(self.strikes("slots", 60), "slots", json!(self.rng.range(1, 2)));
        put(self.strikes("capacity", 70), "capacity", json!(self.amount(each, 3 * each)));
        put(self.strikes("load", 50), "current_load", json!(self.amount(0, 2 * each)));
        let memory = self.on.contains(&"memory");
        put(memory && self.rng.chance(80), "resources", json!({"memory": self.amount(2, 5)}));
        let tokens = self.on.contains(&"tokens");
        put(tokens && self.rng.chance(80), "budget", json!({"tokens": self.amount(2 * each, 5 * each)}));
        put(self.strikes("max_tasks", 50), "max_tasks", json!(self.rng.range(1, each + 1)));
        put(self.strikes("speed", 60), "speed", json!(*self.rng.pick(&[0.5, 1.0, 2.0])));
        put(self.strikes("costs", 90), "cost_per_task", json!(self.rng.range(0, 5)));
        put(self.strikes("costs", 60), "cost_per_load", json!(self.rng.range(0, 3)));
        put(self.strikes("costs", 60), "cost_per_hour", json!(self.rng.range(0, 3600)));
        put(self.strikes("from", 50), "available_from", json!(self.rng.range(0, 6)));
        let first = self.rng.range(2, 5 + each);
        let second = first + self.rng.range(0, 3);
        let windows = json!([[0, first], [second, second + self.rng.range(1, 8 * each)]]);
        put(self.strikes("windows", 60), "available", windows);
        let status = *self.rng.pick(&["idle", "busy", "draining", "offline"]);
        put(self.strikes("status", 40), "status", json!(status));
        put(self.strikes("speed", 30), "performance_metrics", json!({"error_rate": 0.5}));
        put(i == 0 || self.rng.chance(40), "zone", json!("z"));
        Value::Object(row)
    }

    fn task(&mut self, i: usize) -> Value {
        let mut row = Map::new();
        row.insert("id".into(), json!(task_id(i)));
        row.insert("duration".into(), json!(self.rng.range(1, 6)));
        let mut put = |strikes: bool, key: &str, value: Value| {
            if strikes {
                row.insert(key.into(), value);
            }
        };
        put(self.rng.chance(70), "priority", json!(self.rng.range(0, 3)));
        put(self.rng.chance(60), "estimated_load", json!(self.amount(0, 3)));
        let skill = *self.rng.pick(&["code", "docs"]);
        let least = *self.rng.pick(&[0.5, 1.0]);
        put(self.strikes("skills", 50), "requires", json!({skill: least}));
        put(self.strikes("release", 40), "release", json!(self.rng.range(0, 8)));
        put(self.strikes("memory", 60), "demand", json!({"memory": self.amount(1, 3)}));
        put(self.strikes("tokens", 50), "demand", json!({"tokens": self.amount(1, 3)}));
        put(self.strikes("data", 50), "reads", json!([*self.rng.pick(&["d0", "d1"])]));
        let late = 8 * self.each();
        let due = self.rng.range(8, 8 + late);
        put(self.strikes("deadline", 80), "deadline", json!(due));
        if i > 0 {
            let before = self.rng.range(0, i as u64 - 1) as usize;
            let link = json!([{"task": task_id(before), "data_mb": self.rng.range(0, 2), "soft": self.rng.chance(15)}]);
            put(self.strikes("precedence", 45), "depends_on", link);
        }
        let group = self.group(i);
        put(group != i, "together", json!([task_id(group)]));
        let away = self.rng.range(0, i as u64) as usize;
        put(self.groups[away] != group && self.strikes("apart", 35), "apart", json!([task_id(away)]));
        let named = [json!(agent_id(self.any_agent())), json!("k0")];
        let who = self.rng.pick(&named).clone();
        let field = *self.rng.pick(&["allowed_agents", "forbidden_agents"]);
        let listed = self.strikes("who", 25);
        put(listed, field, json!([who]));
        let pinned = agent_id(self.any_agent());
        put(!listed && self.strikes("who", 8), "pinned_agent", json!(pinned));
        let mut uses = Map::new();
        for (kind, percent) in [("rate", 60), ("shared", 50), ("shared_budget", 60)] {
            if self.strikes(kind, percent) {
                uses.insert(kind.to_string(), json!(self.amount(1, 3)));
            }
        }
        put(!uses.is_empty(), "uses", json!(uses));
        if self.strikes("estimates", 60) {
            let by = if self.rng.chance(50) { agent_id(self.any_agent()) } else { "k0".into() };
            let given = match self.rng.range(0, 2) {
                0 => json!({"duration": self.rng.range(1, 8)}),
                1 => json!({"load": self.amount(0, 3)}),
                _ => json!({"cost": self.rng.range(0, 9), "duration": self.amount(1, 4)}),
            };
            put(true, "estimates", json!({by: given}));
        }
        Value::Object(row)
    }

    /// Draws with whom task `i` is together.
    fn group(&mut self, i: usize) -> usize {
        let other = self.rng.range(0, i as u64) as usize;
        let group = if other < i && self.strikes("together", 30) { self.groups[other] } else { i };
        self.groups.push(group);
        group
    }

    fn network(&mut self) -> Value {
        let mut out = json!({});
        if self.on.contains(&"links") {
            let links: Vec<Value> = (0..=self.shape.agents).map(|_| self.link()).collect();
            out["links"] = json!(links);
        }
        if self.on.contains(&"data") {
            let home = agent_id(self.any_agent());
            out["data"] = json!([{"id": "d0", "size_mb": 1, "home": home}, {"id": "d1", "size_mb": 2}]);
        }
        let each = self.shape.tasks as u64;
        let mut resources = Vec::new();
        if self.on.contains(&"rate") {
            resources.push(json!({"id": "rate", "capacity": self.amount(3, 6), "per": self.rng.range(2, 8)}));
        }
        if self.on.contains(&"shared") {
            resources.push(json!({"id": "shared", "capacity": self.amount(3, 6)}));
        }
        if self.on.contains(&"shared_budget") {
            resources.push(json!({"id": "shared_budget", "budget": self.amount(each, 2 * each)}));
        }
        out["resources"] = json!(resources);
        out
    }

    fn link(&mut self) -> Value {
        let from = self.any_agent();
        // The zone's agents are joined anyway; links to it make detours.
        let to = if self.rng.chance(30) { "z".to_string() } else { agent_id((from + 1) % self.shape.agents) };
        let to = if to == agent_id(from) { "z".to_string() } else { to };
        let mut row = json!({"from": agent_id(from), "to": to, "latency_ms": self.rng.range(0, 4) * 500});
        if self.rng.chance(60) {
            row["bandwidth_mbps"] = json!(*self.rng.pick(&[4, 8, 16]));
        }
        if self.rng.chance(20) {
            row["directed"] = json!(true);
        }
        row
    }

    fn state(&mut self) -> Value {
        let mut out = json!({});
        if self.on.contains(&"running") {
            let task = if self.rng.chance(60) { task_id(self.any_task()) } else { "elsewhere".into() };
            let agent = agent_id(self.any_agent());
            out["running"] = json!([{"task": task, "agent": agent, "until": self.rng.range(1, 9)}]);
        }
        let held = ["rate", "shared"].into_iter().find(|r| self.on.contains(r));
        if let Some(resource) = held.filter(|_| self.on.contains(&"holds")) {
            let holder = if self.rng.chance(50) { task_id(self.any_task()) } else { agent_id(self.any_agent()) };
            let mode = if self.rng.chance(25) { "exclusive" } else { "shared" };
            out["holds"] = json!([{"holder": holder, "resource": resource, "amount": self.amount(1, 3),
                                   "since": self.rng.range(0, 4), "until": self.rng.range(5, 12), "mode": mode}]);
        }
        out
    }
}
