//! `BackupObjects` and `RestoreObjects`: the databases and tables to back up and to restore.

use serde::{Deserialize, Serialize};

use crate::rpc::value::json_text::json_text_list;

json_text_list! {
    /// The databases that a plan backs up, each in full or in part.
    ///
    /// The list is never empty. One object and an array of up to 16 convert into it, and a `Vec` with
    /// a check. On the wire it is a string that holds a JSON array; responses escape the quotes once
    /// more, and that form is read too.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan),
    /// [`ModifyBackupObjects`](crate::operations::ModifyBackupObjects).
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::types::{BackupObject, BackupObjects};
    ///
    /// let objects = BackupObjects::from([
    ///     BackupObject::database("crm"),
    ///     BackupObject::database("orders").include_table("item").exclude_table("item_tmp"),
    /// ]);
    /// assert!(objects.to_string().starts_with(r#"[{"DBName":"crm"},{"DBName":"orders""#));
    /// ```
    BackupObjects of BackupObject such as r#"[{"DBName":"orders"}]"#, "expected at least one database"
}

/// One database of [`BackupObjects`], in full or with selected tables.
///
/// Names may contain the patterns `.`, `*`, `?`, `[..]`, `[^..]` and `[a-z]`.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BackupObject {
    /// The name of the database.
    #[serde(rename = "DBName")]
    pub db_name: String,
    /// The name of the schema. For SQL Server only.
    #[serde(rename = "SchemaName", default)]
    pub schema_name: Option<String>,
    /// The tables to back up. Defaults to all.
    #[serde(
        rename = "TableIncludes",
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_empty"
    )]
    pub table_includes: Vec<BackupTable>,
    /// The tables to exclude from the backup. Defaults to none.
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
    /// The name of the table.
    #[serde(rename = "TableName")]
    pub table_name: String,
}

impl BackupObject {
    /// Selects a database with all its tables.
    pub fn database(name: impl Into<String>) -> Self {
        Self {
            db_name: name.into(),
            schema_name: None,
            table_includes: Vec::new(),
            table_excludes: Vec::new(),
        }
    }

    /// Selects one schema of the database. For SQL Server only.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema_name = Some(name.into());
        self
    }

    /// Adds a table to back up. Tables that are not added are excluded.
    #[must_use]
    pub fn include_table(mut self, name: impl Into<String>) -> Self {
        self.table_includes.push(BackupTable { table_name: name.into() });
        self
    }

    /// Adds a table to exclude from the backup.
    #[must_use]
    pub fn exclude_table(mut self, name: impl Into<String>) -> Self {
        self.table_excludes.push(BackupTable { table_name: name.into() });
        self
    }
}

json_text_list! {
    /// The databases to restore, under their old or new names.
    ///
    /// The list is never empty, and single tables cannot be selected. On the wire it is a string
    /// that holds a JSON array. Source: [`CreateRestoreTask`](crate::operations::CreateRestoreTask).
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::types::{RestoreObject, RestoreObjects};
    ///
    /// let objects = RestoreObjects::from(RestoreObject::database("orders").renamed("orders_2"));
    /// assert_eq!(objects.to_string(), r#"[{"DBName":"orders","NewDBName":"orders_2"}]"#);
    /// ```
    RestoreObjects of RestoreObject such as r#"[{"DBName":"orders"}]"#, "expected at least one database"
}

/// One database of [`RestoreObjects`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RestoreObject {
    /// The name of the database in the backup.
    #[serde(rename = "DBName")]
    pub db_name: String,
    /// The name of the database after the restore. Defaults to the old name.
    #[serde(rename = "NewDBName", default)]
    pub new_db_name: Option<String>,
    /// The name of the schema in the backup. For SQL Server only.
    #[serde(rename = "SchemaName", default)]
    pub schema_name: Option<String>,
    /// The name of the schema after the restore. For SQL Server only.
    #[serde(rename = "NewSchemaName", default)]
    pub new_schema_name: Option<String>,
}

impl RestoreObject {
    /// Selects a database, which keeps its name.
    pub fn database(name: impl Into<String>) -> Self {
        Self { db_name: name.into(), new_db_name: None, schema_name: None, new_schema_name: None }
    }

    /// Sets a new name for the restored database.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.new_db_name = Some(name.into());
        self
    }

    /// Selects one schema of the database, which keeps its name. For SQL Server only.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema_name = Some(name.into());
        self
    }

    /// Sets a new name for the restored schema. For SQL Server only.
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
    fn plain_and_escaped_json_is_read() {
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
    fn lists_convert_from_and_into_collections() {
        let names = ["a", "b"];
        let list = BackupObjects::from(names.map(BackupObject::database));
        let vec: Vec<_> = names.into_iter().map(BackupObject::database).collect();
        assert_eq!(vec.clone().try_into(), Ok(list.clone()));
        assert_eq!((list.len(), list.as_ref()), (2, &vec[..]));
        let borrowed: Vec<_> = (&list).into_iter().map(|object| &object.db_name).collect();
        assert_eq!(borrowed, names);
        assert_eq!(list.iter().count(), 2);
        assert_eq!(list.into_iter().collect::<Vec<_>>(), vec);
        let error = BackupObjects::try_from(Vec::new()).unwrap_err().to_string();
        assert_eq!(error, "invalid backup objects `[]`: expected at least one database");
    }

    #[test]
    fn invalid_lists_are_rejected() {
        for text in ["", "[]", "orders", r#"[{"TableName":"x"}]"#, "{"] {
            assert!(text.parse::<BackupObjects>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn one_object_is_read_as_a_list_of_one() {
        let one = r#"{"DBName":"a","NewDBName":"b"}"#;
        let expected = RestoreObjects::from(RestoreObject::database("a").renamed("b"));
        assert_eq!(one.parse(), Ok(expected.clone()));
        assert_eq!(one.replace('"', "\\\"").parse(), Ok(expected));
    }

    #[test]
    fn nulls_and_unknown_fields_are_ignored() {
        let text = r#"[{"DBName":"a","SchemaName":null,"TableIncludes":null,"New":{"x":[1]}}]"#;
        assert_eq!(text.parse::<BackupObjects>(), Ok(BackupObject::database("a").into()));
    }
}
