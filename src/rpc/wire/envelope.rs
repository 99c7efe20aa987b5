//! The envelope of a response: the fields that every response has besides the operation's own.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

use super::lenient::Lenient;
use crate::rpc::value::scalar::{FromScalar, Scalar, ValueKind, read_value};

/// The names of the envelope fields of an API's responses.
///
/// If a response has a field under several names, the first name in the list has precedence. The
/// client removes these fields from every response before it decodes the response type.
///
/// An API that sends its own code field and also the gateway's `Code` lists `Code` after its own
/// name in [`code`](Self::code). In a response whose success flag is false, it is then the code of
/// the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "an API adds its names to those of `GATEWAY`")]
pub struct EnvelopeFields {
    /// The request id.
    pub request_id: &'static [&'static str],
    /// The HTTP status, repeated in the body.
    pub http_status: &'static [&'static str],
    /// The success flag: whether the operation succeeded.
    pub success: &'static [&'static str],
    /// The error code.
    pub code: &'static [&'static str],
    /// The error message.
    pub message: &'static [&'static str],
}

impl EnvelopeFields {
    /// The fields that the gateway adds to the responses of every API.
    pub const GATEWAY: Self = Self {
        request_id: &["RequestId"],
        http_status: &[],
        success: &[],
        code: &[],
        message: &[],
    };

    /// Returns the field of this name, and the rank of the name among the names of the field.
    #[inline]
    fn find(&self, name: &str) -> Option<(EnvelopeField, usize)> {
        let rank = |names: &[&str]| names.iter().position(|known| *known == name);
        None.or_else(|| Some((EnvelopeField::RequestId, rank(self.request_id)?)))
            .or_else(|| Some((EnvelopeField::HttpStatus, rank(self.http_status)?)))
            .or_else(|| Some((EnvelopeField::Success, rank(self.success)?)))
            .or_else(|| Some((EnvelopeField::Code, rank(self.code)?)))
            .or_else(|| Some((EnvelopeField::Message, rank(self.message)?)))
    }
}

/// The envelope of one response.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) request_id: Option<String>,
    pub(crate) http_status: Option<u16>,
    /// Decides whether the operation succeeded, whatever the code is.
    pub(crate) success: Option<SuccessFlag>,
    /// The error code of the service.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) gateway: GatewayError,
    /// The names of the fields that the response type has.
    pub(super) own_fields: &'static [&'static str],
}

/// The fields of an error of the gateway itself, which rejects requests before the service.
///
/// Read only if a response may be an error, because the type of a successful response may have
/// fields of these names.
#[derive(Debug, Default)]
pub(crate) struct GatewayError {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// The link to the gateway's troubleshooting page.
    pub(crate) recommend: Option<String>,
}

/// The success flag of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SuccessFlag {
    Yes,
    No,
    /// A value that is neither true nor false.
    Unclear,
}

impl FromScalar for SuccessFlag {
    const EXPECTED: &'static str = "`true` or `false`, or a string with one";

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Ok(match (bool::from_scalar(scalar), scalar) {
            (Ok(true), _) | (Err(_), Scalar::Unsigned(1)) => Self::Yes,
            (Ok(false), _) | (Err(_), Scalar::Unsigned(0)) => Self::No,
            (Err(_), _) => Self::Unclear,
        })
    }
}

/// A field of the envelope, or of an error of the gateway.
#[derive(Clone, Copy)]
enum EnvelopeField {
    RequestId,
    HttpStatus,
    Success,
    Code,
    Message,
    GatewayRequestId,
    GatewayCode,
    GatewayMessage,
    Recommend,
}

impl EnvelopeField {
    /// Returns the field of a gateway error, whose names start with a capital or a small letter.
    #[inline]
    fn of_gateway(name: &str) -> Option<(Self, usize)> {
        Some(match name {
            "Code" => (Self::GatewayCode, 0),
            "code" => (Self::GatewayCode, 1),
            "Message" => (Self::GatewayMessage, 0),
            "message" => (Self::GatewayMessage, 1),
            "Recommend" => (Self::Recommend, 0),
            "requestId" => (Self::GatewayRequestId, 1),
            _ => return None,
        })
    }
}

impl Envelope {
    /// Sets a field that was found under a name of this rank.
    ///
    /// Ignores a value that cannot be read, because it must not fail the response.
    fn set(&mut self, (field, rank): (EnvelopeField, usize), scalar: Scalar<'_>) {
        fn set<T: FromScalar>(slot: &mut Option<T>, rank: usize, scalar: Scalar<'_>) {
            if (rank == 0 || slot.is_none())
                && !matches!(scalar, Scalar::String(""))
                && let Ok(value) = T::from_scalar(scalar)
            {
                *slot = Some(value);
            }
        }
        let slot = match field {
            EnvelopeField::HttpStatus => return set(&mut self.http_status, rank, scalar),
            EnvelopeField::Success => {
                let earlier = self.success;
                set(&mut self.success, rank, scalar);
                if earlier.is_some() && earlier != self.success {
                    self.success = Some(SuccessFlag::Unclear);
                }
                return;
            }
            // A flag is neither an id nor a code.
            _ if matches!(scalar, Scalar::Bool(_)) => return,
            EnvelopeField::RequestId | EnvelopeField::GatewayRequestId => &mut self.request_id,
            EnvelopeField::Code => &mut self.code,
            EnvelopeField::Message => &mut self.message,
            EnvelopeField::GatewayCode => &mut self.gateway.code,
            EnvelopeField::GatewayMessage => &mut self.gateway.message,
            EnvelopeField::Recommend => &mut self.gateway.recommend,
        };
        set(slot, rank, scalar);
    }
}

