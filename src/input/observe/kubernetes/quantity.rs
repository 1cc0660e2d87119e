//! Kubernetes quantities: `500m`, `8063156Ki`, `2`, `1e3`.

/// The number that a quantity stands for; `None` where it is none.
pub fn value(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 15] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("Ei", 1_152_921_504_606_846_976.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
    ];
    let text = text.trim();
    let whole = |t: &str| t.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0);
    whole(text).or_else(|| {
        let (unit, factor) = UNITS.iter().find(|(unit, _)| text.ends_with(unit))?;
        whole(&text[..text.len() - unit.len()]).map(|n| n * factor)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_units() {
        for (text, number) in [("4", 4.0), ("500m", 0.5), ("8063156Ki", 8_256_671_744.0), ("1e3", 1000.0), ("2G", 2e9)]
        {
            assert_eq!(value(text), Some(number), "{text}");
        }
        for text in ["", "m", "4 cores", "-1", "inf", "NaN"] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
