//! The record as JSON, in the form that `ucks schema` describes.

use super::RenderError;
use crate::record::Record;

/// The record, indented, with a newline at the end.
///
/// # Errors
/// [`RenderError::Json`] where the record does not go into JSON.
pub fn render(record: &Record) -> Result<String, RenderError> {
    let mut text = serde_json::to_string_pretty(record)?;
    text.push('\n');
    Ok(text)
}
