//! `--target "late_tasks=0"`: what a proposal is to reach.

use super::{
    judge::figure,
    measure::{METRICS, Metrics, Unit},
};
use crate::input::{nearest, scalars::duration_ms};

/// Which side of the figure is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At most.
    AtMost,
    /// At least.
    AtLeast,
    /// Exactly.
    Equal,
}

/// A figure to be reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The figure.
    pub name: &'static str,
    /// On which side.
    pub side: Side,
    /// Of what.
    pub value: f64,
    /// As written.
    pub text: String,
}

/// What people call some figures.
const OTHER_NAMES: [(&str, &str); 2] = [("utilization", "utilization_efficiency"), ("tardiness", "weighted_tardiness")];

impl std::str::FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sides = [("<=", Side::AtMost), (">=", Side::AtLeast), ("=", Side::Equal)];
        let split =
            sides.iter().find_map(|(sign, side)| text.split_once(sign).map(|(n, v)| (n.trim(), *side, v.trim())));
        let (written, side, value) = split.ok_or("write FIGURE<=VALUE, FIGURE>=VALUE or FIGURE=VALUE")?;
        let known = OTHER_NAMES.iter().find(|o| o.0 == written).map_or(written, |o| o.1);
        let metric = METRICS.iter().find(|m| m.name == known).ok_or_else(|| unknown(written))?;
        let plain = value.parse::<f64>().ok().filter(|x| x.is_finite());
        let percent = || value.strip_suffix('%').and_then(|p| p.trim().parse::<f64>().ok()).map(|p| p / 100.0);
        let time = || (metric.unit == Unit::Seconds).then(|| duration_ms(value)).flatten().map(|ms| ms / 1000.0);
        let value = plain.or_else(percent).or_else(time).ok_or_else(|| format!("`{value}` is no value of {known}"))?;
        Ok(Self { name: metric.name, side, value, text: text.to_owned() })
    }
}

fn unknown(written: &str) -> String {
    let names: Vec<&str> = METRICS.iter().map(|m| m.name).collect();
    let near = nearest(written, &names).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
    format!("`{written}` is no figure of a plan{near} (there are {})", names.join(", "))
}

impl Target {
    /// How much is missing, as a share of what is asked for; 0 where it is reached.
    pub fn missed(&self, m: &Metrics) -> f64 {
        let Some(x) = figure(m, self.name) else { return 1.0 };
        let scale = self.value.abs().max(1e-9).max(if self.value == 0.0 { 1.0 } else { 0.0 });
        let off = match self.side {
            Side::AtMost => x - self.value,
            Side::AtLeast => self.value - x,
            Side::Equal => (x - self.value).abs(),
        };
        if off <= 1e-9 * scale { 0.0 } else { off / scale }
    }
}
