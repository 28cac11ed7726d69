//! The checks of an update, in their order. Nothing else refuses an update whose store was found.

use super::facts::{Fact, Fold, ValueSource};
use super::scope::{Scope, StoreVariant, When, any, giving, never};
use crate::account::Account;
use crate::errors::{ApiError, Code};
use crate::member::Member;
use crate::readings::{Layer, NothingGiven, Readings};
use crate::store::{ConnectionState, StoreType};
use crate::update::{Update, address, environment, gates, kind, switch};

/// The function of a check, called only inside its scope.
type CheckFn = fn(&Update<'_>, &Account, &Check) -> Result<(), ApiError>;

macro_rules! parts {
    ($($part:ident $name:literal $sentence:literal [$($fact:ident)*] $test:path;)*) => {
        /// A check, by the name that edits use for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum CheckId { $($part),* }

        impl CheckId {
            pub(crate) fn name(self) -> &'static str {
                match self { $(CheckId::$part => $name),* }
            }

            /// Describes in a few words which requests the check refuses.
            pub(crate) fn sentence(self) -> &'static str {
                match self { $(CheckId::$part => $sentence),* }
            }

            /// The values that the check reads.
            pub(crate) fn reads(self) -> &'static [Fact] {
                match self { $(CheckId::$part => &[$(Fact::$fact),*]),* }
            }

            fn test(self) -> CheckFn {
                match self { $(CheckId::$part => $test),* }
            }
        }
    };
}

// name of the variant · name in edits · what it refuses · values that it reads · test
parts! {
    NothingGiven "nothing-given" "an update that gives no member" [] kind::nothing_given;
    OtherType "other-type" "a member of the other type" [] kind::other_type;
    ServiceOnPublic "service-on-public" "a service name for a store that stays public" [] kind::only_vpc;
    OwnerOnPublic "owner-on-public" "a service owner for a store that stays public" [] kind::only_vpc;
    RestatedConnectivity "restated-connectivity" "the present connectivity" [] switch::refused;
    ToVpcEndpoint "to-vpc-endpoint" "a switch to a service without endpoint" [] switch::refused;
    ToVpcService "to-vpc-service" "a switch to a service without its name" [] switch::refused;
    ToPublicEndpoint "to-public-endpoint" "a switch to public without endpoint" [] switch::refused;
    ToPublicService "to-public-service" "a switch to public with a service name" [] switch::refused;
    ToPublicOwner "to-public-owner" "a switch to public with a service owner" [] switch::refused;
    RestatedEndpoint "restated-endpoint" "a switch at the present endpoint" [Endpoint] switch::restated_endpoint;
    Gate "gate" "a member that may not change in the connection state" [] gates::closed;
    NameTaken "name-taken" "a name in use" [Name] address::name_taken;
    EndpointTaken "endpoint-taken" "an endpoint that may not be shared"
        [Endpoint Path Connectivity] address::endpoint_taken;
    AddressTaken "address-taken" "endpoint and path of another public store"
        [Endpoint Path Connectivity] address::address_taken;
    ServiceTaken "service-taken" "a service that another store uses" [Service] address::service_taken;
    ClusterFound "cluster-found" "a cluster that does not exist" [Cluster] environment::cluster_found;
    ClusterActive "cluster-active" "a cluster that is not active" [Cluster] environment::cluster_active;
    ClusterRelated "cluster-related" "a cluster with another certificate" [Cluster] environment::cluster_related;
    ClusterFit "cluster-fit" "a cluster that is not configured as required" [Cluster] environment::cluster_fit;
    ServiceUsable "service-usable" "a service that is missing or not configured as required"
        [Service] environment::service_usable;
    ServiceOwned "service-owned" "a service of another owner" [Service Owner] environment::service_owned;
    ServiceNamed "service-named" "a service with another DNS name than the endpoint"
        [Service Endpoint] environment::service_named;
    ProxyHealthy "proxy-healthy" "a proxy that does not answer as required"
        [Endpoint Path KeyId Secret] environment::proxy_healthy;
}

