//! Values: from symbols to texts and JSON.

use serde_json::json;
use ucks_oracle::account::{Account, Backing, Store};
use ucks_oracle::members::{Member, MemberRow};

use super::{Binder, IllFormed, quoted};
use crate::op::{Edge, Fixture, Half, Json, Likeness, Symbol, Value};

impl Binder {
    /// The member's JSON text.
    pub(super) fn json(&self, value: &Value, member: Member, account: &Account) -> Result<String, IllFormed> {
        Ok(match value {
            Value::Null => "null".to_owned(),
            Value::Wrong(Json::Number) => "7".to_owned(),
            Value::Wrong(Json::Boolean) => "true".to_owned(),
            Value::Wrong(Json::Array) => self.names.own("[\"ucks-listed\"]").into_owned(),
            Value::Wrong(Json::Object) => "{}".to_owned(),
            Value::Wrong(Json::String) => "\"text\"".to_owned(),
            Value::Half(half) => {
                let (key, secret) = self.credential(&Value::Fresh(90), account)?;
                let (k, s) = (Member::AccessKeyId.name(), Member::RawSecretAccessKey.name());
                match half {
                    Half::KeyOnly => json!({ k: key }),
                    Half::SecretOnly => json!({ s: secret }),
                    Half::NullSecret => json!({ k: key, s: null }),
                    Half::NullKey => json!({ k: null, s: secret }),
                    Half::Empty => json!({}),
                }
                .to_string()
            }
            Value::Credential(key, secret) => {
                let key = self.json(key, Member::AccessKeyId, account)?;
                let secret = self.json(secret, Member::RawSecretAccessKey, account)?;
                credential(&key, &secret)
            }
            value if member == Member::XksProxyAuthenticationCredential => {
                let (key, secret) = self.credential(value, account)?;
                credential(&quoted(&key), &quoted(&secret))
            }
            value => quoted(&self.text(value, member, account)?),
        })
    }

    /// The member's text.
    pub(super) fn text(&self, value: &Value, member: Member, account: &Account) -> Result<String, IllFormed> {
        match value {
            Value::Fresh(n) => Ok(self.fresh(member, *n)),
            Value::Of(s) => self.present(*s, member, account),
            Value::First(s) => self.first.get(&(*s, member)).cloned().ok_or(IllFormed::NoValue(*s, member.name())),
            Value::NameOf(s) => self.present(*s, Member::NewCustomKeyStoreName, account),
            Value::Like(s, likeness) => {
                let text = self.present(*s, member, account)?;
                Ok(match likeness {
                    Likeness::Case if text.starts_with("https://") => {
                        format!("https://{}", text.trim_start_matches("https://").to_ascii_uppercase())
                    }
                    Likeness::Case => text.to_ascii_uppercase(),
                    Likeness::Blank => format!("{text} "),
                    Likeness::Dot => format!("{text}."),
                    Likeness::Longer => match text.strip_prefix("https://").and_then(|host| host.split_once('.')) {
                        Some((label, rest)) => format!("https://{label}x.{rest}"),
                        None => format!("{text}x"),
                    },
                    Likeness::Beginning => {
                        let mut text = text;
                        text.pop();
                        text
                    }
                })
            }
            Value::Text(text) => Ok(self.names.own(text).into_owned()),
            Value::Repeat(c, n) => Ok(c.to_string().repeat(*n as usize)),
            Value::Edge(edge) => self.edge(member, *edge).ok_or(IllFormed::NotFor(member.name())),
            Value::Fixture(fixture) => self.fixture(*fixture),
            _ => Err(IllFormed::NotFor(member.name())),
        }
    }

    /// Access key id and secret.
    pub(super) fn credential(&self, value: &Value, account: &Account) -> Result<(String, String), IllFormed> {
        match value {
            Value::Fresh(n) => Ok((self.fresh(Member::AccessKeyId, *n), self.fresh(Member::RawSecretAccessKey, *n))),
            Value::Of(s) => {
                let store = self.store(*s, account)?;
                let Backing::Xks(x) = &store.backing else {
                    return Err(IllFormed::NoValue(*s, "XksProxyAuthenticationCredential"));
                };
                let secret = x.secret.clone().ok_or(IllFormed::NoValue(*s, "RawSecretAccessKey"))?;
                Ok((x.access_key_id.clone(), secret))
            }
            Value::First(s) => {
                let key = self.first.get(&(*s, Member::AccessKeyId)).cloned();
                let secret = self.secrets.get(s).cloned();
                key.zip(secret).ok_or(IllFormed::NoValue(*s, "XksProxyAuthenticationCredential"))
            }
            Value::Credential(key, secret) => Ok((
                self.text(key, Member::AccessKeyId, account)?,
                self.text(secret, Member::RawSecretAccessKey, account)?,
            )),
            Value::Fixture(Fixture::Credential(proxy, n)) => self.leased_credential(*proxy, *n),
            _ => Err(IllFormed::NotFor("XksProxyAuthenticationCredential")),
        }
    }

    /// The generated secrets that such a value puts on the wire.
    pub(super) fn canary(&self, value: &Value, member: Member, account: &Account) -> Option<String> {
        match (member, value) {
            (Member::KeyStorePassword, Value::Fresh(_) | Value::Edge(_)) => self.text(value, member, account).ok(),
            (Member::XksProxyAuthenticationCredential, Value::Fresh(_)) => {
                self.credential(value, account).ok().map(|c| c.1)
            }
            (Member::XksProxyAuthenticationCredential, Value::Credential(_, secret)) => match &**secret {
                Value::Fresh(_) | Value::Edge(_) => self.text(secret, Member::RawSecretAccessKey, account).ok(),
                _ => None,
            },
            _ => None,
        }
    }

