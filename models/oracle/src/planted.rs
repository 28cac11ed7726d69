//! Faults of the deserializer that ship off. They show that the fuzz targets find such faults.
//!
//! With the feature `planted`, the environment variable `UCKS_PLANTED` names the one to plant:
//!
//! | name | what goes wrong |
//! |---|---|
//! | `nesting` | nesting is measured by recursion, which overflows the stack |
//! | `bytes` | lengths count bytes |
//! | `trailing` | bytes behind the object are accepted |
//! | `searched` | a pattern may match anywhere in a value |
//! | `surrogate` | a lone surrogate panics |

/// Returns true if the fault is planted.
#[cfg(not(feature = "planted"))]
pub(crate) const fn is(_: &str) -> bool {
    false
}

#[cfg(feature = "planted")]
pub(crate) fn is(name: &str) -> bool {
    use std::sync::LazyLock;
    static PLANTED: LazyLock<String> = LazyLock::new(|| std::env::var("UCKS_PLANTED").unwrap_or_default());
    *PLANTED == name
}

/// Only where it is planted: as deep on the stack as the value is nested, with frames of the size that
/// recursive parsers have.
pub(crate) fn nesting_by_recursion(bytes: &mut std::str::Bytes<'_>) -> usize {
    std::hint::black_box([0_u8; 1024]);
    let mut deepest = 0;
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => deepest = deepest.max(1 + nesting_by_recursion(bytes)),
            b'}' | b']' => break,
            _ => {}
        }
    }
    deepest
}
