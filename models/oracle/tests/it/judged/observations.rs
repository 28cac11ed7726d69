//! Answers of Describe, right and odd.

use ucks_oracle::account::{ConnectionState, DescribeField, Store};
use ucks_oracle::answer::DescribedStore;

/// Returns the answer of Describe for a store as it is believed.
pub(crate) fn seen(store: &Store) -> DescribedStore {
    let text = |field: DescribeField| field.believed(store).flatten();
    DescribedStore {
        id: store.id.clone(),
        name: text(DescribeField::Name),
        store_type: Some(store.store_type()),
        state: text(DescribeField::State),
        error: text(DescribeField::Error),
        created: text(DescribeField::Created),
        cluster: text(DescribeField::Cluster),
        trust_anchor: text(DescribeField::TrustAnchor),
        has_proxy: store.xks().is_some(),
        connectivity: text(DescribeField::Connectivity),
        access_key_id: text(DescribeField::AccessKeyId),
        endpoint: text(DescribeField::Endpoint),
        path: text(DescribeField::Path),
        service: text(DescribeField::Service),
        owner: text(DescribeField::Owner),
    }
}

/// Returns answers of Describe with one difference, each with a description of it.
pub(crate) fn odd_sights(store: &Store) -> Vec<(String, Option<DescribedStore>)> {
    let right = seen(store);
    let mut all = vec![("right".to_owned(), Some(right.clone())), ("nothing".to_owned(), None)];
    type Part = fn(&mut DescribedStore) -> &mut Option<String>;
    let fields: [(&str, Part); 12] = [
        ("name", |s| &mut s.name),
        ("state", |s| &mut s.state),
        ("error", |s| &mut s.error),
        ("created", |s| &mut s.created),
        ("cluster", |s| &mut s.cluster),
        ("anchor", |s| &mut s.trust_anchor),
        ("connectivity", |s| &mut s.connectivity),
        ("key", |s| &mut s.access_key_id),
        ("endpoint", |s| &mut s.endpoint),
        ("path", |s| &mut s.path),
        ("service", |s| &mut s.service),
        ("owner", |s| &mut s.owner),
    ];
    for (what, field) in fields {
        for value in [None, Some("odd".to_owned())] {
            let mut odd = right.clone();
            *field(&mut odd) = value.clone();
            all.push((format!("{what} {}", value.unwrap_or("gone".into())), Some(odd)));
        }
    }
    for state in ConnectionState::ALL {
        all.push((
            format!("state {}", state.name()),
            Some(DescribedStore { state: Some(state.name().into()), ..right.clone() }),
        ));
    }
    all.push(("no type".into(), Some(DescribedStore { store_type: None, ..right.clone() })));
    all.push(("no proxy".into(), Some(DescribedStore { has_proxy: false, ..right })));
    all
}
