//! Snapshots of everything that users of `ucks` see: reports, lists, explanations, schemas, and a conforming exchange
//! of each rule.
//!
//! The tests compare with the files in `snapshots/`; `INSTA_UPDATE=always cargo test -p ucks-snapshots` writes them
//! anew, and the difference is there to be read. `targets/` holds profiles and declared deviations of real services.
