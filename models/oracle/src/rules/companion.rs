//! O: the companion operations. Faults here block the tests that need them; they say nothing about Update.

use crate::rule::{Check, Force, Rule};

pub(super) fn rules() -> Vec<Rule> {
    let rows = [
        ("O-01", "CreateCustomKeyStore creates a DISCONNECTED store and answers its id", "return the new store's CustomKeyStoreId"),
        ("O-02", "DescribeCustomKeyStores shows a new store as it was created", "show every setting that Create took, external ones in XksProxyConfiguration"),
        ("O-03", "ConnectCustomKeyStore takes a DISCONNECTED store to CONNECTED", "move the store to CONNECTING, then to CONNECTED or FAILED"),
        ("O-04", "DisconnectCustomKeyStore takes a CONNECTED or FAILED store to DISCONNECTED", "move the store to DISCONNECTING, then to DISCONNECTED"),
        ("O-05", "DeleteCustomKeyStore deletes a DISCONNECTED store, and no other", "forget a disconnected store, and refuse one that is not disconnected"),
        ("O-06", "DescribeCustomKeyStores finds a store by its id, and answers CustomKeyStoreNotFoundException for none", "filter by CustomKeyStoreId"),
        ("O-07", "DescribeCustomKeyStores finds a store by its name", "filter by CustomKeyStoreName"),
        ("O-08", "DescribeCustomKeyStores pages by Limit, Marker, NextMarker and Truncated", "answer at most Limit stores and a marker for the rest"),
        ("O-09", "CreateCustomKeyStore refuses a name in use with CustomKeyStoreNameInUseException", "compare the name with those of all stores"),
    ];
    rows.into_iter()
        .map(|(id, asks, mend)| {
            Rule::new(id, Force::Must, "DOC", asks)
                .judged(Check::Companion)
                .source("API reference, the operation named")
                .tells("tests of UpdateCustomKeyStore that need the operation cannot run", mend)
        })
        .collect()
}
