//! The form of answers on the wire (W-02 to W-06, W-24).

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value};

use crate::core::Core;
use crate::defects::Defect;
use crate::errors::{ApiError, Code};
use crate::halves;
use crate::ids;
use crate::readings::{ErrorTypeHeader, MessageForm};

/// What an operation came to.
pub(crate) enum Answer {
    /// Success with an output, or without one.
    Success(Option<Value>),
    Refused(ApiError),
    /// Refused with a status other than the code's own.
    RefusedAs(u16, ApiError),
}

const TAIL: &str = ":http://internal.amazon.com/coral/com.amazonaws.kms/";

impl Core {
    /// Writes an answer. `update` says that it answers the operation under test, which alone the
    /// planted defects spoil.
    pub(crate) fn write(&self, answer: Answer, update: bool) -> Response<Bytes> {
        let has = |defect| update && self.has(defect);
        match answer {
            Answer::Success(output) => {
                let body = match &output {
                    Some(output) => output.to_string(),
                    None if has(Defect::SuccessBodyIsNull) => "null".to_owned(),
                    None if has(Defect::SuccessBodyIsText) => "OK".to_owned(),
                    None if has(Defect::SuccessBodyHasMembers) => "{\"CustomKeyStoreId\":\"\"}".to_owned(),
                    None if self.readings.empty_success => String::new(),
                    None => "{}".to_owned(),
                };
                let status = if has(Defect::SuccessIs204) {
                    204
                } else if has(Defect::SuccessIs201) {
                    201
                } else {
                    200
                };
                self.respond(status, body, None, update)
            }
            Answer::Refused(fault) => {
                let status = self.status(fault.code, update);
                self.refuse(status, &fault, update)
            }
            Answer::RefusedAs(status, fault) => self.refuse(status, &fault, update),
        }
    }

    fn status(&self, code: Code, update: bool) -> u16 {
        let has = |defect| update && self.has(defect);
        match code {
            Code::CustomKeyStoreNotFound if has(Defect::NotFoundIs404) => 404,
            Code::CustomKeyStoreNameInUse if has(Defect::NameInUseIs409) => 409,
            Code::CustomKeyStoreInvalidState if has(Defect::InvalidStateIs409) => 409,
            Code::Validation if has(Defect::ValidationIs422) => 422,
            Code::Validation if has(Defect::ValidationIs500) => 500,
            _ if has(Defect::ErrorsAre200) => 200,
            code => code.status(),
        }
    }

    fn refuse(&self, status: u16, fault: &ApiError, update: bool) -> Response<Bytes> {
        let has = |defect| update && self.has(defect);
        let name = fault.code.name();
        let mut kind = String::new();
        if self.readings.type_namespace {
            kind.push_str("com.amazonaws.kms#");
        }
        kind.push_str(if has(Defect::CodeWithoutSuffix) { name.trim_end_matches("Exception") } else { &name });
        if self.readings.type_tail {
            kind.push_str(TAIL);
        }
        let mut body = Map::new();
        let member = if has(Defect::CodeInOtherMember) { "code" } else { "__type" };
        if !has(Defect::CodeOnlyInHeader) {
            body.insert(member.into(), kind.into());
        }
        match self.readings.message {
            MessageForm::Lower => drop(body.insert("message".into(), fault.message.as_str().into())),
            MessageForm::Upper => drop(body.insert("Message".into(), fault.message.as_str().into())),
            MessageForm::Absent => {}
        }
        let body = if has(Defect::ErrorBodyIsXml) {
            format!("<ErrorResponse><Error><Code>{name}</Code></Error></ErrorResponse>")
        } else if has(Defect::ErrorBodyIsEmpty) {
            String::new()
        } else if has(Defect::ErrorBodyIsNested) {
            serde_json::json!({"Error": body}).to_string()
        } else {
            Value::Object(body).to_string()
        };
        let header = match self.readings.errortype {
            _ if has(Defect::HeaderContradicts) => Some("KMSInternalException".to_owned()),
            ErrorTypeHeader::Plain => Some(name),
            ErrorTypeHeader::Tail => Some(name + TAIL),
            ErrorTypeHeader::Absent => None,
        };
        self.respond(status, body, header, update)
    }

    fn respond(&self, status: u16, body: String, errortype: Option<String>, update: bool) -> Response<Bytes> {
        let has = |defect| update && self.has(defect);
        let content_type = if has(Defect::ContentTypeIsJson10) {
            "application/x-amz-json-1.0"
        } else if has(Defect::ContentTypeIsText) {
            "text/plain"
        } else {
            "application/x-amz-json-1.1"
        };
        let mut response = Response::new(Bytes::from(halves::written(body)));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let headers = response.headers_mut();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if !has(Defect::NoRequestId)
            && let Ok(id) = HeaderValue::try_from(ids::request())
        {
            headers.insert("x-amzn-requestid", id);
        }
        if let Some(Ok(errortype)) = errortype.map(HeaderValue::try_from) {
            headers.insert("x-amzn-errortype", errortype);
        }
        response
    }
}
