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

/// Whether the fault is planted.
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
