//! A strict reader of XML, which reports what a browser would silently repair.

/// An element with its attributes and the text directly in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Element {
    pub(crate) id: usize,
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    /// The ids of the elements around it.
    pub(crate) parents: Vec<usize>,
    parent: String,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| attribute == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn has_parent(&self, name: &str) -> bool {
        self.parent == name
    }
}

/// Returns all elements in their order. Panics if the page is not well formed.
pub(crate) fn parse_xml(page: &str) -> Vec<Element> {
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap_or(page);
    while let Some(start) = rest.find('<') {
        let text = unescape(&rest[..start]);
        match open.last() {
            Some(last) => elements[*last].text += &text,
            None => assert!(text.trim().is_empty(), "text outside of the root: {text}"),
        }
        let tag = &rest[start + 1..];
        let end = end_of_tag(tag);
        let (inner, after) = (&tag[..end], &tag[end + 1..]);
        rest = after;
        if let Some(name) = inner.strip_prefix('/') {
            let last = open.pop().expect("an element to close");
            assert_eq!(elements[last].name, name, "closed in the wrong order");
            continue;
        }
        assert!(!open.is_empty() || elements.is_empty(), "a second root: {inner}");
        let (inner, is_closed) =
            inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
        let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "a name: {name}");
        let id = elements.len();
        elements.push(Element {
            id,
            name: name.to_owned(),
            attributes: parse_attributes(attributes),
            parent: open.last().map(|last| elements[*last].name.clone()).unwrap_or_default(),
            parents: open.clone(),
            ..Element::default()
        });
        if !is_closed {
            open.push(id);
        }
    }
    assert!(open.is_empty(), "not closed: {:?}", elements[open[0]].name);
    assert!(rest.trim().is_empty(), "text after the root: {rest}");
    elements
}

/// Returns where the tag ends: at the first `>` outside of quotes.
fn end_of_tag(tag: &str) -> usize {
    let mut is_quoted = false;
    for (at, c) in tag.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '>' if !is_quoted => return at,
            '<' => panic!("`<` in a tag: {}", tag.chars().take(80).collect::<String>()),
            _ => {}
        }
    }
    panic!("a tag without end");
}

fn parse_attributes(text: &str) -> Vec<(String, String)> {
    let mut attributes: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, value) = rest.split_once("=\"").unwrap_or_else(|| panic!("attributes: {text}"));
        let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ':';
        assert!(!name.is_empty() && name.chars().all(is_valid), "an attribute: {name}");
        let (value, after) = value.split_once('"').unwrap();
        assert!(after.is_empty() || after.starts_with(char::is_whitespace), "attributes: {text}");
        assert!(attributes.iter().all(|(other, _)| other != name), "repeated: {name}");
        attributes.push((name.to_owned(), unescape(value)));
        rest = after.trim_start();
    }
    attributes
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        plain += &rest[..start];
        let (entity, after) = rest[start + 1..].split_once(';').expect("the end of an entity");
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("an entity: {other}"),
        });
        rest = after;
    }
    assert!(!rest.contains("]]>"), "`]]>` in text");
    plain + rest
}

#[test]
fn xml_that_is_not_well_formed_is_rejected() {
    assert_eq!(parse_xml("<a b=\"&lt;\">x<c/>y&amp;</a>").len(), 2);
    for page in [
        "<a>",
        "<a></b>",
        "<a/><a/>",
        "<a b=c/>",
        "<a b/>",
        "<a b=\"1\" b=\"2\"/>",
        "<a b=\"<\"/>",
        "<a>&nbsp;</a>",
        "<a>x & y</a>",
        "<a>]]></a>",
        "<a/>x",
    ] {
        assert!(std::panic::catch_unwind(|| parse_xml(page)).is_err(), "{page}");
    }
}