/// Deserializes an object without its envelope, which it stores; the rest is read leniently.
pub(super) struct EnvelopeDeserializer<'e, D> {
    inner: Lenient<'e, D>,
    names: EnvelopeNames<'e>,
    envelope: &'e mut Envelope,
}

impl<'e, D> EnvelopeDeserializer<'e, D> {
    pub(super) fn new(
        inner: Lenient<'e, D>,
        names: EnvelopeNames<'e>,
        envelope: &'e mut Envelope,
    ) -> Self {
        Self { inner, names, envelope }
    }
}

/// The names that are fields of the envelope.
#[derive(Clone, Copy)]
pub(super) enum EnvelopeNames<'e> {
    /// Those of the API. All others belong to the response type, which skips unknown ones.
    Api(&'e EnvelopeFields),
    /// Those of the API and of gateway errors.
    ApiAndGateway(&'e EnvelopeFields),
}

/// The envelope fields that a name stands for, to the API and to the gateway.
#[derive(Clone, Copy, Default)]
struct FieldMatches {
    api: Option<(EnvelopeField, usize)>,
    gateway: Option<(EnvelopeField, usize)>,
}

impl EnvelopeNames<'_> {
    #[inline]
    fn find(self, name: &str) -> Option<FieldMatches> {
        let matches = match self {
            Self::Api(fields) => FieldMatches { api: fields.find(name), gateway: None },
            Self::ApiAndGateway(fields) => {
                FieldMatches { api: fields.find(name), gateway: EnvelopeField::of_gateway(name) }
            }
        };
        (matches.api.is_some() || matches.gateway.is_some()).then_some(matches)
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for EnvelopeDeserializer<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let Self { inner, names, envelope } = self;
        inner.deserialize_map(EnvelopeVisitor { visitor, names, envelope })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let Self { inner, names, envelope } = self;
        envelope.own_fields = fields;
        inner.deserialize_struct(name, fields, EnvelopeVisitor { visitor, names, envelope })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
        ignored_any
    }
}

struct EnvelopeVisitor<'e, V> {
    visitor: V,
    names: EnvelopeNames<'e>,
    envelope: &'e mut Envelope,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for EnvelopeVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let Self { visitor, names, envelope } = self;
        visitor.visit_map(EnvelopeMapAccess { map, names, envelope })
    }
}

struct EnvelopeMapAccess<'e, A> {
    map: A,
    names: EnvelopeNames<'e>,
    envelope: &'e mut Envelope,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for EnvelopeMapAccess<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        loop {
            let key = ResponseKeySeed { seed: &mut seed, names: self.names };
            match self.map.next_key_seed(key)? {
                None => return Ok(None),
                Some(ResponseKey::Own(key)) => return Ok(Some(key)),
                Some(ResponseKey::Envelope(matches)) => {
                    self.map
                        .next_value_seed(EnvelopeFieldSeed { matches, envelope: self.envelope })?;
                }
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A key of a response: of the envelope, or of the response type.
enum ResponseKey<K> {
    Envelope(FieldMatches),
    Own(K),
}

/// Reads a key: envelope names are recognized, the seed of the response type reads the others.
struct ResponseKeySeed<'s, K> {
    seed: &'s mut Option<K>,
    names: EnvelopeNames<'s>,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for ResponseKeySeed<'_, K> {
    type Value = ResponseKey<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for ResponseKeySeed<'_, K> {
    type Value = ResponseKey<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        if let Some(matches) = self.names.find(name) {
            return Ok(ResponseKey::Envelope(matches));
        }
        let seed =
            self.seed.take().ok_or_else(|| E::custom("the same field name was read twice"))?;
        seed.deserialize(name.into_deserializer()).map(ResponseKey::Own)
    }
}

/// Reads the value of an envelope field and stores it.
struct EnvelopeFieldSeed<'e> {
    matches: FieldMatches,
    envelope: &'e mut Envelope,
}

impl<'de> DeserializeSeed<'de> for EnvelopeFieldSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        read_value(deserializer, |kind| {
            if let ValueKind::Scalar(scalar) = kind {
                for field in [self.matches.api, self.matches.gateway].into_iter().flatten() {
                    self.envelope.set(field, scalar);
                }
            }
            Ok(())
        })
    }
}
