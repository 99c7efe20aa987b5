//! `ObjectForm`: the databases and tables of a plan as a file has them.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_with::{DeserializeAs, SerializeAs};

use crate::v2019_03_06::types::BackupObject;

/// A database, and which of its tables to back up: a name, or a map.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(super) enum ObjectForm {
    /// The name of a database, which is backed up as a whole.
    Database(String),
    /// A database of which a part is backed up.
    Part(ObjectPart),
}

#[serde_with::skip_serializing_none]
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectPart {
    /// The name of the database.
    database: String,
    /// The schema within the database. Defaults to all.
    schema: Option<String>,
    /// The tables to back up. Defaults to all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    include_tables: Vec<String>,
    /// The tables to leave out. Defaults to none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exclude_tables: Vec<String>,
}

impl From<&BackupObject> for ObjectForm {
    fn from(object: &BackupObject) -> Self {
        let names = |tables: &[crate::v2019_03_06::types::BackupTable]| {
            tables.iter().map(|table| table.table_name.clone()).collect::<Vec<_>>()
        };
        let part = ObjectPart {
            database: object.db_name.clone(),
            schema: object.schema_name.clone(),
            include_tables: names(&object.table_includes),
            exclude_tables: names(&object.table_excludes),
        };
        if *object == BackupObject::database(&object.db_name) {
            return Self::Database(part.database);
        }
        Self::Part(part)
    }
}

impl From<ObjectPart> for BackupObject {
    fn from(part: ObjectPart) -> Self {
        let mut object = Self::database(part.database);
        object.schema_name = part.schema;
        let object = part.include_tables.into_iter().fold(object, Self::include_table);
        part.exclude_tables.into_iter().fold(object, Self::exclude_table)
    }
}

impl SerializeAs<BackupObject> for ObjectForm {
    fn serialize_as<S: Serializer>(
        object: &BackupObject,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Self::from(object).serialize(serializer)
    }
}

impl<'de> DeserializeAs<'de, BackupObject> for ObjectForm {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<BackupObject, D::Error> {
        deserializer.deserialize_any(ObjectVisitor)
    }
}

/// Reads both forms with the lines of errors, which serde's untagged enums lose.
struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = BackupObject;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a database, or a map with `database`")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<BackupObject, E> {
        Ok(BackupObject::database(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BackupObject, A::Error> {
        ObjectPart::deserialize(MapAccessDeserializer::new(map)).map(BackupObject::from)
    }
}
