//! The notation of targets: `embedded`, `embedded:DEFECT`, `http://…`, `https://…`.

use crate::guard::{Guard, Permission};
use crate::profile::Profile;
use crate::target::SharedTarget;
use crate::target::http::{Credentials, HttpOptions, HttpTarget};
use anyhow::{Context, bail};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Defect, Emulator, Environment};
use ucks_oracle::revision::Revision;

/// A target that is ready to be called.
pub(crate) struct Ready {
    /// The target.
    pub(crate) target: SharedTarget,
    /// Where it is.
    pub(crate) url: String,
    /// What is known of it.
    pub(crate) profile: Profile,
    /// The revision that applies.
    pub(crate) revision: Revision,
    /// Whether it ends with this process.
    pub(crate) embedded: bool,
    _server: Option<oneshot::Sender<()>>,
}

/// What the emulator is asked to be, besides the notation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes<'a> {
    /// The profile's file.
    pub(crate) profile: Option<&'a Path>,
    /// The revision asked for.
    pub(crate) revision: Option<Revision>,
    /// The seed of the emulator's readings.
    pub(crate) readings: Option<u64>,
    /// Whether requests do not say which program sends them.
    pub(crate) unnamed: bool,
}

/// Makes a target of its notation.
pub(crate) async fn ready(notation: &str, wishes: Wishes<'_>) -> anyhow::Result<Ready> {
    match notation.split_once(':') {
        _ if notation == "embedded" => embedded(None, wishes).await,
        Some(("embedded", defect)) => embedded(Some(defect.parse()?), wishes).await,
        Some(("http" | "https", _)) => remote(notation, wishes).await,
        _ => bail!("the target `{notation}` is none; write `embedded`, `embedded:DEFECT`, `http://…` or `https://…`"),
    }
}

async fn embedded(defect: Option<Defect>, wishes: Wishes<'_>) -> anyhow::Result<Ready> {
    let text = match wishes.profile {
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("cannot read the profile `{}`", path.display()))?
        }
        None => DEFAULT_ENVIRONMENT.to_owned(),
    };
    let mut profile = Profile::parse(&text)?;
    profile.name = wishes.profile.map(|p| p.display().to_string());
    let revision = wishes.revision.or(profile.revision).unwrap_or(Revision::LATEST);
    let environment =
        Environment::parse(&text).map_err(|e| anyhow::anyhow!("the profile is no world for the emulator: {e}"))?;
    // The suite signs, so the emulator checks it: without a profile that says otherwise group D is judged too.
    let plain = wishes.profile.is_none();
    let check_signatures = plain.then_some(true);
    // Now and then a service fails in passing: the suite has to live with it.
    let internal_error_every = plain.then_some(400);
    profile.checks_signatures |= check_signatures.unwrap_or(false);
    let config = Config {
        revision: revision.date().to_owned(),
        environment,
        defect,
        readings: wishes.readings,
        check_signatures,
        internal_error_every,
        ..Config::default()
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("cannot listen on 127.0.0.1")?;
    let address = listener.local_addr().context("the listener has no address")?;
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(ucks_emulator::serve(listener, Emulator::new(config), async {
        let _ = stopped.await;
    }));
    let url = format!("http://{address}");
    let target = http(&url, &profile, vec![address], wishes.unnamed)?;
    Ok(Ready { target, url, profile, revision, embedded: true, _server: Some(stop) })
}

async fn remote(url: &str, wishes: Wishes<'_>) -> anyhow::Result<Ready> {
    let profile = match wishes.profile {
        Some(path) => Profile::read(path)?,
        None => Profile::default(),
    };
    let permission =
        profile.account.clone().map(|account| Permission { account, may_be_changed: profile.may_be_changed });
    let asked = url.to_owned();
    let checked = tokio::task::spawn_blocking(move || Guard::check(&asked, permission.as_ref()))
        .await
        .context("the guard failed")??;
    let revision = wishes.revision.or(profile.revision).unwrap_or(Revision::LATEST);
    let target = http(&checked.url, &profile, checked.addresses, wishes.unnamed)?;
    Ok(Ready { target, url: url.trim_end_matches('/').to_owned(), profile, revision, embedded: false, _server: None })
}

fn http(
    url: &str,
    profile: &Profile,
    resolved: Vec<std::net::SocketAddr>,
    unnamed: bool,
) -> anyhow::Result<SharedTarget> {
    let options = HttpOptions {
        timeout: profile.timeout,
        credentials: Credentials::of(profile, true),
        not_allowed: Credentials::of(profile, false),
        region: profile.region.clone(),
        resolved,
        named: !unnamed,
        ..HttpOptions::default()
    };
    Ok(Arc::new(HttpTarget::new(url, options)?))
}
