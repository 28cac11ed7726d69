//! The error codes the contract knows.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::revision::Revision;

macro_rules! codes {
    ($($name:ident: $family:ident),+ $(,)?) => {
        /// An error code, by the name that AWS's model gives it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[allow(missing_docs, reason = "the names are AWS's")]
        pub enum Code { $($name),+ }

        impl Code {
            /// Every code known here.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The name on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => stringify!($name)),+ }
            }

            /// Which family of errors it belongs to.
            pub fn family(self) -> CodeFamily {
                match self { $(Code::$name => CodeFamily::$family),+ }
            }
        }
    };
}

/// The subject of an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFamily {
    /// Declared for UpdateCustomKeyStore in some revision.
    Declared,
    /// The input itself is at fault.
    Input,
    /// The operation was not recognised or is not there.
    Dispatch,
    /// The service itself failed.
    Server,
    /// Signature, identity or permission.
    Authentication,
    /// Too many requests.
    Throttling,
    /// The input is larger than the service takes.
    Size,
    /// Declared for a companion operation only.
    Companion,
}

codes! {
    CloudHsmClusterInvalidConfigurationException: Declared,
    CloudHsmClusterNotActiveException: Declared,
    CloudHsmClusterNotFoundException: Declared,
    CloudHsmClusterNotRelatedException: Declared,
    CustomKeyStoreInvalidStateException: Declared,
    CustomKeyStoreNameInUseException: Declared,
    CustomKeyStoreNotFoundException: Declared,
    KMSInternalException: Declared,
    XksProxyIncorrectAuthenticationCredentialException: Declared,
    XksProxyInvalidConfigurationException: Declared,
    XksProxyInvalidResponseException: Declared,
    XksProxyUriEndpointInUseException: Declared,
    XksProxyUriInUseException: Declared,
    XksProxyUriUnreachableException: Declared,
    XksProxyVpcEndpointServiceInUseException: Declared,
    XksProxyVpcEndpointServiceInvalidConfigurationException: Declared,
    XksProxyVpcEndpointServiceNotFoundException: Declared,
    ValidationException: Input,
    SerializationException: Input,
    UnknownOperationException: Dispatch,
    InvalidAction: Dispatch,
    NotImplemented: Dispatch,
    InternalFailure: Server,
    InternalServerError: Server,
    ServiceUnavailable: Server,
    AccessDeniedException: Authentication,
    MissingAuthenticationTokenException: Authentication,
    UnrecognizedClientException: Authentication,
    InvalidSignatureException: Authentication,
    IncompleteSignatureException: Authentication,
    InvalidClientTokenId: Authentication,
    ExpiredTokenException: Authentication,
    RequestExpired: Authentication,
    OptInRequired: Authentication,
    NotAuthorized: Authentication,
    ThrottlingException: Throttling,
    RequestLimitExceeded: Throttling,
    TooManyRequestsException: Throttling,
    RequestEntityTooLargeException: Size,
    LimitExceededException: Companion,
    CloudHsmClusterInUseException: Companion,
    CustomKeyStoreHasCMKsException: Companion,
    IncorrectTrustAnchorException: Companion,
}

impl Code {
    /// Reads a bare name (no namespace, no `:` tail).
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|c| c.name() == name)
    }

    /// Returns true if the code means that the account has no room, or that another store uses a value that a new one
    /// needs: of stores that are not the caller's own only the target knows.
    pub fn is_about_others(self) -> bool {
        matches!(
            self,
            Code::LimitExceededException
                | Code::CloudHsmClusterInUseException
                | Code::XksProxyUriInUseException
                | Code::XksProxyUriEndpointInUseException
                | Code::XksProxyVpcEndpointServiceInUseException
        )
    }

    /// Returns true if `revision` declares the code for UpdateCustomKeyStore.
    pub fn declared(self, revision: Revision) -> bool {
        use Code::{
            CloudHsmClusterInvalidConfigurationException, CloudHsmClusterNotActiveException,
            CloudHsmClusterNotFoundException, CloudHsmClusterNotRelatedException, CustomKeyStoreInvalidStateException,
            CustomKeyStoreNameInUseException, CustomKeyStoreNotFoundException, KMSInternalException,
        };
        match self {
            CloudHsmClusterInvalidConfigurationException
            | CloudHsmClusterNotActiveException
            | CloudHsmClusterNotFoundException
            | CloudHsmClusterNotRelatedException
            | CustomKeyStoreInvalidStateException
            | CustomKeyStoreNotFoundException
            | KMSInternalException => true,
            CustomKeyStoreNameInUseException => revision >= Revision::NameInUse,
            code => code.family() == CodeFamily::Declared && revision >= Revision::ExternalKeyStores,
        }
    }

    /// Returns true if the code speaks about the request as a whole, not about what it asks for:
    /// dispatch, authentication, throttling. Such an answer gives no verdict on the operation.
    pub fn is_no_verdict(self) -> bool {
        matches!(self.family(), CodeFamily::Dispatch | CodeFamily::Authentication | CodeFamily::Throttling)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_counts_are_those_of_the_revisions_table() {
        let count = |r| Code::ALL.iter().filter(|c| c.declared(r)).count();
        assert_eq!(count(Revision::Launch), 7);
        assert_eq!(count(Revision::NameInUse), 8);
        assert_eq!(count(Revision::CreateByName), 8);
        assert_eq!(count(Revision::ExternalKeyStores), 17);
        assert_eq!(count(Revision::LATEST), 17);
    }
}
