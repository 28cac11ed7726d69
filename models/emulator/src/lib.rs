//! An emulator of AWS KMS custom key stores: six operations over HTTP, in memory.
//!
//! It is an operational model of the service, written for the conformance suite `ucks` as its
//! embedded target, and useful on its own to test clients of the operations. Three things set it
//! apart from a mock:
//!
//! - the environment is a table ([`Environment`]): CloudHSM clusters, VPC endpoint services and external
//!   key store proxies, each with a role, so that every declared error can be had;
//! - every open question of the contract can be settled either way, by a seed
//!   ([`Config::readings`]);
//! - a fault can be planted ([`Config::defect`], [`defects`]).
//!
//! Comments cite the rule book of the project by rule (`G-03`); AWS's texts are not repeated.

mod account;
mod answers;
mod behaviour;
mod cluster;
mod core;
mod create;
mod defects;
mod describe;
mod edits;
mod environment;
mod errors;
mod halves;
mod ids;
mod json;
mod lifecycle;
mod member;
mod proxy;
mod readings;
mod revision;
mod server;
mod service;
mod shapes;
mod sigv4;
mod store;
mod throttle;
mod unique;
mod update;
mod vpc;

pub use self::defects::{Defect, DefectRow, Force, UnknownDefect, defects};
pub use self::edits::{Edit, EditFamily, edits};
pub use self::environment::{DEFAULT_ENVIRONMENT, Environment, EnvironmentError};
pub use self::revision::{LATEST, REVISIONS};
pub use self::server::serve;
#[cfg(feature = "tls")]
pub use self::server::serve_tls;
pub use self::service::{Config, Emulator};
