//! The M/M/c queue: arrivals and service times both exponential, c servers, first come first served
//! (Erlang 1917). An estimate: real agents are neither.

/// Probability that an arrival has to wait (Erlang C), for `servers` and an offered load in erlangs
/// (arrival rate × service time); 1 where the load is not below the servers. By Erlang's recursion for the
/// blocking probability B, O(servers).
pub fn erlang_c(servers: u32, offered: f64) -> f64 {
    if offered >= f64::from(servers) {
        return 1.0;
    }
    let blocking = (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
    let busy = offered / f64::from(servers);
    blocking / (1.0 - busy * (1.0 - blocking))
}

/// Mean time from arrival to the end of service; infinite where the load is not below the servers. Rates and
/// times in one unit.
pub fn response_time(servers: u32, rate: f64, service: f64) -> f64 {
    let offered = rate * service;
    let spare = f64::from(servers) - offered;
    if spare <= 0.0 { f64::INFINITY } else { service + erlang_c(servers, offered) * service / spare }
}

#[cfg(test)]
mod tests {
    use super::{erlang_c, response_time};

    #[test]
    fn one_server_waits_as_often_as_it_is_busy() {
        assert!((erlang_c(1, 0.8) - 0.8).abs() < 1e-12);
        // M/M/1: T = 1 / (μ − λ).
        assert!((response_time(1, 0.8, 1.0) - 5.0).abs() < 1e-12);
    }

    #[test]
    fn the_textbook_call_centre() {
        // 10 servers, 8 erlangs: C = 0.4092 (tables of Erlang C).
        assert!((erlang_c(10, 8.0) - 0.409_2).abs() < 5e-5);
        assert_eq!(erlang_c(3, 3.0), 1.0);
        assert_eq!(response_time(3, 3.0, 1.0), f64::INFINITY);
    }
}
