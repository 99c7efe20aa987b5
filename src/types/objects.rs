//! `BackupObjects`: which databases and tables a plan backs up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};

use super::invalid_value::InvalidValue;

/// What a plan backs up: one or more databases, whole or in part.
///
/// Wire: `BackupObjects`, a JSON array carried inside a text. The answers' extra layer of
/// backslashes is read as well. Source: `ConfigureBackupPlan`, `ModifyBackupObjects`.
///
/// ```
/// use aliyun_dbs::types::{BackupObject, BackupObjects};
///
/// let objects = BackupObjects::new([
///     BackupObject::database("crm"),
///     BackupObject::database("orders").include_table("item").exclude_table("item_tmp"),
/// ])?;
/// assert!(objects.to_string().starts_with(r#"[{"DBName":"crm"},{"DBName":"orders""#));
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct BackupObjects(Vec<BackupObject>);

impl BackupObjects {
    /// Takes the databases over.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn new(objects: impl IntoIterator<Item = BackupObject>) -> Result<Self, InvalidValue> {
        let objects: Vec<_> = objects.into_iter().collect();
        if objects.is_empty() {
            return Err(InvalidValue::new("BackupObjects", "[]", "name at least one database"));
        }
        Ok(Self(objects))
    }

    /// The databases.
    pub fn as_slice(&self) -> &[BackupObject] {
        &self.0
    }
}

impl From<BackupObject> for BackupObjects {
    fn from(object: BackupObject) -> Self {
        Self(vec![object])
    }
}

impl fmt::Display for BackupObjects {
    /// The JSON text as it travels.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for BackupObjects {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let objects: Vec<BackupObject> = serde_json::from_str(text)
            .or_else(|error| {
                // Answers may escape the quotes once more: `[{\"DBName\":\"a\"}]`.
                serde_json::from_str::<String>(&format!("\"{text}\""))
                    .and_then(|unescaped| serde_json::from_str(&unescaped))
                    .map_err(|_| error)
            })
            .map_err(|error| {
                InvalidValue::new(
                    "BackupObjects",
                    text,
                    format!("it is a JSON array such as [{{\"DBName\":\"orders\"}}] ({error})"),
                )
            })?;
        Self::new(objects)
    }
}

/// One database of [`BackupObjects`]: whole, or the tables that are listed.
///
/// Names allow a small set of patterns: `.`, `*`, `?`, `[..]`, `[^..]`, `[a-z]`.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BackupObject {
    /// Name of the database, `DBName`.
    #[serde(rename = "DBName")]
    pub db_name: String,
    /// Name of the schema, `SchemaName`; SQL Server only.
    #[serde(rename = "SchemaName", default)]
    pub schema_name: Option<String>,
    /// Tables to back up, `TableIncludes`; once there is one, others are left out.
    #[serde(
        rename = "TableIncludes",
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_empty"
    )]
    pub table_includes: Vec<BackupTable>,
    /// Tables to leave out, `TableExcludes`.
    #[serde(
        rename = "TableExcludes",
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_empty"
    )]
    pub table_excludes: Vec<BackupTable>,
}

fn null_as_empty<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<BackupTable>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// One table of a [`BackupObject`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BackupTable {
    /// Name of the table, `TableName`.
    #[serde(rename = "TableName")]
    pub table_name: String,
}

impl BackupObject {
    /// A whole database.
    pub fn database(name: impl Into<String>) -> Self {
        Self {
            db_name: name.into(),
            schema_name: None,
            table_includes: Vec::new(),
            table_excludes: Vec::new(),
        }
    }

    /// One schema of the database; SQL Server only.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema_name = Some(name.into());
        self
    }

    /// Adds a table to back up.
    #[must_use]
    pub fn include_table(mut self, name: impl Into<String>) -> Self {
        self.table_includes.push(BackupTable { table_name: name.into() });
        self
    }

    /// Adds a table to leave out.
    #[must_use]
    pub fn exclude_table(mut self, name: impl Into<String>) -> Self {
        self.table_excludes.push(BackupTable { table_name: name.into() });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_escaped_texts_are_read() {
        let expected: BackupObjects =
            BackupObject::database("orders").include_table("item").exclude_table("tmp").into();
        let plain = expected.to_string();
        let escaped = plain.replace('"', "\\\"");
        for text in [&plain, &escaped] {
            assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
        }
        assert_eq!(
            plain,
            r#"[{"DBName":"orders","TableIncludes":[{"TableName":"item"}],"TableExcludes":[{"TableName":"tmp"}]}]"#
        );
    }

    #[test]
    fn what_is_no_list_of_databases_is_refused() {
        for text in ["", "[]", "orders", r#"[{"TableName":"x"}]"#, "{"] {
            assert!(text.parse::<BackupObjects>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn nulls_and_unknown_members_are_read_over() {
        let text = r#"[{"DBName":"a","SchemaName":null,"TableIncludes":null,"New":{"x":[1]}}]"#;
        assert_eq!(text.parse::<BackupObjects>(), Ok(BackupObject::database("a").into()));
    }
}
