//! Levels: what belongs to a certificate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ucks_oracle::group::Group;

/// The scope of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The rules that need no environment, in every state except those that the profile lists as lacking.
    Core,
    /// Everything, with clusters, VPC endpoint services and proxies (H, V, X) and every fixture.
    Full,
}

impl Level {
    /// Both, the lower first.
    pub const ALL: [Level; 2] = [Level::Core, Level::Full];

    /// The name at the prompt.
    pub fn name(self) -> &'static str {
        match self {
            Level::Core => "core",
            Level::Full => "full",
        }
    }

    /// Returns true if rules of the group belong to the level.
    pub fn has(self, group: Group) -> bool {
        self == Level::Full || !group.needs_environment()
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No level has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a level; use `core` or `full`")]
pub struct UnknownLevel(String);

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(name: &str) -> Result<Level, UnknownLevel> {
        Level::ALL.into_iter().find(|l| l.name() == name).ok_or_else(|| UnknownLevel(name.to_owned()))
    }
}
