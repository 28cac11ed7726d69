//! A service in process, and a transcript of all that it answered.

use std::collections::HashMap;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use ucks_emulator::{Config, Defect, Emulator, Environment};

/// Valid values for members.
pub(crate) const KEY: &str = "ABCDEFGHIJKLMNOPQRST";
pub(crate) const OTHER_KEY: &str = "ZYXWVUTSRQPONMLKJIHG";
pub(crate) const SECRET: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
pub(crate) const OTHER_SECRET: &str = "zyxwvutsrqponmlkjihgfedcba9876543210ZYXWVUT";
pub(crate) const PATH: &str = "/kms/xks/v1";

/// Rows of a world in which every proxy of `xks.example` is healthy.
pub(crate) const HEALTHY: &str = "[[proxies]]\nendpoint = \"https://*.xks.example\"\nrole = \"healthy\"\n";

/// One answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) raw: Response<Bytes>,
}

impl Answer {
    /// The code of an error, `""` for success.
    pub(crate) fn code(&self) -> &str {
        let kind = self.body["__type"].as_str().unwrap_or("");
        let kind = kind.rsplit('#').next().unwrap_or(kind);
        kind.split(':').next().unwrap_or(kind)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.raw.headers().get(name).and_then(|value| value.to_str().ok())
    }
}

/// A service that writes down what it answers.
pub(crate) struct Service {
    pub(crate) emulator: Emulator,
    config: Config,
    lines: Vec<String>,
    ids: Vec<String>,
    dates: HashMap<String, f64>,
}

impl Default for Service {
    fn default() -> Service {
        Service::new(Config::default())
    }
}

impl Service {
    pub(crate) fn new(config: Config) -> Service {
        let (lines, ids, dates) = Default::default();
        Service { emulator: Emulator::new(config.clone()), config, lines, ids, dates }
    }

    /// Goes on with a service without stores, and the same transcript.
    pub(crate) fn fresh(&mut self) {
        self.emulator = Emulator::new(self.config.clone());
        self.ids.clear();
    }

    pub(crate) fn with(defect: Option<Defect>) -> Service {
        Service::new(Config { defect, ..Config::default() })
    }

    /// In a world of its own, as a profile writes it, with the readings of a seed or the plain ones.
    pub(crate) fn in_world(environment: &str, readings: Option<u64>) -> Service {
        let environment = Environment::parse(environment).expect("a world");
        Service::new(Config { environment, readings, ..Config::default() })
    }

    pub(crate) fn on(revision: &str) -> Service {
        Service::new(Config { revision: revision.to_owned(), ..Config::default() })
    }

    pub(crate) fn send(&mut self, request: Request<Bytes>) -> Answer {
        let raw = self.emulator.handle(request);
        let body = serde_json::from_slice(raw.body()).unwrap_or(Value::Null);
        let answer = Answer { status: raw.status().as_u16(), body, raw };
        self.note(&answer);
        answer
    }

