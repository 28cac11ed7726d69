//! The open questions of the contract, each settled one way for the lifetime of a service.
//!
//! Where the sources are silent or disagree, every answer listed is conformant. [`Readings::default`]
//! is the plain choice; [`Readings::drawn`] takes each from a seed. A reading never does what a
//! must or should row of the rule book forbids.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;

use crate::environment::ProxyRole;
use crate::errors::Code;
use crate::revision::Revision;
use crate::shapes::Strictness;

/// Which of two members of one name counts (W-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twice {
    First,
    Last,
    Refused,
}

/// The member that holds an error's text (W-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageForm {
    Lower,
    Upper,
    Absent,
}

/// The content of `x-amzn-errortype` (W-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorTypeHeader {
    Plain,
    Tail,
    Absent,
    /// The name of another error. No reading has it.
    Other,
}

/// The answer to an update that gives no member (T-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NothingGiven {
    Success,
    Refused,
    RefusedUnlessDisconnected,
}

/// The meaning of an empty service name if the store is PUBLIC_ENDPOINT after the request (S-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyService {
    /// A value that is too short.
    TooShort,
    /// As if it were left out.
    LeftOut,
    /// The same, but the state has to admit a service name.
    Gated,
}

/// The result of a proxy answer that the sources do not describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unspoken {
    Healthy,
    Invalid,
    Unreachable,
}

/// A group of checks after existence. Their order is P-04's in the default reading, and any in a
/// drawn one: no must or should row of the default policy orders them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Kind,
    Switch,
    State,
    Name,
    Address,
    Environment,
}

/// The form of a store's identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdForm {
    /// `cks-` and 17 hexadecimal digits.
    Short,
    /// `cks-` and letters of both cases and digits.
    Mixed,
    /// A UUID.
    Uuid,
    /// As long as an identifier may be.
    Long,
    /// Decimal digits.
    Digits,
    /// As [`IdForm::Short`], and made from the store's name. Never drawn.
    Stable,
}

/// The answer to a body past the bound (W-15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooLarge {
    /// 413 with a code.
    Code,
    /// 413 with a text.
    Text,
    /// 413 with a page, as a proxy before the service writes it.
    Page,
    /// SerializationException, as if the body could not be read.
    Unreadable,
    /// A closed connection; without a connection, the same as [`TooLarge::Code`].
    Closed,
}

/// The fate of a connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeepAlive {
    /// It stays open for the next request.
    Open,
    /// It is closed, and the answer announces it.
    Closed,
    /// It is closed without notice once it is idle.
    Briefly,
}

