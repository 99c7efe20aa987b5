//! `BackupObjects` and `RestoreObjects`: which databases and tables are backed up and restored.

use serde::{Deserialize, Serialize};

use crate::rpc::value::json_text::json_text_list;

json_text_list! {
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
    BackupObjects of BackupObject such as r#"[{"DBName":"orders"}]"#, "name at least one database"
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

json_text_list! {
    /// What a restore writes: one or more databases, under their own or new names.
    ///
    /// Wire: `RestoreObjects`, a JSON array carried inside a text. Tables cannot be chosen.
    /// Source: `CreateRestoreTask`.
    ///
    /// ```
    /// use aliyun_dbs::types::{RestoreObject, RestoreObjects};
    ///
    /// let objects = RestoreObjects::from(RestoreObject::database("orders").renamed("orders_2"));
    /// assert_eq!(objects.to_string(), r#"[{"DBName":"orders","NewDBName":"orders_2"}]"#);
    /// ```
    RestoreObjects of RestoreObject such as r#"[{"DBName":"orders"}]"#, "name at least one database"
}

/// One database of [`RestoreObjects`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RestoreObject {
    /// Name of the database in the backup, `DBName`.
    #[serde(rename = "DBName")]
    pub db_name: String,
    /// Name after the restore, `NewDBName`.
    #[serde(rename = "NewDBName", default)]
    pub new_db_name: Option<String>,
    /// Name of the schema in the backup, `SchemaName`; SQL Server only.
    #[serde(rename = "SchemaName", default)]
    pub schema_name: Option<String>,
    /// Name of the schema after the restore, `NewSchemaName`; SQL Server only.
    #[serde(rename = "NewSchemaName", default)]
    pub new_schema_name: Option<String>,
}

impl RestoreObject {
    /// A database, under its own name.
    pub fn database(name: impl Into<String>) -> Self {
        Self { db_name: name.into(), new_db_name: None, schema_name: None, new_schema_name: None }
    }

    /// Restores the database under another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.new_db_name = Some(name.into());
        self
    }

    /// One schema of the database, under its own name; SQL Server only.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema_name = Some(name.into());
        self
    }

    /// Restores that schema under another name; SQL Server only.
    #[must_use]
    pub fn schema_renamed(mut self, name: impl Into<String>) -> Self {
        self.new_schema_name = Some(name.into());
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
    fn one_object_stands_for_a_list_of_one() {
        let one = r#"{"DBName":"a","NewDBName":"b"}"#;
        let expected = RestoreObjects::from(RestoreObject::database("a").renamed("b"));
        assert_eq!(one.parse(), Ok(expected.clone()));
        assert_eq!(one.replace('"', "\\\"").parse(), Ok(expected));
    }

    #[test]
    fn nulls_and_unknown_members_are_read_over() {
        let text = r#"[{"DBName":"a","SchemaName":null,"TableIncludes":null,"New":{"x":[1]}}]"#;
        assert_eq!(text.parse::<BackupObjects>(), Ok(BackupObject::database("a").into()));
    }
}