    fn note(&mut self, answer: &Answer) {
        let mut body = answer.body.clone();
        if let Some(stores) = body.get_mut("CustomKeyStores").and_then(Value::as_array_mut) {
            for store in stores {
                let date = store["CreationDate"].as_f64().unwrap_or(-1.0);
                let id = store["CustomKeyStoreId"].as_str().unwrap_or("").to_owned();
                let first = *self.dates.entry(id).or_insert(date);
                store["CreationDate"] = json!((date - first).round());
            }
        }
        // Half a character cannot be read into a value: there the text is kept, without its dates.
        let text = if body.is_null() {
            let text = String::from_utf8_lossy(answer.raw.body()).into_owned();
            let dates = regex::Regex::new(r#""CreationDate":[0-9.]+"#).expect("a pattern");
            dates.replace_all(&text, r#""CreationDate":0.0"#).into_owned()
        } else {
            body.to_string()
        };
        let header = |name| answer.header(name).unwrap_or("-").to_owned();
        let identified = answer.header("x-amzn-requestid").is_some();
        let mut line =
            format!("{} {} {} {identified} {text}", answer.status, header("content-type"), header("x-amzn-errortype"));
        for (at, id) in self.ids.iter().enumerate() {
            line = line.replace(id, &format!("store-{at}"));
        }
        self.lines.push(line);
    }

    /// Returns the answers, with the stores' identifiers replaced by equal ones.
    pub(crate) fn transcript(self) -> Vec<String> {
        self.lines
    }

    pub(crate) fn raw(&mut self, operation: &str, body: impl Into<Bytes>) -> Answer {
        self.send(request(operation, body))
    }

    pub(crate) fn call(&mut self, operation: &str, body: Value) -> Answer {
        self.raw(operation, body.to_string())
    }

    pub(crate) fn update(&mut self, id: &str, mut members: Value) -> Answer {
        members["CustomKeyStoreId"] = id.into();
        self.call("UpdateCustomKeyStore", members)
    }

    pub(crate) fn create(&mut self, members: Value) -> String {
        let answer = self.call("CreateCustomKeyStore", members);
        // The transcript shows that it failed, and so does every request that needs the store.
        let Some(id) = answer.body["CustomKeyStoreId"].as_str().map(str::to_owned) else {
            return answer.code().to_owned();
        };
        self.ids.push(id.clone());
        self.lines.pop();
        id
    }

    pub(crate) fn cloudhsm(&mut self, name: &str, family: char) -> String {
        let password = password(family);
        self.create(cloudhsm(name, family, &password))
    }

    pub(crate) fn public(&mut self, name: &str, endpoint: &str, path: &str) -> String {
        self.create(public(name, endpoint, path))
    }

    pub(crate) fn vpc(&mut self, name: &str, endpoint: &str, service: &str) -> String {
        self.create(vpc(name, endpoint, service))
    }

    pub(crate) fn connect(&mut self, id: &str) -> Answer {
        self.call("ConnectCustomKeyStore", json!({"CustomKeyStoreId": id}))
    }

    pub(crate) fn disconnect(&mut self, id: &str) -> Answer {
        self.call("DisconnectCustomKeyStore", json!({"CustomKeyStoreId": id}))
    }

    pub(crate) fn delete(&mut self, id: &str) -> Answer {
        self.call("DeleteCustomKeyStore", json!({"CustomKeyStoreId": id}))
    }

    pub(crate) fn describe(&mut self) -> Answer {
        self.call("DescribeCustomKeyStores", json!({}))
    }

    /// The entry of one store.
    pub(crate) fn show(&mut self, id: &str) -> Value {
        let answer = self.call("DescribeCustomKeyStores", json!({"CustomKeyStoreId": id}));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["CustomKeyStores"][0].clone()
    }

    pub(crate) fn state(&mut self, id: &str) -> String {
        self.show(id)["ConnectionState"].as_str().expect("a state").to_owned()
    }
}

pub(crate) fn request(operation: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post("/")
        .header("host", "localhost")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("TrentService.{operation}"))
        .body(body.into())
        .expect("a request")
}

pub(crate) fn cluster(role: &str, family: char) -> String {
    let name = match role {
        "primary" => "cluster-primary#####",
        "related" => "cluster-related2####",
        "related-3" => "cluster-related3####",
        "unrelated" => "cluster-unrelated###",
        "inactive" => "cluster-inactive####",
        "too-few-hsms" => "cluster-toofewhsms##",
        "few-subnets" => "cluster-fewsubnets##",
        "wrong-network" => "cluster-wrongnetwork#",
        "absent" => "cluster-absent######",
        "other-account" => "cluster-otheraccount#",
        other => panic!("{other}"),
    };
    name.replace('#', &family.to_string())
}

pub(crate) fn password(family: char) -> String {
    match family {
        'c'..='f' | 'i' | 'j' => format!("kmsuserpassword{}234", family.to_ascii_uppercase()),
        _ => "password1".to_owned(),
    }
}

pub(crate) fn service(name: &str) -> String {
    format!("com.amazonaws.vpce.us-east-1.vpce-svc-{name}")
}

pub(crate) fn credential(key: &str, secret: &str) -> Value {
    json!({"AccessKeyId": key, "RawSecretAccessKey": secret})
}

pub(crate) fn cloudhsm(name: &str, family: char, password: &str) -> Value {
    json!({
        "CustomKeyStoreName": name,
        "CloudHsmClusterId": cluster("primary", family),
        "KeyStorePassword": password,
        "TrustAnchorCertificate": format!("-----BEGIN CERTIFICATE-----\nfamily {family}\n-----END CERTIFICATE-----"),
    })
}

pub(crate) fn public(name: &str, endpoint: &str, path: &str) -> Value {
    json!({
        "CustomKeyStoreName": name,
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyConnectivity": "PUBLIC_ENDPOINT",
        "XksProxyUriEndpoint": endpoint,
        "XksProxyUriPath": path,
        "XksProxyAuthenticationCredential": credential(KEY, SECRET),
    })
}

pub(crate) fn vpc(name: &str, endpoint: &str, service_name: &str) -> Value {
    let mut members = public(name, endpoint, PATH);
    members["XksProxyConnectivity"] = "VPC_ENDPOINT_SERVICE".into();
    members["XksProxyVpcEndpointServiceName"] = service(service_name).into();
    members
}
