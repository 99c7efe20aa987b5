//! The envelope of a response: what every response carries besides the operation's fields.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

use super::lenient::Lenient;
use crate::rpc::value::scalar::{Found, FromScalar, Scalar, read};

/// The names that an API gives to the fields of its envelope.
///
/// Where a field has several names, the first is preferred. These fields are taken out of every
/// response before its type sees it. An API that writes the gateway's `Code` beside its own code
/// lists it behind that: in a response without success it is then the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "an API lists its names on top of `GATEWAY`'s")]
pub struct EnvelopeFields {
    /// Id of the request.
    pub request_id: &'static [&'static str],
    /// HTTP status, repeated in the body.
    pub http_status: &'static [&'static str],
    /// Whether the operation succeeded.
    pub success: &'static [&'static str],
    /// Error code.
    pub code: &'static [&'static str],
    /// Error message.
    pub message: &'static [&'static str],
}

impl EnvelopeFields {
    /// What the gateway adds to the responses of every API.
    pub const GATEWAY: Self = Self {
        request_id: &["RequestId"],
        http_status: &[],
        success: &[],
        code: &[],
        message: &[],
    };

    /// The field of this name, and the place of the name among the field's names.
    #[inline]
    fn find(&self, name: &str) -> Option<(Field, usize)> {
        let place = |names: &[&str]| names.iter().position(|known| *known == name);
        None.or_else(|| Some((Field::RequestId, place(self.request_id)?)))
            .or_else(|| Some((Field::HttpStatus, place(self.http_status)?)))
            .or_else(|| Some((Field::Success, place(self.success)?)))
            .or_else(|| Some((Field::Code, place(self.code)?)))
            .or_else(|| Some((Field::Message, place(self.message)?)))
    }
}

/// What every response carries.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) request_id: Option<String>,
    pub(crate) http_status: Option<u16>,
    /// Decides success; the code does not.
    pub(crate) success: Option<Success>,
    /// The service's own error code.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) gateway: Gateway,
}

/// What the gateway says when it refuses a request itself. Read only where a response may be a
/// refusal, since the type of a success may have fields of these names.
#[derive(Debug, Default)]
pub(crate) struct Gateway {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// The gateway's pointer to its troubleshooting page.
    pub(crate) recommend: Option<String>,
}

/// What a response says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Success {
    Yes,
    No,
    /// Something is said, and it is neither.
    Unclear,
}

impl FromScalar for Success {
    const EXPECTED: &'static str = "true or false, or its text";

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Ok(match (bool::from_scalar(scalar), scalar) {
            (Ok(true), _) | (Err(_), Scalar::Unsigned(1)) => Self::Yes,
            (Ok(false), _) | (Err(_), Scalar::Unsigned(0)) => Self::No,
            (Err(_), _) => Self::Unclear,
        })
    }
}

#[derive(Clone, Copy)]
enum Field {
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

impl Field {
    /// A field of the gateway's refusals, which come in either case.
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
    /// Keeps what was found under the name at this place of the field's names. What cannot be read
    /// is treated as absent, because it must not cost the response.
    fn keep(&mut self, (field, place): (Field, usize), found: Scalar<'_>) {
        fn set<T: FromScalar>(slot: &mut Option<T>, place: usize, found: Scalar<'_>) {
            if (place == 0 || slot.is_none())
                && !matches!(found, Scalar::Text(""))
                && let Ok(value) = T::from_scalar(found)
            {
                *slot = Some(value);
            }
        }
        let slot = match field {
            Field::HttpStatus => return set(&mut self.http_status, place, found),
            Field::Success => return set(&mut self.success, place, found),
            // A flag is neither an id nor a code.
            _ if matches!(found, Scalar::Bool(_)) => return,
            Field::RequestId | Field::GatewayRequestId => &mut self.request_id,
            Field::Code => &mut self.code,
            Field::Message => &mut self.message,
            Field::GatewayCode => &mut self.gateway.code,
            Field::GatewayMessage => &mut self.gateway.message,
            Field::Recommend => &mut self.gateway.recommend,
        };
        set(slot, place, found);
    }
}

/// A deserializer of an object that takes the envelope out, and reads all the rest leniently.
pub(super) struct Peeled<'e, D> {
    inner: Lenient<D>,
    names: Names<'e>,
    envelope: &'e mut Envelope,
}

impl<'e, D> Peeled<'e, D> {
    pub(super) fn new(inner: D, names: Names<'e>, envelope: &'e mut Envelope) -> Self {
        Self { inner: Lenient::new(inner), names, envelope }
    }
}

/// Which names are fields of the envelope.
#[derive(Clone, Copy)]
pub(super) enum Names<'e> {
    /// Those of the API. All others are the type's, and what it does not have is skipped unread.
    Api(&'e EnvelopeFields),
    /// Those of the API and of the gateway's refusals.
    ApiAndGateway(&'e EnvelopeFields),
}

/// What a field of the envelope is to the API, and to the gateway.
#[derive(Clone, Copy, Default)]
struct Roles {
    api: Option<(Field, usize)>,
    gateway: Option<(Field, usize)>,
}

impl Names<'_> {
    #[inline]
    fn roles(self, name: &str) -> Option<Roles> {
        let roles = match self {
            Self::Api(fields) => Roles { api: fields.find(name), gateway: None },
            Self::ApiAndGateway(fields) => {
                Roles { api: fields.find(name), gateway: Field::of_gateway(name) }
            }
        };
        (roles.api.is_some() || roles.gateway.is_some()).then_some(roles)
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Peeled<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let Self { inner, names, envelope } = self;
        inner.deserialize_map(PeeledVisitor { visitor, names, envelope })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

struct PeeledVisitor<'e, V> {
    visitor: V,
    names: Names<'e>,
    envelope: &'e mut Envelope,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for PeeledVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let Self { visitor, names, envelope } = self;
        visitor.visit_map(PeeledMap { map, names, envelope })
    }
}

struct PeeledMap<'e, A> {
    map: A,
    names: Names<'e>,
    envelope: &'e mut Envelope,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for PeeledMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        loop {
            let key = KeySeed { seed: &mut seed, names: self.names };
            match self.map.next_key_seed(key)? {
                None => return Ok(None),
                Some(Key::Own(key)) => return Ok(Some(key)),
                Some(Key::Envelope(roles)) => {
                    self.map.next_value_seed(Kept { roles, envelope: self.envelope })?;
                }
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

enum Key<K> {
    Envelope(Roles),
    Own(K),
}

/// Looks at a key before the operation's type does; the seed is used for the first key of its own.
struct KeySeed<'s, K> {
    seed: &'s mut Option<K>,
    names: Names<'s>,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<'_, K> {
    type Value = Key<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for KeySeed<'_, K> {
    type Value = Key<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        if let Some(roles) = self.names.roles(name) {
            return Ok(Key::Envelope(roles));
        }
        let seed = self.seed.take().ok_or_else(|| E::custom("a key was asked for twice"))?;
        seed.deserialize(name.into_deserializer()).map(Key::Own)
    }
}

/// Reads a field of the envelope.
struct Kept<'e> {
    roles: Roles,
    envelope: &'e mut Envelope,
}

impl<'de> DeserializeSeed<'de> for Kept<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        read(deserializer, |found| {
            if let Found::Scalar(scalar) = found {
                for field in [self.roles.api, self.roles.gateway].into_iter().flatten() {
                    self.envelope.keep(field, scalar);
                }
            }
            Ok(())
        })
    }
}