/// The choices. Each field names its rule.
#[derive(Clone, Debug)]
pub(crate) struct Readings {
    /// W-02: success without output has an empty body instead of `{}`.
    pub(crate) empty_success: bool,
    /// W-04: `__type` carries a namespace before the code.
    pub(crate) type_namespace: bool,
    /// W-04: `__type` carries a `:` tail after the code.
    pub(crate) type_tail: bool,
    /// W-04: the error-type header.
    pub(crate) errortype: ErrorTypeHeader,
    /// W-05: the error text's member.
    pub(crate) message: MessageForm,
    /// W-13: a member given twice.
    pub(crate) twice: Twice,
    /// W-14: the status of an unknown operation, 400 or 404.
    pub(crate) unknown_operation_status: u16,
    /// W-20: the status for another method, path or content type.
    pub(crate) misdirected_status: u16,
    /// W-21: names with control characters are refused.
    pub(crate) printable_names: bool,
    /// W-23: a byte-order mark is skipped.
    pub(crate) byte_order_mark: bool,
    /// S-14: constraint texts are terse.
    pub(crate) terse: bool,
    /// S-15: paths of another version than `v1` are refused.
    pub(crate) first_path_version: bool,
    /// S-16: an empty service name for a public store.
    pub(crate) empty_service: EmptyService,
    /// S-19: passwords of other than letters and digits are refused.
    pub(crate) plain_password: bool,
    /// T-10: an owner on a store that stays PUBLIC_ENDPOINT is refused.
    pub(crate) owner_on_public_refused: bool,
    /// T-11: an update with the id alone.
    pub(crate) nothing_given: NothingGiven,
    /// T-15: an owner in a switch to PUBLIC_ENDPOINT is refused.
    pub(crate) owner_to_public_refused: bool,
    /// G: an external store's name changes in FAILED, CONNECTING, DISCONNECTING.
    pub(crate) name_in: [bool; 3],
    /// G: an external store's credential and path change in FAILED, CONNECTING, DISCONNECTING.
    pub(crate) credential_in: [bool; 3],
    /// G-52: a gated member at its present value passes while CONNECTED.
    pub(crate) restated_passes: bool,
    /// U-03: names are compared without case.
    pub(crate) names_without_case: bool,
    /// U-03: names are compared without blanks at the ends.
    pub(crate) names_trimmed: bool,
    /// U-07: the code where the path is equal too.
    pub(crate) equal_address: Code,
    /// U-10: hosts are compared without case and final dot.
    pub(crate) hosts_folded: bool,
    /// C-05: connectivity at its present value, alone, is refused.
    pub(crate) connectivity_alone_refused: bool,
    /// C-07: a switch with the endpoint at its present value is refused.
    pub(crate) restated_endpoint_refused: bool,
    /// C-08: a switch to VPC without owner shows the caller's account.
    pub(crate) owner_shown: bool,
    /// V-01: a service that KMS may not use is misconfigured, rather than not found.
    pub(crate) not_allowed: Code,
    /// V-02: acceptance required.
    pub(crate) acceptance: Code,
    /// V-02: everything else that is wrong with a service, before 2024-01-05.
    pub(crate) misconfigured_before: Code,
    /// V-03: an owner that does not own the service.
    pub(crate) wrong_owner: Code,
    /// H-11: the present cluster is checked for every request.
    pub(crate) present_cluster_checked: bool,
    /// V-04: the present service is checked for every request.
    pub(crate) present_service_checked: bool,
    /// no TLS.
    pub(crate) bad_tls: Code,
    /// no TLS, for a VPC store.
    pub(crate) bad_tls_vpc: Code,
    /// answers that the sources do not speak of.
    pub(crate) unspoken: HashMap<ProxyRole, Unspoken>,
    /// the proxy is asked when only the name changes.
    pub(crate) name_asks: bool,
    /// a VPC store's proxy is asked while DISCONNECTED.
    pub(crate) vpc_asks: bool,
    /// a Connect under way uses the values of an update that overtakes it.
    pub(crate) connect_decides_late: bool,
    /// Connect in CONNECTED or CONNECTING is refused.
    pub(crate) connect_again_refused: bool,
    /// Create of a store equal to a disconnected one returns that one.
    pub(crate) create_returns_equal: bool,
    /// The form of identifiers.
    pub(crate) id: IdForm,
    /// CreationDate has a fraction of a second.
    pub(crate) fractional_date: bool,
    /// The number of stores that Describe shows without Limit.
    pub(crate) page: usize,
    /// Added to the time a store is CONNECTING and DISCONNECTING, where the environment sets none.
    pub(crate) transition: Duration,
    /// how long Describe shows old values; at most the settle time of the environment.
    pub(crate) lag: Duration,
    /// P-04: the order of the checks after existence.
    pub(crate) order: [Layer; 6],
    /// D-01: the status of an unsigned request.
    pub(crate) unsigned_status: u16,
    /// W-21: half a character in a name is stored and shown, rather than malformed.
    pub(crate) halves: bool,
    /// G: a CloudHSM store's name changes in FAILED, CONNECTING, DISCONNECTING, since it may while CONNECTED.
    pub(crate) cloud_hsm_name_in: [bool; 3],
    /// V-05: the service's DNS name is another one than the endpoint's host.
    pub(crate) other_dns_name: Code,
    /// U-10: a proxy is reached by its host alone as its row writes it.
    pub(crate) proxy_hosts_exact: bool,
    /// D-05: the code of a request too many.
    pub(crate) throttled: Code,
    /// W-15: the largest body that is read, in bytes.
    pub(crate) largest_body: usize,
    /// W-15: the answer to a larger one.
    pub(crate) too_large: TooLarge,
    /// Connections are kept alive.
    pub(crate) keep_alive: KeepAlive,
}

/// The largest body that is read by default, in bytes.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

