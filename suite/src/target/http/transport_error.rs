//! Why there is no answer, from the chain of errors of the client.

use std::error::Error;
use std::io;

use rustls::CertificateError;

use super::TransportError;
use super::connection::Connection;

/// A message is cut here: what a target sends must not flood a report.
const LONGEST: usize = 160;

/// The reason for an error of an exchange on this connection.
pub(super) fn classify(error: &hyper::Error, on: &Connection) -> TransportError {
    if let Some(said) = of_tls(error) {
        return TransportError::Unreachable(said);
    }
    for cause in chain(error) {
        if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return TransportError::NotHttp(innermost(error));
        }
        if let Some(io) = cause.downcast_ref::<io::Error>()
            && matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        {
            return TransportError::NotHttp(innermost(error)); // a chunk that is none
        }
    }
    let why =
        if on.broke() { words(io::ErrorKind::BrokenPipe).unwrap_or_default().to_owned() } else { innermost(error) };
    if on.used && !on.heard() { TransportError::KeepAlive(why) } else { TransportError::Broken(why) }
}

/// Describes the fault of the TLS connection, and the next step.
pub(super) fn of_tls(error: &(dyn Error + 'static)) -> Option<String> {
    let found = chain(error).find_map(|cause| {
        let mut io = cause.downcast_ref::<io::Error>();
        // An error of TLS is wrapped by each layer that it passes.
        while let Some(inner) = io.and_then(io::Error::get_ref) {
            if let Some(found) = inner.downcast_ref::<rustls::Error>() {
                return Some(found);
            }
            io = inner.downcast_ref::<io::Error>();
        }
        cause.downcast_ref::<rustls::Error>()
    })?;
    Some(match found {
        rustls::Error::InvalidCertificate(why) => {
            let why = match why {
                CertificateError::UnknownIssuer => "it is self-signed, or signed by an unknown CA".to_owned(),
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    "it is for another name".to_owned()
                }
                other => format!("{other:?}").chars().take(LONGEST).collect(),
            };
            format!(
                "the target's certificate is not trusted: {why}; pass its CA with --ca-bundle FILE, or use --insecure \
                 for a target on this machine"
            )
        }
        rustls::Error::InvalidMessage(_) => "the target does not speak TLS; write http:// instead".to_owned(),
        other => format!("TLS failed: {other}").chars().take(LONGEST).collect(),
    })
}

/// Returns the text of the first cause.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut said = None;
    for cause in chain(error) {
        if let Some(io) = cause.downcast_ref::<io::Error>()
            && let Some(words) = words(io.kind())
        {
            return words.to_owned();
        }
        if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            return "closed by the target".to_owned();
        }
        said = Some(cause.to_string());
    }
    let mut said = said.unwrap_or_else(|| "the client gives no reason".to_owned());
    if let Some((end, _)) = said.char_indices().nth(LONGEST) {
        said.truncate(end);
        said.push('…');
    }
    said
}

fn words(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset => "connection reset",
        io::ErrorKind::ConnectionAborted => "connection aborted",
        io::ErrorKind::BrokenPipe => "closed by the target while the request was being sent",
        io::ErrorKind::UnexpectedEof => "closed by the target",
        io::ErrorKind::HostUnreachable => "host unreachable",
        io::ErrorKind::NetworkUnreachable => "network unreachable",
        io::ErrorKind::TimedOut => "the connection timed out",
        _ => return None,
    })
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |e: &&'a (dyn Error + 'static)| (*e).source())
}
