//! The AWS SDK for Rust as a client of the scenarios: one call a line.
//!
//! ```text
//! stdin   {"operation":"UpdateCustomKeyStore","members":{"CustomKeyStoreId":"cks-…",…}}
//! stdout  {"answer":{…}}
//!         {"error":{"class":"CustomKeyStoreNotFoundException","code":"CustomKeyStoreNotFoundException","status":400}}
//! ```
//!
//! `class` is the variant in which the SDK hands the error over, or `null` where it models none for it. Before the
//! first call it writes its version.

mod answers;
mod calls;

use std::io::{BufRead, Write};

use anyhow::Context;
use aws_sdk_kms::Client;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::Builder;
use serde_json::{Map, Value, json};

/// One call.
pub(crate) struct Call {
    pub(crate) operation: String,
    members: Map<String, Value>,
}

impl Call {
    fn read(line: &str) -> anyhow::Result<Call> {
        let mut whole: Map<String, Value> = serde_json::from_str(line)?;
        let operation = whole.get("operation").and_then(Value::as_str).context("no `operation`")?.to_owned();
        let members = match whole.remove("members") {
            Some(Value::Object(members)) => members,
            _ => Map::new(),
        };
        Ok(Call { operation, members })
    }

    /// Takes a member that is text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.members.remove(name)?.as_str().map(str::to_owned)
    }

    /// Takes a member that is a number.
    pub(crate) fn number(&mut self, name: &str) -> Option<i32> {
        self.members.remove(name)?.as_i64()?.try_into().ok()
    }

    /// Takes a member that is a structure.
    pub(crate) fn structure(&mut self, name: &str) -> Map<String, Value> {
        match self.members.remove(name) {
            Some(Value::Object(inner)) => inner,
            _ => Map::new(),
        }
    }

    /// Returns true if a member is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A value that no setter took is a mistake of the scenario.
    pub(crate) fn all_taken(&self) -> anyhow::Result<()> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => anyhow::bail!("{} has no member `{name}`", self.operation),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let endpoint = std::env::args().nth(1).context("usage: interop-aws-sdk-kms ENDPOINT")?;
    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "interop"))
        .retry_config(RetryConfig::disabled())
        // Plain HTTP: the endpoint is on this machine.
        .http_client(Builder::new().build_http());
    let client = Client::from_conf(config.build());
    let mut out = std::io::stdout();
    writeln!(out, "{}", json!({ "version": aws_sdk_kms::meta::PKG_VERSION }))?;
    for line in std::io::stdin().lock().lines() {
        let told = match Call::read(&line?) {
            Ok(call) => calls::run(&client, call).await.unwrap_or_else(|e| json!({ "mistake": format!("{e:#}") })),
            Err(error) => json!({ "mistake": format!("{error:#}") }),
        };
        writeln!(out, "{told}")?;
        out.flush()?;
    }
    Ok(())
}
