//! The dated versions of the contract: which dates there are, and what each one lets a caller do.
//!
//! Members, lengths, patterns and declared errors of a revision come from its extract
//! ([`crate::shapes`]); the few differences that no model states are the methods here.

/// The dates of all revisions, oldest first.
pub const REVISIONS: [&str; 12] = [
    "2018-11-26",
    "2019-05-02",
    "2019-11-25",
    "2020-01-20",
    "2022-07-18",
    "2022-11-29",
    "2023-05-01",
    "2023-12-15",
    "2024-01-05",
    "2025-10-30",
    "2025-11-07",
    "2026-04-27",
];

/// The date of the latest revision, the default everywhere.
pub const LATEST: &str = REVISIONS[REVISIONS.len() - 1];

/// One revision, as an index into [`REVISIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Revision(usize);

impl Revision {
    /// The revision in force on `date` (`YYYY-MM-DD`): the latest one not after it, else the first.
    pub(crate) fn on(date: &str) -> Revision {
        let later = REVISIONS.iter().position(|known| *known > date);
        Revision(later.unwrap_or(REVISIONS.len()).saturating_sub(1))
    }

    /// The position in [`REVISIONS`].
    pub(crate) fn index(self) -> usize {
        self.0
    }

    fn since(self, date: &str) -> bool {
        REVISIONS[self.0] >= date
    }

    /// External key stores exist, and with them the finer gates (G-51).
    pub(crate) fn has_external_stores(self) -> bool {
        self.since("2022-11-29")
    }

    /// A CloudHSM store may be renamed while CONNECTED.
    pub(crate) fn renames_connected_cloudhsm(self) -> bool {
        self.since("2026-04-27")
    }

    /// The requirements on a cluster's security group are stated (H-04).
    pub(crate) fn checks_security_group(self) -> bool {
        self.since("2019-05-02")
    }

    /// `XksProxyInvalidConfigurationException` means the proxy alone, not the endpoint service (V-02).
    pub(crate) fn separates_service_errors(self) -> bool {
        self.since("2024-01-05")
    }

    /// `InvalidMarkerException` is declared for DescribeCustomKeyStores.
    pub(crate) fn has_marker_error(self) -> bool {
        self.since("2022-07-18")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_between_two_revisions_is_the_earlier_one() {
        assert_eq!(Revision::on("2023-01-01"), Revision::on("2022-11-29"));
        assert_eq!(Revision::on("2999-01-01"), Revision::on(LATEST));
        assert_eq!(Revision::on("1999-01-01").index(), 0);
        assert_eq!(Revision::on("").index(), 0);
    }
}
