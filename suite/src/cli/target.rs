//! The notation of targets: `embedded`, `embedded:DEFECT`, `embedded:EDIT`, `http://…`, `https://…`, `stdio:COMMAND`.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Edit, Emulator, Environment, edits};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::Request;

use super::access::Access;
use super::console::errln;
use crate::guard::{Checked, Guard, Permission};
use crate::profile::Profile;
use crate::spelling::suggestion;
use crate::target::SharedTarget;
use crate::target::http::{HttpOptions, HttpTarget};
use crate::target::stdio::{Bounds, StdioTarget};

/// The notation of the built-in emulator.
pub(crate) const EMBEDDED: &str = "embedded";

/// The prefix of a program that serves on its standard streams.
const STDIO: &str = "stdio:";

/// A target that is ready to be called.
pub(crate) struct ReadyTarget {
    /// The target.
    pub(crate) target: SharedTarget,
    /// Where it is.
    pub(crate) url: String,
    /// The profile.
    pub(crate) profile: Profile,
    /// The revision that applies.
    pub(crate) revision: Revision,
    /// True if it ends with this process.
    pub(crate) embedded: bool,
    /// True if it is at this machine or in a private network.
    pub(crate) local: bool,
    _server: Option<oneshot::Sender<()>>,
}

/// The wishes for a target, besides the notation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes<'a> {
    /// The profile's file.
    pub(crate) profile: Option<&'a Path>,
    /// The revision asked for.
    pub(crate) revision: Option<Revision>,
    /// The seed of the emulator's readings.
    pub(crate) readings: Option<u64>,
    /// True if requests must not name the program that sends them.
    pub(crate) unnamed: bool,
    /// True if nothing at the target is created or changed, and the account that the caller named for that.
    pub(crate) reading: Option<Option<&'a str>>,
    /// Certificates, Region, credentials.
    pub(crate) access: Option<&'a Access>,
}

/// Returns true if a word names a target, and no file.
pub(super) fn is_notation(word: &str) -> bool {
    word == EMBEDDED || ["embedded:", "http://", "https://", STDIO].iter().any(|scheme| word.starts_with(scheme))
}

/// Makes a target of its notation.
pub(crate) async fn ready(notation: &str, wishes: Wishes<'_>) -> anyhow::Result<ReadyTarget> {
    match notation.split_once(':') {
        _ if notation == "embedded" => embedded(None, wishes).await,
        Some(("embedded", deviation)) => embedded(Some(deviation), wishes).await,
        Some(("http" | "https", _)) => remote(notation, wishes).await,
        Some(("stdio", command)) => program(notation, command, &wishes),
        _ => {
            let near = match notation.rsplit_once(':') {
                Some((host, port)) if !host.contains("//") && port.parse::<u16>().is_ok() => {
                    format!("; did you mean `http://{notation}`?")
                }
                _ => suggestion(notation, [EMBEDDED]),
            };
            bail!(
                "unknown target `{notation}`{near} Write `embedded`, `embedded:DEFECT`, `http://HOST:PORT`, \
                 `https://HOST:PORT` or `stdio:COMMAND`",
                near = if near.is_empty() { "." } else { near.as_str() }
            )
        }
    }
}

async fn embedded(deviation: Option<&str>, wishes: Wishes<'_>) -> anyhow::Result<ReadyTarget> {
    let text = match wishes.profile {
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("cannot read the profile `{}`", path.display()))?
        }
        None => DEFAULT_ENVIRONMENT.to_owned(),
    };
    let mut profile = Profile::parse(&text)?;
    profile.name = wishes.profile.map(|p| p.display().to_string());
    let revision = wishes.revision.or(profile.revision).unwrap_or(Revision::LATEST);
    let environment = Environment::parse(&text)
        .map_err(|e| anyhow::anyhow!("the emulator cannot use the profile as its environment: {e}"))?;
    // The suite signs its requests, so the emulator checks signatures: without a profile, group D is judged too.
    let plain = wishes.profile.is_none();
    let check_signatures = plain.then_some(true);
    // Now and then a service fails in passing: the suite has to live with it.
    let internal_error_every = plain.then_some(400);
    profile.checks_signatures |= check_signatures.unwrap_or(false);
    let config = Config {
        revision: revision.date().to_owned(),
        environment,
        defect: deviation.filter(|name| !is_edit(name)).map(str::parse).transpose()?,
        edit: deviation.filter(|name| is_edit(name)).map(|name| edit(name, revision)).transpose()?,
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
    let checked = Checked { url: url.clone(), addresses: vec![address], local: true };
    let reached = Access::default().reach(&profile, &checked)?;
    let target = http(&url, reached.options, wishes.unnamed)?;
    Ok(ReadyTarget { target, url, profile, revision, embedded: true, local: true, _server: Some(stop) })
}