impl CheckId {
    /// Returns true if a request that the check refuses can give the member and store it.
    pub(crate) fn may_see(self, member: Member) -> bool {
        let store = match self {
            CheckId::ClusterFound | CheckId::ClusterActive | CheckId::ClusterRelated | CheckId::ClusterFit => {
                Some(StoreType::CloudHsm)
            }
            CheckId::OtherType | CheckId::Gate | CheckId::NameTaken | CheckId::NothingGiven => None,
            _ => Some(StoreType::External),
        };
        let switch = matches!(self, CheckId::ToVpcEndpoint | CheckId::ToPublicEndpoint) && member == Member::Endpoint
            || self == CheckId::ToVpcService && member == Member::Service
            || matches!(self, CheckId::ServiceOnPublic | CheckId::NothingGiven)
                && matches!(member, Member::Service | Member::Owner | Member::Connectivity);
        store.is_none_or(|kind| !member.is_foreign_to(kind)) && !switch
    }
}

/// The comparison of a value with those of other stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Compare {
    pub(crate) fold: Fold,
    /// True if a text that begins the other counts as equal; a whole path counts as the rest of its endpoint.
    pub(crate) prefix: bool,
    /// Only stores of the same type, or only those of the other, are compared with.
    pub(crate) same_type: Option<bool>,
    /// Where the store's own value counts as another's.
    pub(crate) own: Scope,
}

impl Compare {
    pub(crate) const EXACT: Compare = Compare { fold: Fold::Exact, prefix: false, same_type: None, own: never() };

    /// Returns true if the indices of the account can answer.
    pub(crate) fn is_indexed(&self) -> bool {
        self.fold == Fold::Exact && !self.prefix && self.same_type.is_none()
    }

    /// Returns true if a value of another store is the same as the one that is wanted.
    pub(crate) fn equal(&self, other: &str, wanted: &str) -> bool {
        let (other, wanted) = (self.fold.apply(other), self.fold.apply(wanted));
        other == wanted || self.prefix && other.starts_with(&wanted)
    }
}

/// One check of an update.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Check {
    pub(crate) part: CheckId,
    pub(crate) scope: Scope,
    /// Values that are not taken from the merge of request and store.
    pub(crate) reads: Vec<(Fact, ValueSource)>,
    pub(crate) compare: Compare,
    /// The code, where it is not the one that the test decides on.
    pub(crate) code: Option<Code>,
    /// A code in place of one that the test decides on.
    pub(crate) exchanged: Option<(Code, Code)>,
}

impl Check {
    pub(crate) fn new(part: CheckId, scope: Scope) -> Check {
        Check { part, scope, reads: Vec::new(), compare: Compare::EXACT, code: None, exchanged: None }
    }

    pub(crate) fn run(&self, update: &Update<'_>, account: &Account) -> Result<(), ApiError> {
        (self.part.test())(update, account, self).map_err(|error| {
            let exchanged = self.exchanged.filter(|(decided, _)| *decided == error.code).map(|(_, other)| other);
            ApiError { code: self.code.or(exchanged).unwrap_or(error.code), ..error }
        })
    }
}

/// The checks of a conforming service.
pub(crate) fn conforming(readings: &Readings) -> Vec<Check> {
    readings.order.iter().flat_map(|layer| checks(*layer, readings)).collect()
}

fn checks(layer: Layer, readings: &Readings) -> Vec<Check> {
    match layer {
        Layer::Kind => of_kinds(readings),
        Layer::Switch => of_switches(readings),
        Layer::State => vec![Check::new(CheckId::Gate, any())],
        Layer::Name => vec![Check::new(CheckId::NameTaken, giving(&[Member::Name]))],
        Layer::Address => of_addresses(),
        Layer::Environment => of_the_environment(readings),
    }
}

fn of_kinds(readings: &Readings) -> Vec<Check> {
    let stays_public = any().only(&[When::Before(StoreVariant::Public)]).only(&[When::Kept]);
    let foreign = giving(&Member::ALL).any_of(super::scope::MemberSet::ALL.without(Member::Name));
    let mut checks = Vec::new();
    if readings.nothing_given != NothingGiven::Success {
        checks.push(Check::new(CheckId::NothingGiven, Member::ALL.into_iter().fold(any(), Scope::lacks)));
    }
    checks.push(Check::new(CheckId::OtherType, foreign));
    checks.push(Check::new(CheckId::ServiceOnPublic, stays_public.gives(Member::Service)));
    if readings.owner_on_public_refused {
        checks.push(Check::new(CheckId::OwnerOnPublic, stays_public.gives(Member::Owner)));
    }
    checks
}

