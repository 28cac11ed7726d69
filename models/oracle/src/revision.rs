//! The dated revisions of the contract.

use std::fmt;
use std::str::FromStr;

macro_rules! revisions {
    ($($(#[doc = $doc:literal])* $name:ident = $date:literal),+ $(,)?) => {
        /// One dated revision of the contract; later ones compare greater.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Revision { $($(#[doc = $doc])* $name),+ }

        impl Revision {
            /// All revisions, oldest first.
            pub const ALL: &'static [Revision] = &[$(Revision::$name),+];

            /// The date, as `YYYY-MM-DD`.
            pub fn date(self) -> &'static str {
                match self { $(Revision::$name => $date),+ }
            }

            /// Describes in one sentence what this revision changed.
            pub fn what(self) -> &'static str {
                match self { $(Revision::$name => concat!($($doc),*).trim_ascii()),+ }
            }
        }
    };
}

revisions! {
    /// Launch: four members, every update needs DISCONNECTED, seven declared errors.
    Launch = "2018-11-26",
    /// The requirements on a cluster's security group.
    SecurityGroup = "2019-05-02",
    /// `CustomKeyStoreNameInUseException` is declared for Update.
    NameInUse = "2019-11-25",
    /// `KeyStorePassword` has 7 to 32 characters.
    PasswordLength = "2020-01-20",
    /// Create requires only the name.
    CreateByName = "2022-07-18",
    /// External key stores: all `Xks*` members and seventeen declared errors.
    ExternalKeyStores = "2022-11-29",
    /// `CloudHsmClusterId` gains its pattern.
    ClusterPattern = "2023-05-01",
    /// Eventual consistency is stated.
    EventualConsistency = "2023-12-15",
    /// The errors of external key stores speak of the Region and of the proxy alone.
    RegionalUniqueness = "2024-01-05",
    /// `XksProxyVpcEndpointServiceOwner`, also in Describe.
    ServiceOwner = "2025-10-30",
    /// A VPC endpoint service name may start with `eu`.
    EuropeanServices = "2025-11-07",
    /// A CloudHSM key store may be renamed while CONNECTED.
    RenameConnected = "2026-04-27",
}

impl Revision {
    /// The default revision.
    pub const LATEST: Revision = Revision::RenameConnected;
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.date())
    }
}

/// The text names no revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRevision(String);

impl fmt::Display for UnknownRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a revision; known are", self.0)?;
        Revision::ALL.iter().try_for_each(|r| write!(f, " {r}"))
    }
}

impl std::error::Error for UnknownRevision {}

impl FromStr for Revision {
    type Err = UnknownRevision;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "latest" {
            return Ok(Revision::LATEST);
        }
        Revision::ALL.iter().copied().find(|r| r.date() == text).ok_or_else(|| UnknownRevision(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_in_order_and_each_reads_back() {
        assert_eq!(Revision::ALL.len(), 12);
        assert!(Revision::ALL.windows(2).all(|w| w[0] < w[1] && w[0].date() < w[1].date()));
        for r in Revision::ALL {
            assert_eq!(r.date().parse::<Revision>().as_ref(), Ok(r));
        }
        assert!("2018-11-27".parse::<Revision>().is_err());
    }
}
