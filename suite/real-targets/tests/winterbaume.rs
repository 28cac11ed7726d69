//! The rule book under `cargo test` for a service in this process: one test a rule, no server, no port.

use std::process::ExitCode;

use bytes::Bytes;
use http::{HeaderValue, Request, header::HOST};
use ucks_suite::harness::Harness;
use ucks_suite::target::in_process::InProcess;

/// The known deviations: the tests pass today, and fail when one is fixed.
const DEVIATIONS: &str = "../../snapshots/targets/winterbaume-kms/deviations.toml";

fn main() -> ExitCode {
    let fresh = || {
        let service = real_targets::winterbaume_kms_service();
        InProcess::new(move |mut request: Request<Bytes>| {
            let service = service.clone();
            // Its front routes by the name of the host.
            request.headers_mut().insert(HOST, HeaderValue::from_static("kms.us-east-1.amazonaws.com"));
            async move { service.call(request).await }
        })
    };
    Harness::new(fresh).name("winterbaume-kms 0.2.1").deviations(DEVIATIONS).main()
}