fn of_switches(readings: &Readings) -> Vec<Check> {
    let (to_vpc, to_public) = (any().switching_to(StoreVariant::Vpc), any().switching_to(StoreVariant::Public));
    let mut checks = Vec::new();
    if readings.connectivity_alone_refused {
        let alone = any().external().only(&[When::Kept]).only(&[When::Alone]);
        checks.push(Check::new(CheckId::RestatedConnectivity, alone.gives(Member::Connectivity)));
    }
    checks.push(Check::new(CheckId::ToVpcEndpoint, to_vpc.lacks(Member::Endpoint)));
    checks.push(Check::new(CheckId::ToVpcService, to_vpc.lacks(Member::Service)));
    checks.push(Check::new(CheckId::ToPublicEndpoint, to_public.lacks(Member::Endpoint)));
    checks.push(Check::new(CheckId::ToPublicService, to_public.gives(Member::Service)));
    if readings.owner_to_public_refused {
        checks.push(Check::new(CheckId::ToPublicOwner, to_public.gives(Member::Owner)));
    }
    if readings.restated_endpoint_refused {
        let switched = any().only(&[When::Switched]);
        checks.push(Check::new(CheckId::RestatedEndpoint, switched.gives(Member::Endpoint)));
    }
    checks
}

fn of_addresses() -> Vec<Check> {
    let address = giving(&[Member::Endpoint, Member::Path, Member::Connectivity]).external();
    vec![
        Check::new(CheckId::EndpointTaken, address),
        Check::new(CheckId::AddressTaken, address.except(When::After(StoreVariant::Vpc))),
        Check::new(CheckId::ServiceTaken, giving(&[Member::Service, Member::Connectivity]).external()),
    ]
}

fn of_the_environment(readings: &Readings) -> Vec<Check> {
    let giving_or_any = |members: &[Member], any: bool| giving(if any { &Member::ALL } else { members });
    let cluster = giving_or_any(&[Member::Cluster], readings.present_cluster_checked).hsm();
    let reached = [Member::Endpoint, Member::Service, Member::Owner, Member::Connectivity];
    let service = giving_or_any(&reached, readings.present_service_checked).only(&[When::After(StoreVariant::Vpc)]);
    let mut asked = vec![Member::Endpoint, Member::Path, Member::Credential, Member::Connectivity];
    if readings.name_asks {
        asked.push(Member::Name);
    }
    let proxy = giving(&asked).external();
    let mut proxies = vec![Check::new(CheckId::ProxyHealthy, proxy)];
    if !readings.vpc_asks {
        // Members that may change while CONNECTED are checked then: the exemption is for the other states.
        let in_use = giving(&[Member::Path, Member::Credential]).only(&[When::In(ConnectionState::Connected)]);
        proxies[0].scope = proxy.except(When::After(StoreVariant::Vpc));
        proxies.push(Check::new(CheckId::ProxyHealthy, in_use.only(&[When::After(StoreVariant::Vpc)])));
    }
    let cluster_parts = [CheckId::ClusterFound, CheckId::ClusterActive, CheckId::ClusterRelated, CheckId::ClusterFit];
    let service_parts = [CheckId::ServiceUsable, CheckId::ServiceOwned, CheckId::ServiceNamed];
    let clusters = cluster_parts.into_iter().map(|part| Check::new(part, cluster));
    let services = service_parts.into_iter().map(|part| Check::new(part, service));
    clusters.chain(services).chain(proxies).collect()
}

/// Returns true if a request can bring the check into a situation with the value, as far as the gates let it.
pub(crate) fn is_reachable(
    scope: &Scope,
    value: When,
    open: impl Fn(StoreVariant, Member, ConnectionState) -> bool,
) -> bool {
    let given = scope.triggers().unwrap_or(super::scope::MemberSet::ALL);
    let fits = |dimension: usize, at: When| {
        let same = When::DIMENSIONS[dimension].contains(&value);
        if same { at == value } else { scope.admits(at) }
    };
    StoreVariant::ALL.into_iter().filter(|before| fits(0, When::Before(*before))).any(|before| {
        StoreVariant::ALL.into_iter().filter(|after| fits(1, When::After(*after))).any(|after| {
            let of_one_type = (before == StoreVariant::CloudHsm) == (after == StoreVariant::CloudHsm);
            let switched = before != after;
            let states = When::DIMENSIONS[2].iter().filter_map(|at| match at {
                When::In(state) if fits(2, *at) => Some(*state),
                _ => None,
            });
            let kept = if switched { When::Switched } else { When::Kept };
            let mut states = states.filter(|state| !switched || open(before, Member::Connectivity, *state));
            of_one_type
                && fits(4, kept)
                && states.any(|state| {
                    given.iter().any(|member| {
                        let foreign = member.is_foreign_to(before.kind());
                        foreign || open(before, member, state)
                    })
                })
        })
    })
}