    fn store<'a>(&self, symbol: Symbol, account: &'a Account) -> Result<&'a Store, IllFormed> {
        let id = self.id(symbol)?;
        account.store(id).ok_or(IllFormed::NoStore(symbol))
    }

    fn present(&self, symbol: Symbol, member: Member, account: &Account) -> Result<String, IllFormed> {
        let store = self.store(symbol, account)?;
        let value = match (member, &store.backing) {
            (Member::KeyStorePassword, Backing::CloudHsm(c)) => c.password.as_deref(),
            (Member::RawSecretAccessKey, Backing::Xks(x)) => x.secret.as_deref(),
            _ => store.value(member),
        };
        value.map(str::to_owned).ok_or(IllFormed::NoValue(symbol, member.name()))
    }

    /// A fresh valid value of a member: in letters of both cases where both are valid, so that a service that keeps one
    /// case only is noticed.
    pub(super) fn fresh(&self, member: Member, n: u32) -> String {
        let names = &self.names;
        match member {
            Member::CustomKeyStoreId => format!("cks-{}", names.lower("id", n, 17)),
            Member::NewCustomKeyStoreName => names.own(&format!("ucks-N{}", names.lower("name", n, 13))).into_owned(),
            Member::KeyStorePassword => format!("pw{}", names.lower("password", n, 18)),
            Member::CloudHsmClusterId => format!("cluster-{}", names.lower("cluster", n, 12)),
            Member::XksProxyUriEndpoint => self
                .endpoint(
                    crate::op::Proxy::Role(ucks_oracle::environment::ProxyRole::Healthy),
                    &names.lower("endpoint", n, 10),
                )
                .unwrap_or_else(|_| format!("https://xks-{}.example.com", names.lower("endpoint", n, 10))),
            Member::XksProxyUriPath => format!("/P{}/kms/xks/v1", names.lower("path", n, 7)),
            Member::XksProxyVpcEndpointServiceName => {
                format!("com.amazonaws.vpce.us-east-1.vpce-svc-{}", names.lower("service", n, 17))
            }
            Member::XksProxyVpcEndpointServiceOwner => names.digits("owner", n, 12),
            Member::AccessKeyId => names.letters("key", n, 24),
            Member::RawSecretAccessKey => names.letters("secret", n, 50),
            Member::XksProxyConnectivity => "PUBLIC_ENDPOINT".to_owned(),
            Member::XksProxyAuthenticationCredential => String::new(),
        }
    }

    /// A value at or past an edge; `None` where the member has no such edge.
    fn edge(&self, member: Member, edge: Edge) -> Option<String> {
        let row = member.row(self.revision);
        let fresh = self.fresh(member, 80);
        match edge {
            Edge::Shortest => resize(&row, &fresh, row.min),
            Edge::Longest => resize(&row, &fresh, row.max?),
            Edge::TooShort => resize(&row, &fresh, row.min.checked_sub(1)?),
            Edge::TooLong => resize(&row, &fresh, row.max? + 1),
            Edge::Newline => row.pattern.map(|_| format!("{fresh}\n")),
            Edge::JunkBefore => row.pattern.map(|_| format!("!{fresh}")),
            Edge::JunkBehind => row.pattern.map(|_| format!("{fresh}!")),
            Edge::LongestBeyondAscii => beyond(&row, &fresh, 'é', row.max?),
            Edge::TooLongBeyondAscii => beyond(&row, &fresh, 'é', row.max? + 1),
            Edge::LongestAstral => beyond(&row, &fresh, '😀', row.max?),
        }
    }
}

/// The fresh value with other characters to the wanted length; only for members without a pattern.
fn beyond(row: &MemberRow, fresh: &str, fill: char, length: usize) -> Option<String> {
    if row.pattern.is_some() || row.member != Member::NewCustomKeyStoreName {
        return None;
    }
    let head: String = fresh.chars().take(length).collect();
    let missing = length - head.chars().count();
    Some(head + &fill.to_string().repeat(missing))
}

/// The fresh value cut or stretched to a length, keeping its pattern where any value of that length can.
fn resize(row: &MemberRow, fresh: &str, length: usize) -> Option<String> {
    let now = fresh.len();
    let (at, fill) = match row.member {
        // Stretch the first label, the first segment, or the end.
        Member::XksProxyUriEndpoint => ("https://".len(), 'x'),
        Member::XksProxyUriPath => (1, 'x'),
        Member::XksProxyConnectivity | Member::XksProxyAuthenticationCredential => return None,
        Member::XksProxyVpcEndpointServiceOwner => (now, '1'),
        Member::AccessKeyId | Member::RawSecretAccessKey => (now, 'A'),
        _ => (now, 'x'),
    };
    if length >= now {
        let (head, tail) = fresh.split_at(at);
        return Some(format!("{head}{}{tail}", fill.to_string().repeat(length - now)));
    }
    Some(match row.member {
        Member::XksProxyUriEndpoint => {
            format!("https://{}", "ab".chars().cycle().take(length.checked_sub(8)?).collect::<String>())
        }
        Member::XksProxyUriPath => "/kms/xks/v1".get(..length)?.to_owned(),
        Member::XksProxyVpcEndpointServiceName => fresh.get(..length)?.to_owned(),
        Member::NewCustomKeyStoreName => fresh.get(now - length..)?.to_owned(),
        _ => fresh.get(..length)?.to_owned(),
    })
}

/// A credential of these two JSON texts.
fn credential(key: &str, secret: &str) -> String {
    format!("{{\"AccessKeyId\":{key},\"RawSecretAccessKey\":{secret}}}")
}