/// A program that serves on its standard streams.
fn program(notation: &str, command: &str, wishes: &Wishes<'_>) -> anyhow::Result<ReadyTarget> {
    let profile = match wishes.profile {
        Some(path) => Profile::read(path)?,
        None => Profile::default(),
    };
    let revision = wishes.revision.or(profile.revision).unwrap_or(Revision::LATEST);
    let checked = Checked { url: notation.to_owned(), addresses: Vec::new(), local: true };
    let options = wishes.access.unwrap_or(&Access::default()).reach(&profile, &checked)?.options;
    let bounds = Bounds { timeout: options.timeout, ..Bounds::default() };
    let target = Arc::new(StdioTarget::start(command, bounds, options)?);
    Ok(ReadyTarget { target, url: notation.to_owned(), profile, revision, embedded: false, local: true, _server: None })
}

/// Returns true if the name is that of an edit: the names of defects have no full stop.
fn is_edit(name: &str) -> bool {
    name.contains('.')
}

/// The edit of the name.
pub(super) fn edit(name: &str, revision: Revision) -> anyhow::Result<Edit> {
    let found = edits(revision.date()).into_iter().find(|edit| edit.name() == name);
    found.with_context(|| format!("there is no edit `{name}`; `ucks emulator --list-edits` lists them"))
}

async fn remote(url: &str, wishes: Wishes<'_>) -> anyhow::Result<ReadyTarget> {
    let profile = match wishes.profile {
        Some(path) => Profile::read(path)?,
        None => Profile::default(),
    };
    // Even a caller who changes nothing must name the account, so that nothing is sent to an account by accident.
    let account = wishes.reading.flatten().map(str::to_owned).or_else(|| profile.account.clone());
    let may_be_changed = profile.may_be_changed || wishes.reading.is_some();
    let permission = account.map(|account| Permission { account, may_be_changed });
    let asked = url.to_owned();
    let checked = tokio::task::spawn_blocking(move || Guard::check(&asked, permission.as_ref()))
        .await
        .context("the guard failed")??;
    let revision = wishes.revision.or(profile.revision).unwrap_or(Revision::LATEST);
    let default = Access::default();
    let reached = wishes.access.unwrap_or(&default).reach(&profile, &checked)?;
    if let Some(found) = reached.found {
        errln!("ucks: {found}");
    }
    let target = http(&checked.url, reached.options, wishes.unnamed)?;
    let url = url.trim_end_matches('/').to_owned();
    Ok(ReadyTarget { target, url, profile, revision, embedded: false, local: checked.local, _server: None })
}

fn http(url: &str, options: HttpOptions, unnamed: bool) -> anyhow::Result<SharedTarget> {
    Ok(Arc::new(HttpTarget::new(url, HttpOptions { named: !unnamed, ..options })?))
}

impl ReadyTarget {
    /// Sends the reset request of the profile, if it has one.
    ///
    /// # Errors
    /// Where the target is at a public address, or does not answer with success.
    pub(crate) async fn reset(&self) -> anyhow::Result<()> {
        let Some(reset) = &self.profile.reset else { return Ok(()) };
        let shown = format!("{} {}", reset.method, reset.path);
        if self.embedded {
            return Ok(());
        }
        if !self.local {
            bail!("`reset = \"{shown}\"` would destroy what is at a public address; take it out of the profile");
        }
        let mut request = Request::operation("", Vec::new());
        request.method = reset.method.clone().into();
        request.path = reset.path.clone().into();
        request.headers.clear();
        let answer = self.target.call(&request).await.with_context(|| format!("`{shown}` of the profile failed"))?;
        if !(200..300).contains(&answer.status) {
            bail!("`{shown}` of the profile is answered with {}; the target was not reset", answer.status);
        }
        Ok(())
    }
}
