//! Published emulators of AWS KMS, each behind the HTTP front that its own server puts before it.
//!
//! - [`awsim`]: the crate `awsim-kms`, behind the gateway of `awsim-core`
//! - [`winterbaume`]: the crate `winterbaume-kms`, behind the routing of `winterbaume-server`
//!
//! A front adds nothing and hides nothing: what the service's own server would send, status, headers
//! and body, leaves here unchanged. Each module names the lines of the original that it replaces, and
//! what of the original it leaves out.
//!
//! Both are to be had in two ways: [`Service`] in process, without a socket, and `serve` on a
//! listener, which the program `real-targets` does.

pub mod awsim;
pub mod winterbaume;

mod service;

pub use self::awsim::awsim_kms_service;
pub use self::service::Service;
pub use self::winterbaume::winterbaume_kms_service;
