//! Values at the edge: lone surrogates, empty texts, ids that no store can have, fields that Describe shows.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::front::{Behind, DESCRIBE, UPDATE, amz, error, is_update, object, operation, text};
use crate::row::{Row, row};

const SERVICE: &str = "XksProxyVpcEndpointServiceName";
const OWNER: &str = "XksProxyVpcEndpointServiceOwner";
const CONNECTIVITY: &str = "XksProxyConnectivity";
const ID: &str = "CustomKeyStoreId";

pub(crate) fn rows() -> Vec<Row> {
    [surrogates(), empty_services(), ids(), shown()].into_iter().flatten().collect()
}

/// Lone surrogates cannot be in a Rust string: a front keeps them as private characters.
fn kept(body: &[u8]) -> Vec<u8> {
    map_escapes(
        body,
        |unit, pair| (0xD800..=0xDFFF).contains(&unit) && !pair,
        |unit| format!("\\u{:04x}", unit + 0x800),
    )
}

fn has_lone_surrogate(body: &[u8]) -> bool {
    kept(body) != body
}

/// Replaces `\uXXXX` escapes. A surrogate that is half of a pair is marked as such.
fn map_escapes(body: &[u8], which: impl Fn(u32, bool) -> bool, to: impl Fn(u32) -> String) -> Vec<u8> {
    let unit = |at: usize| {
        let digits = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let (mut out, mut at) = (Vec::new(), 0);
    while at < body.len() {
        match unit(at) {
            Some(high @ 0xD800..=0xDBFF) if unit(at + 6).is_some_and(|low| (0xDC00..=0xDFFF).contains(&low)) => {
                let _ = high;
                out.extend_from_slice(&body[at..at + 12]);
                at += 12;
            }
            Some(one) if which(one, false) => {
                out.extend_from_slice(to(one).as_bytes());
                at += 6;
            }
            _ if body[at] == b'\\' => {
                out.extend_from_slice(&body[at..(at + 2).min(body.len())]);
                at += 2;
            }
            _ => {
                out.push(body[at]);
                at += 1;
            }
        }
    }
    out
}

/// Private characters become the escapes of the surrogates that they represent.
fn shown_again(answer: Response<Bytes>) -> Response<Bytes> {
    answer.map(|body| {
        let text = String::from_utf8_lossy(&body).into_owned();
        let written = text.chars().map(|c| match c as u32 {
            unit @ 0xE000..=0xE7FF => format!("\\u{:04x}", unit - 0x800),
            _ => c.to_string(),
        });
        Bytes::from(written.collect::<String>())
    })
}

fn with_body(request: Request<Bytes>, body: Vec<u8>) -> Request<Bytes> {
    request.map(|_| Bytes::from(body))
}

fn surrogates() -> Vec<Row> {
    vec![
        row(
            "surrogate: stored, and shown as an escape",
            "Python's json: `\"\\ud800\"` loads and dumps",
            |behind, request| {
                let body = kept(request.body());
                shown_again(behind.serve(with_body(request, body)))
            },
        ),
        row(
            "surrogate: refused with a message that echoes it",
            "a Java service with KMS's own constraint text",
            |behind, request| match is_update(&request) && has_lone_surrogate(request.body()) {
                true => amz(
                    400,
                    "{\"__type\":\"ValidationException\",\"message\":\"1 validation error detected: Value \
                        '\\ud800' at 'newCustomKeyStoreName' failed to satisfy constraint: Member must \
                        satisfy regular expression pattern: ^.+$\"}",
                ),
                false => behind.serve(request),
            },
        ),
        row(
            "surrogate: refused as a body that cannot be read",
            "serde_json 1: lone leading surrogate in hex escape",
            |behind, request| match is_update(&request) && has_lone_surrogate(request.body()) {
                true => error(400, "SerializationException"),
                false => behind.serve(request),
            },
        ),
        row(
            "surrogate: replaced in a message that echoes it",
            "Go's encoding/json, which reads U+FFFD",
            |behind, request| match is_update(&request) && has_lone_surrogate(request.body()) {
                true => amz(
                    400,
                    "{\"__type\":\"ValidationException\",\"message\":\"Value '\u{fffd}' at 'newCustomKeyStoreName'\"}",
                ),
                false => behind.serve(request),
            },
        ),
    ]
}

/// Returns true if the store of the request is PUBLIC_ENDPOINT after it, as far as the request and the store show it.
fn becomes_public(behind: &Behind, body: &Map<String, Value>) -> bool {
    let given = body.get(CONNECTIVITY).and_then(Value::as_str);
    let store = body.get(ID).and_then(Value::as_str).and_then(|id| behind.store(id));
    let has = store.and_then(|s| Some(s.get("XksProxyConfiguration")?.get("Connectivity")?.as_str()?.to_owned()));
    given.or(has.as_deref()) == Some("PUBLIC_ENDPOINT") && has.is_some()
}

fn gives_empty_service(request: &Request<Bytes>) -> bool {
    is_update(request) && text(request, SERVICE).as_deref() == Some("")
}

fn without_service(request: Request<Bytes>) -> Request<Bytes> {
    let mut body = object(&request).unwrap_or_default();
    body.remove(SERVICE);
    with_body(request, Value::Object(body).to_string().into_bytes())
}

fn empty_services() -> Vec<Row> {
    vec![
        row(
            "empty service name: as if left out where the store is PUBLIC after the request",
            "the AWS SDK for .NET v3 reference: an empty string removes it",
            |behind, request| {
                let removes =
                    gives_empty_service(&request) && object(&request).is_some_and(|b| becomes_public(behind, &b));
                behind.serve(if removes { without_service(request) } else { request })
            },
        ),
        row(
            "empty service name: a gated member while CONNECTED",
            "the same, with the gate before the value",
            |behind, request| {
                let id = text(&request, ID).unwrap_or_default();
                let removes =
                    gives_empty_service(&request) && object(&request).is_some_and(|b| becomes_public(behind, &b));
                match removes {
                    true if behind.is_connected(&id) => error(400, "CustomKeyStoreInvalidStateException"),
                    true => behind.serve(without_service(request)),
                    false => behind.serve(request),
                }
            },
        ),
        row(
            "empty service name: an unknown id is reported first",
            "the empty text is dropped when the request is read",
            |behind, request| {
                let removes = gives_empty_service(&request)
                    && object(&request).is_some_and(|b| {
                        becomes_public(behind, &b) || text(&request, ID).is_some_and(|id| behind.store(&id).is_none())
                    });
                behind.serve(if removes { without_service(request) } else { request })
            },
        ),
        row(
            "empty service name: as if left out everywhere",
            "a language in which an empty text is false",
            |behind, request| {
                let removes = gives_empty_service(&request);
                behind.serve(if removes { without_service(request) } else { request })
            },
        )
        .fails(&["S-08"])
        .warns(&["P-02"]),
    ]
}

fn ids() -> Vec<Row> {
    let unknown = |name: &str, like: &str, which: fn(usize) -> bool| {
        row(&format!("id: {name} is of no store"), like, move |behind, request| {
            match is_update(&request) && text(&request, ID).is_some_and(|id| which(id.chars().count())) {
                true => error(400, "CustomKeyStoreNotFoundException"),
                false => behind.serve(request),
            }
        })
        .warns(&["P-02"])
    };
    vec![
        unknown("an empty one", "a table without a check of the key", |n| n == 0),
        unknown("one of 65 or more characters", "a table without a check of the key", |n| n > 64),
        unknown("one of a length that no id has", "moto 5.2.5, which looks the store up first", |n| n == 0 || n > 64),
        row(
            "id: trimmed before the look-up",
            "a framework that trims texts (Rails' strip_attributes)",
            |behind, request| {
                let trimmed = text(&request, ID).map(|id| id.trim().to_owned());
                match (is_update(&request), trimmed, object(&request)) {
                    (true, Some(id), Some(mut body)) => {
                        body.insert(ID.to_owned(), json!(id));
                        behind.serve(with_body(request, Value::Object(body).to_string().into_bytes()))
                    }
                    _ => behind.serve(request),
                }
            },
        )
        .fails(&["A-03", "E-02"]),
    ]
}

/// A service that changes what Describe shows of each store.
fn shows(name: &str, like: &str, change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static) -> Row {
    row(&format!("describe: {name}"), like, move |behind, request| {
        let describe = operation(&request) == DESCRIBE;
        let answer = behind.serve(request);
        let Ok(mut page) = serde_json::from_slice::<Value>(answer.body()) else { return answer };
        if !describe || !answer.status().is_success() {
            return answer;
        }
        for store in page["CustomKeyStores"].as_array_mut().into_iter().flatten() {
            store.as_object_mut().into_iter().for_each(&change);
        }
        answer.map(|_| Bytes::from(page.to_string()))
    })
}

const FIELDS: [&str; 4] =
    ["CloudHsmClusterId", "TrustAnchorCertificate", "XksProxyConfiguration", "ConnectionErrorCode"];

/// A service that takes an owner for a PUBLIC store (T-10) and shows it from then on.
fn owners_of_public_stores() -> Row {
    let owners: Mutex<BTreeMap<String, String>> = Mutex::default();
    row(
        "describe: the owner that a PUBLIC store took",
        "a handler that copies each member that is given into XksProxyConfiguration",
        move |behind, request| {
            let (operation, id) = (operation(&request).to_owned(), text(&request, ID).unwrap_or_default());
            let (owner, switch) = (text(&request, OWNER), text(&request, CONNECTIVITY));
            let mut answer = behind.serve(request);
            let mut owners = owners.lock().unwrap();
            if operation == UPDATE && answer.status() == 200 {
                match owner {
                    _ if switch.is_some() => drop(owners.remove(&id)),
                    Some(owner) => drop(owners.insert(id, owner)),
                    None => {}
                }
            } else if operation == DESCRIBE
                && answer.status() == 200
                && let Ok(mut page) = serde_json::from_slice::<Value>(answer.body())
            {
                for store in page["CustomKeyStores"].as_array_mut().into_iter().flatten() {
                    let id = store[ID].as_str().unwrap_or_default().to_owned();
                    let proxy = store["XksProxyConfiguration"].as_object_mut();
                    if let (Some(owner), Some(proxy)) = (owners.get(&id), proxy)
                        && proxy["Connectivity"] == "PUBLIC_ENDPOINT"
                    {
                        proxy.insert("VpcEndpointServiceOwner".into(), json!(owner));
                    }
                }
                answer = answer.map(|_| Bytes::from(page.to_string()));
            }
            answer
        },
    )
}

fn shown() -> Vec<Row> {
    vec![
        shows(
            "null for what a store does not have",
            "serde without skip_serializing_if, Jackson without NON_NULL",
            |store| {
                for field in FIELDS {
                    store.entry(field).or_insert(Value::Null);
                }
            },
        ),
        shows("null for the service of a PUBLIC store", "the same", |store| {
            if let Some(proxy) = store.get_mut("XksProxyConfiguration").and_then(Value::as_object_mut) {
                proxy.entry("VpcEndpointServiceName").or_insert(Value::Null);
                proxy.entry("VpcEndpointServiceOwner").or_insert(Value::Null);
            }
        }),
        shows("an empty service for a PUBLIC store", "protobuf: absent texts are empty", |store| {
            if let Some(proxy) = store.get_mut("XksProxyConfiguration").and_then(Value::as_object_mut) {
                proxy.entry("VpcEndpointServiceName").or_insert(json!(""));
                proxy.entry("VpcEndpointServiceOwner").or_insert(json!(""));
            }
        }),
        owners_of_public_stores(),
        shows("an empty cluster for an external store", "protobuf: absent texts are empty", |store| {
            store.entry("CloudHsmClusterId").or_insert(json!(""));
        }),
        shows("a proxy configuration of nulls", "a structure whose members are never filled in", |store| {
            if store.contains_key("XksProxyConfiguration") {
                let nulls = json!({ "Connectivity": null, "AccessKeyId": null, "UriEndpoint": null, "UriPath": null });
                store.insert("XksProxyConfiguration".into(), nulls);
            }
        })
        .fails(&["O-02"]),
        shows("no proxy configuration", "a service from before external key stores, or one that forgot it", |store| {
            store.remove("XksProxyConfiguration");
        })
        .fails(&["O-02"]),
        shows("fields that AWS does not have", "a service with tags and an ARN", |store| {
            store.insert("Arn".into(), json!("arn:aws:kms:us-east-1:111122223333:cks/1"));
            store.insert("Tags".into(), json!([]));
        }),
        shows("whole seconds of the creation date", "a service that stores seconds", |store| {
            if let Some(date) = store.get("CreationDate").and_then(Value::as_f64) {
                store.insert("CreationDate".into(), json!(date.trunc()));
            }
        }),
        shows("no trust anchor", "a service that does not keep it", |store| {
            store.remove("TrustAnchorCertificate");
        })
        .fails(&["O-02"]),
        shows("no path", "a field that was forgotten", |store| {
            if let Some(proxy) = store.get_mut("XksProxyConfiguration").and_then(Value::as_object_mut) {
                proxy.remove("UriPath");
            }
        })
        .fails(&["O-02"]),
        row(
            "describe: the next page is always promised",
            "a service that sends NextMarker as null and Truncated as false",
            |behind, request| {
                let describe = operation(&request) == DESCRIBE;
                let answer = behind.serve(request);
                let Ok(mut page) = serde_json::from_slice::<Value>(answer.body()) else { return answer };
                if let Some(page) = page.as_object_mut().filter(|p| describe && p.contains_key("CustomKeyStores")) {
                    page.entry("NextMarker").or_insert(Value::Null);
                    page.entry("Truncated").or_insert(json!(false));
                }
                answer.map(|_| Bytes::from(page.to_string()))
            },
        ),
        row(
            "describe: an update's success repeats the store",
            "a handler that returns the new state",
            |behind, request| {
                let id = text(&request, ID).unwrap_or_default();
                let update = operation(&request) == UPDATE;
                let answer = behind.serve(request);
                match update && answer.status() == 200 {
                    true => answer.map(|_| Bytes::from(json!({ "CustomKeyStore": behind.store(&id) }).to_string())),
                    false => answer,
                }
            },
        )
        .fails(&["W-02"]),
    ]
}
