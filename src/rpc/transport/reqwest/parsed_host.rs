//! `ParsedHost`: the URLs of requests to one host, of which only the query differs.

use reqwest::Url;
use serde::de::value::SeqDeserializer;
use serde_json::Value;

/// A host that was parsed, so that the URL of a request needs no parser.
#[derive(Clone)]
pub(super) struct ParsedHost {
    scheme: String,
    authority: String,
    /// The URL with an empty query.
    url: Url,
    /// The fields of a URL with a query, behind its text, as the `url` crate serializes them.
    ///
    /// `None` if another query changes them. That would be another version of that crate.
    fields: Option<Vec<Value>>,
}

impl ParsedHost {
    /// Parses a host.
    pub(super) fn parse(scheme: &str, authority: &str) -> Result<Self, url::ParseError> {
        let url = Url::parse(&format!("{scheme}://{authority}/?"))?;
        let (scheme, authority) = (scheme.to_owned(), authority.to_owned());
        let fields = fields(&url).map(|(_, fields)| fields);
        let mut host = Self { scheme, authority, url, fields };
        let expected = host.parsed("/", Some("A=%20~&b-_.=c"));
        let joined = host.joined("A=%20~&b-_.=c");
        if joined.and_then(|url| self::fields(&url)) != self::fields(&expected) {
            host.fields = None;
        }
        Ok(host)
    }

    pub(super) fn matches(&self, scheme: &str, authority: &str) -> bool {
        self.scheme == scheme && self.authority == authority
    }

    /// Returns the URL of a path and a query.
    pub(super) fn url(&self, path: &str, query: Option<&str>) -> Url {
        let joined = query.filter(|_| path == "/").and_then(|query| self.joined(query));
        joined.unwrap_or_else(|| self.parsed(path, query))
    }

    fn parsed(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.url.clone();
        if path != "/" {
            url.set_path(path);
        }
        url.set_query(query);
        url
    }

    /// Returns the URL of a query without parsing it, if its characters need no encoding.
    fn joined(&self, query: &str) -> Option<Url> {
        let needs_no_encoding = query.bytes().fold(true, |so_far, byte| {
            let is_other = matches!(byte, b'-' | b'_' | b'.' | b'~' | b'%' | b'&' | b'=');
            so_far & (byte.is_ascii_alphanumeric() | is_other)
        });
        let fields = self.fields.as_ref().filter(|_| needs_no_encoding)?;
        let text = Value::String([self.url.as_str(), query].concat());
        let fields = std::iter::once(text).chain(fields.iter().cloned());
        Url::deserialize_internal(SeqDeserializer::<_, serde_json::Error>::new(fields)).ok()
    }
}

/// Returns the text of a URL and its other fields, as the `url` crate serializes them.
fn fields(url: &Url) -> Option<(Value, Vec<Value>)> {
    match url.serialize_internal(serde_json::value::Serializer) {
        Ok(Value::Array(mut fields)) if fields.first()?.as_str() == Some(url.as_str()) => {
            Some((fields.remove(0), fields))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOSTS: [(&str, &str); 5] = [
        ("https", "dbs-api.cn-hangzhou.aliyuncs.com"),
        ("https", "DBS.example:443"),
        ("http", "127.0.0.1:8080"),
        ("http", "[::1]:80"),
        ("https", "bücher.example:8443"),
    ];

    #[test]
    fn joined_urls_do_not_depend_on_the_version_of_url() {
        for (scheme, authority) in HOSTS {
            let mut host = ParsedHost::parse(scheme, authority).unwrap();
            assert!(host.joined("A=1").is_some(), "{authority}: the fast path is off");
            host.fields.as_mut().unwrap().pop();
            let expected = host.parsed("/", Some("A=1"));
            assert_eq!(host.url("/", Some("A=1")), expected, "a field is missing");
        }
        assert!(ParsedHost::parse("https", "a b").is_err());
    }

    #[test]
    fn other_characters_are_parsed() {
        let host = ParsedHost::parse("https", "example.com").unwrap();
        for query in ["a b", "a#b", "a'b", "a\tb", "ä", "a\"b", "<", "a+b"] {
            assert!(host.joined(query).is_none(), "{query}");
        }
        for (path, query, text) in [
            ("/", None, "https://example.com/"),
            ("/", Some(""), "https://example.com/?"),
            ("/a", Some("b=c"), "https://example.com/a?b=c"),
            ("/", Some("a b"), "https://example.com/?a%20b"),
        ] {
            let url = host.url(path, query);
            assert_eq!(url.as_str(), text);
            assert_eq!(fields(&url), fields(&Url::parse(text).unwrap()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn joined_url_is_the_parsed_one(host in 0..HOSTS.len(), query in "[A-Za-z0-9_.~%&=-]{0,60}") {
            let (scheme, authority) = HOSTS[host];
            let host = ParsedHost::parse(scheme, authority).unwrap();
            let expected = Url::parse(&format!("{scheme}://{authority}/?{query}")).unwrap();
            let joined = host.joined(&query).unwrap();
            prop_assert_eq!(fields(&joined), fields(&expected));
            prop_assert_eq!(fields(&host.parsed("/", Some(&query))), fields(&expected));
            prop_assert_eq!(joined.query(), Some(&*query));
        }
    }
}
