//! Certificates: refused runs, rejected bundles, and secrets that never show.

mod accepted;
mod defects;
mod levels;
mod sealed;
mod secrets;
mod shards;
mod tampering;
