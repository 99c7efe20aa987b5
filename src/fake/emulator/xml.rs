//! Converts responses to XML, for requests of signature version 1 that do not ask for JSON.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use serde_json::Value;

/// Converts a JSON object to XML. Returns any other body unchanged.
pub(super) fn to_xml(mut response: Response<Bytes>, operation: &str) -> Response<Bytes> {
    let Ok(body @ Value::Object(_)) = serde_json::from_slice::<Value>(response.body()) else {
        return response;
    };
    let is_name = !operation.is_empty() && operation.bytes().all(|b| b.is_ascii_alphabetic());
    let root = match response.status().is_success() {
        true if is_name => format!("{operation}Response"),
        true => "Response".to_owned(),
        false => "Error".to_owned(),
    };
    let mut xml = "<?xml version='1.0' encoding='UTF-8'?>".to_owned();
    write_element(&mut xml, &root, &body);
    let kind = HeaderValue::from_static("text/xml;charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response.map(|_| xml.into())
}

fn write_element(xml: &mut String, name: &str, value: &Value) {
    match value {
        // A list repeats its element.
        Value::Array(values) => values.iter().for_each(|value| write_element(xml, name, value)),
        Value::Null => {}
        _ => {
            xml.extend(["<", name, ">"]);
            match value {
                Value::Object(fields) => {
                    fields.iter().for_each(|(name, value)| write_element(xml, name, value));
                }
                Value::String(content) => escape(xml, content),
                scalar => xml.push_str(&scalar.to_string()),
            }
            xml.extend(["</", name, ">"]);
        }
    }
}

/// Appends a string, escaped for XML and HTML.
pub(super) fn escape(into: &mut String, content: &str) {
    for character in content.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            '\t' | '\n' => into.push(character),
            '\r' => into.push_str("&#13;"),
            // XML 1.0 cannot express these characters, not even escaped.
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => into.push('\u{fffd}'),
            other => into.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(status: u16, operation: &str, body: &str) -> String {
        let json = Response::builder().status(status).body(Bytes::from(body.to_owned())).unwrap();
        String::from_utf8(to_xml(json, operation).into_body().to_vec()).unwrap()
    }

    #[test]
    fn lists_repeat_their_element() {
        assert_eq!(
            xml(200, "Describe", r#"{"Items":{"Item":[{"A":1},{"A":true}]},"N":null,"L":[]}"#),
            "<?xml version='1.0' encoding='UTF-8'?><DescribeResponse><Items><Item><A>1</A></Item>\
             <Item><A>true</A></Item></Items></DescribeResponse>"
        );
    }

    #[test]
    fn strings_and_names_cannot_inject_markup() {
        let text = xml(200, "><x", r#"{"A":"<b>&\"'\u0000\r"}"#);
        assert!(
            text.ends_with("<Response><A>&lt;b&gt;&amp;&quot;&#39;\u{fffd}&#13;</A></Response>")
        );
        assert!(xml(400, "X", r#"{"Code":"C"}"#).ends_with("<Error><Code>C</Code></Error>"));
        assert_eq!(xml(502, "X", "<html>"), "<html>");
    }
}