impl Default for Readings {
    fn default() -> Readings {
        use Code::{XksProxyUriInUse, XksProxyUriUnreachable, XksProxyVpcEndpointServiceInvalidConfiguration};
        Readings {
            empty_success: false,
            type_namespace: false,
            type_tail: false,
            errortype: ErrorTypeHeader::Plain,
            message: MessageForm::Lower,
            twice: Twice::Last,
            unknown_operation_status: 400,
            misdirected_status: 404,
            printable_names: false,
            byte_order_mark: false,
            terse: false,
            first_path_version: false,
            empty_service: EmptyService::TooShort,
            plain_password: false,
            owner_on_public_refused: false,
            nothing_given: NothingGiven::Success,
            owner_to_public_refused: false,
            name_in: [true; 3],
            credential_in: [true; 3],
            restated_passes: false,
            names_without_case: false,
            names_trimmed: false,
            equal_address: XksProxyUriInUse,
            hosts_folded: false,
            connectivity_alone_refused: false,
            restated_endpoint_refused: false,
            owner_shown: true,
            not_allowed: Code::XksProxyVpcEndpointServiceNotFound,
            acceptance: XksProxyVpcEndpointServiceInvalidConfiguration,
            misconfigured_before: XksProxyVpcEndpointServiceInvalidConfiguration,
            wrong_owner: Code::XksProxyVpcEndpointServiceNotFound,
            present_cluster_checked: false,
            present_service_checked: false,
            bad_tls: XksProxyUriUnreachable,
            bad_tls_vpc: XksProxyUriUnreachable,
            unspoken: HashMap::new(),
            name_asks: false,
            vpc_asks: false,
            connect_decides_late: false,
            connect_again_refused: false,
            create_returns_equal: false,
            id: IdForm::Short,
            fractional_date: true,
            page: 1000,
            transition: Duration::ZERO,
            lag: Duration::ZERO,
            order: [Layer::Kind, Layer::Switch, Layer::State, Layer::Name, Layer::Address, Layer::Environment],
            unsigned_status: 400,
            halves: false,
            cloud_hsm_name_in: [true; 3],
            other_dns_name: XksProxyVpcEndpointServiceInvalidConfiguration,
            proxy_hosts_exact: false,
            throttled: Code::Throttling,
            largest_body: LARGEST_BODY,
            too_large: TooLarge::Code,
            keep_alive: KeepAlive::Open,
        }
    }
}

impl Readings {
    /// Returns the additions to the model's constraints.
    pub(crate) fn strictness(&self) -> Strictness {
        Strictness {
            first_path_version: self.first_path_version,
            plain_password: self.plain_password,
            printable_names: self.printable_names,
            terse: self.terse,
            quotes_secrets: false,
        }
    }

    /// V-02: the code for a service that is not configured as required.
    pub(crate) fn misconfigured(&self, revision: Revision) -> Code {
        if revision.separates_service_errors() {
            Code::XksProxyVpcEndpointServiceInvalidConfiguration
        } else {
            self.misconfigured_before
        }
    }

