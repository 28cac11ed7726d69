//! O: the companion operations. Deviations here block the tests that need them; they prove nothing about Update.

use crate::rule::{Force, JudgedOn, Rule};

pub(super) fn rules() -> Vec<Rule> {
    let blocks = "tests of UpdateCustomKeyStore that need the operation cannot run";
    let rows = [
        (
            "O-01",
            "CreateCustomKeyStore creates a DISCONNECTED store and answers its id",
            blocks,
            "return the new store's CustomKeyStoreId",
        ),
        (
            "O-02",
            "DescribeCustomKeyStores shows a new store as it was created",
            "nobody can see what a store has, nor what an update changed",
            "show every setting that Create took, external ones in XksProxyConfiguration",
        ),
        (
            "O-03",
            "ConnectCustomKeyStore takes a DISCONNECTED store to CONNECTED",
            blocks,
            "move the store to CONNECTING, then to CONNECTED or FAILED",
        ),
        (
            "O-04",
            "DisconnectCustomKeyStore takes a CONNECTED or FAILED store to DISCONNECTED, and refuses one that is \
                disconnected",
            "a store cannot be got ready for an update, or code that disconnects twice fails only against AWS",
            "move a connected store to DISCONNECTED, and refuse one that is not connected with \
                CustomKeyStoreInvalidStateException",
        ),
        (
            "O-05",
            "DeleteCustomKeyStore deletes a DISCONNECTED store, and no other",
            "a store that is in use is gone, or one that is not stays for ever",
            "forget a disconnected store, and refuse one that is not disconnected with \
                CustomKeyStoreInvalidStateException",
        ),
        (
            "O-06",
            "DescribeCustomKeyStores finds a store by its id, and answers CustomKeyStoreNotFoundException for none",
            "code that asks for one store meets others, or never learns that it is gone",
            "filter by CustomKeyStoreId, and answer CustomKeyStoreNotFoundException where no store has it",
        ),
        (
            "O-07",
            "DescribeCustomKeyStores finds a store by its name",
            "code that looks a store up by its new name does not find it",
            "filter by CustomKeyStoreName",
        ),
        (
            "O-08",
            "DescribeCustomKeyStores pages by Limit, Marker, NextMarker and Truncated",
            "code that lists stores misses some, or never ends",
            "answer at most Limit stores and a marker for the rest",
        ),
        (
            "O-09",
            "CreateCustomKeyStore refuses a name in use with CustomKeyStoreNameInUseException",
            "two stores get one name, or the user gets another reason",
            "compare the name with those of all stores",
        ),
        (
            "O-10",
            "DescribeCustomKeyStores answers with a page of custom key stores that clients can read",
            "no client can read the answer, so nobody sees what a store has",
            "answer with a JSON object that has the documented members, each of its documented type",
        ),
    ];
    rows.into_iter()
        .map(|(id, asks, impact, fix)| {
            Rule::new(id, Force::Must, "DOC", asks)
                .judged(JudgedOn::Companion)
                .source("API reference, the operation named")
                .impact_and_fix(impact, fix)
        })
        .collect()
}
