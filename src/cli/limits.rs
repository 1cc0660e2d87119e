//! `--time-limit` and `--memory-limit` of the commands that search.

use std::time::Duration;

use crate::{
    input::scalars::{MAX_MS, duration_ms},
    limit::Limit,
};

/// When to end with the best so far.
#[derive(Debug, clap::Args)]
pub struct LimitArgs {
    /// End after this time with the best plan so far, as `90s` or a number of seconds; the same input may
    /// then give another plan on another machine
    #[arg(long, value_name = "TIME", value_parser = time)]
    time_limit: Option<Duration>,
    /// End when the process holds more than this with the best plan so far, as `512MB`, `2GiB` or a number of bytes
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory_limit: Option<u64>,
}

impl LimitArgs {
    /// The limit from now on.
    pub fn limit(&self) -> Limit {
        Limit::new(self.time_limit, self.memory_limit)
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let seconds = |s: f64| 1000.0 * s;
    let ms = text.parse().ok().map(seconds).or_else(|| duration_ms(text)).filter(|ms| (0.0..=MAX_MS).contains(ms));
    let ms = ms.ok_or("write a duration such as `90s`, `1h 30m` or a number of seconds")?;
    Ok(Duration::from_millis(ms as u64))
}

/// Bytes, by the units of IEC 80000-13 and SI.
fn size(text: &str) -> Result<u64, String> {
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let factor = match &text[unit..] {
        "" | "B" => 1.0,
        "kB" | "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "KiB" => f64::from(1 << 10),
        "MiB" => f64::from(1 << 20),
        "GiB" => f64::from(1 << 30),
        _ => f64::NAN,
    };
    let bytes = text[..unit].trim().parse().map_or(f64::NAN, |x: f64| x * factor);
    if (0.0..=1e18).contains(&bytes) { Ok(bytes as u64) } else { Err("write a size such as `512MB` or `2GiB`".into()) }
}
