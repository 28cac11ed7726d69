//! A hash that is the same on every platform and with every release of the compiler, for what is written down or has to
//! be drawn alike again: codes of findings, goals of a plan, names of files. It does not protect against collisions
//! that somebody looks for.

/// The 64-bit FNV-1a hash of some bytes.
///
/// ```
/// assert_eq!(ucks_oracle::fixed_hash::fnv1a(*b"a"), 0xaf63_dc4c_8601_ec8c);
/// ```
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, mix)
}
