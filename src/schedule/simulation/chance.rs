//! Random numbers that belong to a task and a run, not to a plan: two plans under one seed meet the same luck
//! (common random numbers; Law and Kelton), and no thread order can show.

/// Numbers of one task in one run: a counter through `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Debug, Clone, Copy)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The numbers of a task (by the hash of its id) in a run.
    pub fn of(seed: u64, run: u64, task: u64) -> Self {
        Self { state: mix(seed ^ mix(run ^ mix(task))) }
    }

    /// Uniform in (0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        ((mix(self.state) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform(), self.uniform());
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(std::f64::consts::TAU * v)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A hash of an id (FNV-1a), the same whatever else is in the snapshot.
pub fn hash(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}
