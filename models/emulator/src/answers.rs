//! The form of answers on the wire (W-02 to W-06, W-24).

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value};

use crate::behaviour::forms::{ErrorBody, Forms};
use crate::core::Core;
use crate::errors::ApiError;
use crate::halves;
use crate::ids;
use crate::readings::{ErrorTypeHeader, MessageForm};

/// The result of an operation.
pub(crate) enum Answer {
    /// Success with an output, or without one.
    Success(Option<Value>),
    Refused(ApiError),
    /// Refused with a status other than the code's own.
    RefusedAs(u16, ApiError),
}

const TAIL: &str = ":http://internal.amazon.com/coral/com.amazonaws.kms/";

impl Core {
    /// Writes an answer. `update` is true for the operation under test: edits concern no other.
    pub(crate) fn write(&self, answer: Answer, update: bool) -> Response<Bytes> {
        let forms = if update { &self.behaviour.forms } else { &self.plain.forms };
        match answer {
            Answer::Success(Some(output)) => respond(forms, 200, output.to_string(), None),
            Answer::Success(None) => respond(forms, forms.success_status, forms.success_body.to_owned(), None),
            Answer::Refused(fault) => self.refuse(forms, forms.status(fault.code), &fault),
            Answer::RefusedAs(status, fault) => self.refuse(forms, status, &fault),
        }
    }

    fn refuse(&self, forms: &Forms, status: u16, fault: &ApiError) -> Response<Bytes> {
        let name = fault.code.name();
        let mut kind = String::new();
        if self.readings.type_namespace {
            kind.push_str("com.amazonaws.kms#");
        }
        kind.push_str(if forms.suffix { &name } else { name.trim_end_matches("Exception") });
        if self.readings.type_tail {
            kind.push_str(TAIL);
        }
        let mut body = Map::new();
        if let Some(member) = forms.code_member {
            body.insert(member.into(), kind.into());
        }
        match self.readings.message {
            MessageForm::Lower => drop(body.insert("message".into(), fault.message.as_str().into())),
            MessageForm::Upper => drop(body.insert("Message".into(), fault.message.as_str().into())),
            MessageForm::Absent => {}
        }
        let body = match forms.error_body {
            ErrorBody::Xml => format!("<ErrorResponse><Error><Code>{name}</Code></Error></ErrorResponse>"),
            ErrorBody::Empty => String::new(),
            ErrorBody::Nested => serde_json::json!({"Error": body}).to_string(),
            ErrorBody::Json => Value::Object(body).to_string(),
        };
        let header = match forms.header {
            ErrorTypeHeader::Plain => Some(name),
            ErrorTypeHeader::Tail => Some(name + TAIL),
            ErrorTypeHeader::Absent => None,
            ErrorTypeHeader::Other => Some("KMSInternalException".to_owned()),
        };
        respond(forms, status, body, header)
    }
}

fn respond(forms: &Forms, status: u16, body: String, errortype: Option<String>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(halves::written(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(forms.content_type));
    if forms.request_id
        && let Ok(id) = HeaderValue::try_from(ids::request())
    {
        headers.insert("x-amzn-requestid", id);
    }
    if let Some(Ok(errortype)) = errortype.map(HeaderValue::try_from) {
        headers.insert("x-amzn-errortype", errortype);
    }
    response
}
