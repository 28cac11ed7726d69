//! The rule book of AWS KMS `UpdateCustomKeyStore` as code.
//!
//! Pure: no I/O, no clock, no async, no HTTP. Bytes go in, verdicts come out.
//!
//! | module | content |
//! |---|---|
//! | [`revision`] | the twelve dated revisions of the contract |
//! | [`members`] | the members table: lengths, patterns, enums, since when |
//! | [`code`] | the error codes the contract knows |
//! | [`expectation`] | expected and observed results, as values |
//! | [`wire`] | a request and an answer on the wire |
//! | [`request`] | the request deserializer: bytes to a [`request::Body`] or a precise rejection |
//! | [`answer`] | the bounded decoder of a target's answers |
//! | [`aspect`] | which part of a rule a verdict is about |
//! | [`environment`] | the profile's statements about clusters, VPC endpoint services and proxies |
//! | [`account`] | stores and accounts as the model believes them |
//! | [`situation`] | one request seen in one world, the input of every rule |
//! | [`feature`] | rare features of requests, used to skip rules that cannot apply |
//! | [`rule`] | the parts of a rule: violation, permission, force, basis |
//! | [`group`] | the groups of rules, with everything that depends on them |
//! | [`fixed_hash`] | a hash that never changes |
//! | [`rules`] | the rules themselves, one file a group |
//! | [`judge`] | the outcomes that a situation admits under a policy |
//! | [`decide`] | which sides of rules an answer decides |
//! | [`model`] | `step` and `observe` over a [`model::Belief`] |
//! | [`race`] | several updates under way at once |
//! | [`repeat`] | one update after the other in one state |
//! | [`companions`] | Create, Connect, Disconnect, Delete as far as Update needs them |

pub mod account;
pub mod answer;
pub mod aspect;
pub mod code;
pub mod companions;
pub mod decide;
pub mod environment;
pub mod expectation;
pub mod feature;
pub mod fixed_hash;
pub mod group;
pub mod json_text;
pub mod judge;
pub mod members;
pub mod model;
mod planted;
pub mod race;
pub mod repeat;
pub mod request;
pub mod revision;
pub mod rule;
pub mod rules;
pub mod situation;
pub mod wire;
