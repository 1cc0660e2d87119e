//! What whole numbers are all multiples of: bounds round up to it.

/// The greatest common divisor (Euclid); of 0 and a number the number.
pub fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
