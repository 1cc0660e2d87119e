//! Weights from ranks alone.

/// Rank-order centroid weights of `n` ranks, the first first: the mean of all weights that fall with the rank
/// and sum to one (Barron, Barrett 1996): `1/n · Σ_{k ≥ i} 1/k`.
pub fn rank_order_centroid(n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n];
    let mut sum = 0.0;
    for i in (0..n).rev() {
        sum += 1.0 / (i + 1) as f64;
        out[i] = sum / n as f64;
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn published_centroids_come_out() {
        // Barron, Barrett 1996, table for three and four ranks.
        let rounded = |n| super::rank_order_centroid(n).iter().map(|w| (w * 1e4).round() / 1e4).collect::<Vec<_>>();
        assert_eq!(rounded(3), [0.6111, 0.2778, 0.1111]);
        assert_eq!(rounded(4), [0.5208, 0.2708, 0.1458, 0.0625]);
        assert!(super::rank_order_centroid(0).is_empty());
    }
}
