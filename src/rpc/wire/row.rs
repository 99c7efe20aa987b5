//! `Row`: a list item as a row of a table.

use serde::ser::{self, Error as _, Serialize, SerializeStruct, Serializer};
use time::format_description::well_known::Rfc3339;

use crate::rpc::value::lenient::instant_of;

/// An item of a list as a row of a table, such as a line of a CSV file.
///
/// Serialization writes every field of the item, so that all rows have the same columns: serde
/// otherwise leaves out a field that is `None`. A missing value is `None`, a time is written as RFC
/// 3339, and a list or an object as JSON in a string.
///
/// # Examples
///
/// With the `csv` crate, whose writer takes the header line from the first row:
///
/// ```
/// use aliyun_dbs::operations::{BackupPlanDetail, Row};
///
/// fn write(plans: &[BackupPlanDetail]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
///     let mut table = csv::Writer::from_writer(Vec::new());
///     for plan in plans {
///         table.serialize(Row(plan))?;
///     }
///     Ok(table.into_inner()?)
/// }
/// # write(&[]).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a view of one item")]
pub struct Row<'a, T>(
    /// The item.
    pub &'a T,
);

impl<T: Serialize> Serialize for Row<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(RowSerializer { serializer, value: self.0, is_item: true })
    }
}

/// A value of a row.
struct Cell<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for Cell<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(RowSerializer { serializer, value: self.0, is_item: false })
    }
}

/// Serializes an item or one of its values: a scalar as it is, a list or an object as JSON.
struct RowSerializer<'a, S, T: ?Sized> {
    serializer: S,
    /// The value itself, for its JSON.
    value: &'a T,
    /// Whether the fields of the value are the columns.
    is_item: bool,
}

impl<S: Serializer, T: Serialize + ?Sized> RowSerializer<'_, S, T> {
    /// Writes the value as JSON in a string; what serde writes afterwards is ignored.
    fn json(self) -> Result<Written<S::Ok, S::Error>, S::Error> {
        let json = serde_json::to_string(self.value).map_err(S::Error::custom)?;
        Ok(Written(self.serializer.serialize_str(&json)?, std::marker::PhantomData))
    }
}

/// A list or an object that is already written.
struct Written<O, E>(O, std::marker::PhantomData<E>);

/// The fields of a struct.
enum Fields<S: Serializer> {
    Columns(S::SerializeStruct),
    Written(Written<S::Ok, S::Error>),
}

impl<S: Serializer> SerializeStruct for Fields<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        match self {
            Self::Columns(columns) => columns.serialize_field(key, &Cell(value)),
            Self::Written(_) => Ok(()),
        }
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        self.serialize_field(key, &None::<&str>)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self {
            Self::Columns(columns) => columns.end(),
            Self::Written(written) => Ok(written.0),
        }
    }
}

/// Implements the traits of lists and objects by ignoring what is written.
macro_rules! ignore {
    ($($trait:ident::$method:ident($($key:ty)?)),+) => {
        $(impl<O, E: ser::Error> ser::$trait for Written<O, E> {
            type Ok = O;
            type Error = E;

            fn $method<T: Serialize + ?Sized>(
                &mut self,
                $(_: $key,)?
                _: &T,
            ) -> Result<(), E> {
                Ok(())
            }

            fn end(self) -> Result<O, E> {
                Ok(self.0)
            }
        })+
    };
}
ignore! {
    SerializeSeq::serialize_element(),
    SerializeTuple::serialize_element(),
    SerializeTupleStruct::serialize_field(),
    SerializeTupleVariant::serialize_field(),
    SerializeStructVariant::serialize_field(&'static str)
}

impl<O, E: ser::Error> ser::SerializeMap for Written<O, E> {
    type Ok = O;
    type Error = E;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), E> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), E> {
        Ok(())
    }

    fn end(self) -> Result<O, E> {
        Ok(self.0)
    }
}

macro_rules! forward {
    ($($method:ident: $type:ty),+) => {
        $(fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.serializer.$method(value)
        })+
    };
}

impl<S: Serializer, V: Serialize + ?Sized> Serializer for RowSerializer<'_, S, V> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Written<S::Ok, S::Error>;
    type SerializeTuple = Written<S::Ok, S::Error>;
    type SerializeTupleStruct = Written<S::Ok, S::Error>;
    type SerializeTupleVariant = Written<S::Ok, S::Error>;
    type SerializeMap = Written<S::Ok, S::Error>;
    type SerializeStruct = Fields<S>;
    type SerializeStructVariant = Written<S::Ok, S::Error>;

    forward! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_i128: i128, serialize_u8: u8, serialize_u16: u16,
        serialize_u32: u32, serialize_u64: u64, serialize_u128: u128, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8]
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.serializer.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        Cell(value).serialize(self.serializer)
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.serializer.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<S::Ok, S::Error> {
        self.serializer.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.serializer.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        match instant_of(name, value) {
            Some(at) => {
                let text = at.format(&Rfc3339).map_err(S::Error::custom)?;
                self.serializer.serialize_str(&text)
            }
            None => Cell(value).serialize(self.serializer),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        Ok(self.json()?.0)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.json()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.json()
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.json()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.json()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.json()
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Fields<S>, S::Error> {
        if self.is_item {
            return self.serializer.serialize_struct(name, len).map(Fields::Columns);
        }
        self.json().map(Fields::Written)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.json()
    }
}