    /// Draws every choice from the seed. `settle` bounds the lag.
    pub(crate) fn drawn(seed: u64, settle: Duration) -> Readings {
        use Code::{
            XksProxyInvalidConfiguration, XksProxyUriEndpointInUse, XksProxyUriInUse, XksProxyUriUnreachable,
            XksProxyVpcEndpointServiceInvalidConfiguration, XksProxyVpcEndpointServiceNotFound,
        };
        let mut rng = Rng::with_seed(seed);
        let rng = &mut rng;
        let mut order = Readings::default().order;
        rng.shuffle(&mut order);
        let unspoken = crate::proxy::UNSPOKEN
            .iter()
            .map(|role| (*role, one(rng, &[Unspoken::Healthy, Unspoken::Invalid, Unspoken::Unreachable])))
            .collect();
        let most_lag = u64::try_from(settle.as_millis()).unwrap_or(u64::MAX);
        Readings {
            empty_success: rng.bool(),
            type_namespace: rng.bool(),
            type_tail: rng.bool(),
            errortype: one(rng, &[ErrorTypeHeader::Plain, ErrorTypeHeader::Tail, ErrorTypeHeader::Absent]),
            message: one(rng, &[MessageForm::Lower, MessageForm::Upper, MessageForm::Absent]),
            twice: one(rng, &[Twice::First, Twice::Last, Twice::Refused]),
            unknown_operation_status: one(rng, &[400, 404]),
            misdirected_status: one(rng, &[400, 403, 404, 405, 415]),
            printable_names: rng.bool(),
            byte_order_mark: rng.bool(),
            terse: rng.bool(),
            first_path_version: rng.bool(),
            empty_service: one(rng, &[EmptyService::TooShort, EmptyService::LeftOut, EmptyService::Gated]),
            plain_password: rng.bool(),
            owner_on_public_refused: rng.bool(),
            nothing_given: one(
                rng,
                &[NothingGiven::Success, NothingGiven::Refused, NothingGiven::RefusedUnlessDisconnected],
            ),
            owner_to_public_refused: rng.bool(),
            name_in: [rng.bool(), rng.bool(), rng.bool()],
            credential_in: [rng.bool(), rng.bool(), rng.bool()],
            restated_passes: rng.bool(),
            names_without_case: rng.bool(),
            names_trimmed: rng.bool(),
            equal_address: one(rng, &[XksProxyUriInUse, XksProxyUriEndpointInUse]),
            hosts_folded: rng.bool(),
            connectivity_alone_refused: rng.bool(),
            restated_endpoint_refused: rng.bool(),
            owner_shown: rng.bool(),
            not_allowed: one(
                rng,
                &[XksProxyVpcEndpointServiceNotFound, XksProxyVpcEndpointServiceInvalidConfiguration],
            ),
            acceptance: one(rng, &[XksProxyVpcEndpointServiceInvalidConfiguration, XksProxyInvalidConfiguration]),
            misconfigured_before: one(
                rng,
                &[XksProxyVpcEndpointServiceInvalidConfiguration, XksProxyInvalidConfiguration],
            ),
            wrong_owner: one(
                rng,
                &[XksProxyVpcEndpointServiceNotFound, XksProxyVpcEndpointServiceInvalidConfiguration],
            ),
            present_cluster_checked: rng.bool(),
            present_service_checked: rng.bool(),
            bad_tls: one(rng, &[XksProxyUriUnreachable, XksProxyInvalidConfiguration]),
            bad_tls_vpc: one(
                rng,
                &[XksProxyUriUnreachable, XksProxyInvalidConfiguration, XksProxyVpcEndpointServiceInvalidConfiguration],
            ),
            unspoken,
            name_asks: rng.bool(),
            vpc_asks: rng.bool(),
            connect_decides_late: rng.bool(),
            connect_again_refused: rng.bool(),
            create_returns_equal: rng.bool(),
            id: one(rng, &[IdForm::Short, IdForm::Mixed, IdForm::Uuid, IdForm::Long, IdForm::Digits]),
            fractional_date: rng.bool(),
            page: one(rng, &[1000, 100, 50, 10, 2]),
            transition: Duration::from_millis(one(rng, &[0, 0, 1, 5, 10])),
            lag: Duration::from_millis(rng.u64(0..=most_lag)),
            order,
            unsigned_status: one(rng, &[400, 403]),
            halves: rng.bool(),
            cloud_hsm_name_in: [rng.bool(), rng.bool(), rng.bool()],
            other_dns_name: one(
                rng,
                &[XksProxyVpcEndpointServiceNotFound, XksProxyVpcEndpointServiceInvalidConfiguration],
            ),
            proxy_hosts_exact: rng.bool(),
            throttled: one(rng, &[Code::Throttling, Code::TooManyRequests, Code::RequestLimitExceeded]),
            // The limits of express, axum and hyper's users, and none that the suite reaches.
            largest_body: one(rng, &[100 * 1024, 1024 * 1024, 2 * 1024 * 1024, LARGEST_BODY]),
            too_large: one(
                rng,
                &[TooLarge::Code, TooLarge::Text, TooLarge::Page, TooLarge::Unreadable, TooLarge::Closed],
            ),
            keep_alive: one(rng, &[KeepAlive::Open, KeepAlive::Closed, KeepAlive::Briefly]),
        }
    }
}

fn one<T: Copy>(rng: &mut Rng, choices: &[T]) -> T {
    choices[rng.usize(0..choices.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_alike_each_time_and_seeds_differ() {
        let of = |seed| format!("{:?}", Readings::drawn(seed, Duration::ZERO).order);
        assert_eq!(of(1), of(1));
        assert!((0..20).any(|seed| of(seed) != of(0)));
    }

    #[test]
    fn the_settle_time_bounds_the_lag() {
        for seed in 0..50 {
            assert_eq!(Readings::drawn(seed, Duration::ZERO).lag, Duration::ZERO);
            assert!(Readings::drawn(seed, Duration::from_millis(30)).lag.as_millis() <= 30);
        }
    }
}
