//! Checks a JSON value against a JSON Schema.

use serde_json::{Map, Value};

/// Keywords that a check ignores.
const ANNOTATIONS: [&str; 9] = [
    "$schema",
    "$defs",
    "title",
    "description",
    "examples",
    "default",
    "format",
    "writeOnly",
    "deprecated",
];

/// Returns why a value does not match a schema, with the path of the value.
///
/// Panics on a keyword or pattern that it does not know, so that it ignores none by mistake.
pub(crate) fn check(schema: &Value, value: &Value) -> Result<(), String> {
    Checker { root: schema }.check(schema, value, "")
}

struct Checker<'s> {
    root: &'s Value,
}

impl Checker<'_> {
    fn check(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        let schema = match schema {
            Value::Bool(true) => return Ok(()),
            Value::Object(schema) => schema,
            other => panic!("not a schema: {other}"),
        };
        for (keyword, rule) in schema {
            if !ANNOTATIONS.contains(&keyword.as_str())
                && !self.holds(schema, keyword, rule, value, path)?
            {
                return Err(format!("{path}: {value} does not match {keyword} {rule}"));
            }
        }
        Ok(())
    }

    fn holds(
        &self,
        schema: &Map<String, Value>,
        keyword: &str,
        rule: &Value,
        value: &Value,
        path: &str,
    ) -> Result<bool, String> {
        let list = || rule.as_array().unwrap();
        let number = || rule.as_f64().unwrap();
        let length = || usize::try_from(rule.as_u64().unwrap()).unwrap();
        let passing = || list().iter().filter(|rule| self.check(rule, value, path).is_ok()).count();
        Ok(match keyword {
            "$ref" => {
                let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                self.check(self.root.pointer(pointer).unwrap(), value, path)?;
                true
            }
            "type" if rule.is_array() => list().iter().any(|name| is_type(value, name)),
            "type" => is_type(value, rule),
            "const" => value == rule,
            "enum" => list().contains(value),
            "anyOf" => passing() > 0,
            "oneOf" => passing() == 1,
            "minimum" => value.as_f64().is_none_or(|value| value >= number()),
            "maximum" => value.as_f64().is_none_or(|value| value <= number()),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() >= length()),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() <= length()),
            "pattern" => value.as_str().is_none_or(|text| matches(rule.as_str().unwrap(), text)),
            "minItems" => value.as_array().is_none_or(|items| items.len() >= length()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    self.check(rule, item, &format!("{path}[{index}]"))?;
                }
                true
            }
            "required" => value.as_object().is_none_or(|fields| {
                list().iter().all(|name| fields.contains_key(name.as_str().unwrap()))
            }),
            "properties" => {
                for (name, field) in value.as_object().into_iter().flatten() {
                    if let Some(rule) = rule.get(name) {
                        self.check(rule, field, &format!("{path}.{name}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(rule, &Value::Bool(false));
                let known =
                    |name: &str| schema.get("properties").is_some_and(|p| p.get(name).is_some());
                value.as_object().is_none_or(|fields| fields.keys().all(|name| known(name)))
            }
            other => panic!("unknown keyword `{other}` at {path}"),
        })
    }
}

fn is_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type `{other}`"),
    }
}

/// Returns whether a string matches one of the patterns of the crate, without a regex engine.
fn matches(pattern: &str, text: &str) -> bool {
    let lower_words = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    match pattern {
        r"^\s*\+?[0-9]+\s*$" => {
            let digits = text.trim().strip_prefix('+').unwrap_or(text.trim());
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        r"^[^\s,]+$" => !text.is_empty() && !text.contains(|c: char| c == ',' || c.is_whitespace()),
        "^[a-z]{2,}(-[a-z0-9]+)+$" => text.split_once('-').is_some_and(|(first, rest)| {
            first.len() >= 2
                && first.bytes().all(|byte| byte.is_ascii_lowercase())
                && rest.split('-').all(lower_words)
        }),
        "^([1-9] ?years?|([1-9]|1[01]) ?months?)$" => {
            text.trim() == text
                && text.to_lowercase() == text
                && text.parse::<aliyun_dbs::Period>().is_ok()
        }
        "^([01]?[0-9]|2[0-3]):[0-5]?[0-9]Z?$" => {
            text.parse::<aliyun_dbs::types::StartTime>().is_ok()
        }
        other => panic!("unknown pattern `{other}`"),
    }
}
