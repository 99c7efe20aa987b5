//! `PlanKey`: fleet, name and generation of a plan, from which its client token derives.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::rpc::sign::acs3::payload_hash;
use crate::rpc::value::{ClientToken, InvalidValue};
use crate::rpc::wire::percent_encode;

/// The start of what is hashed for a client token.
const TOKEN_SEED: &str = "aliyun-dbs fleet v1\n";

/// The digits of a client token that derives from a key.
const TOKEN_DIGITS: usize = 40;

/// Names one plan that must exist: fleet, name and generation.
///
/// `Display` writes `fleet/name/generation`, each part percent-encoded, and `FromStr` reads it. Two
/// keys never have the same string, so it can be a row key, a Redis key or an object name.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::workflows::fleet::PlanKey;
///
/// let key = PlanKey::new("prod", "orders nightly", 0)?;
/// assert_eq!(key.to_string(), "prod/orders%20nightly/0");
/// assert_eq!("prod/orders%20nightly/0".parse::<PlanKey>()?, key);
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr,
)]
pub struct PlanKey {
    fleet: Box<str>,
    name: Box<str>,
    generation: u32,
}

impl PlanKey {
    /// The longest fleet and the longest name: 128 characters.
    const MAX_CHARS: usize = 128;

    /// Creates a key.
    ///
    /// # Errors
    ///
    /// If fleet or name is empty, is longer than 128 characters, or has control characters.
    pub fn new(
        fleet: impl Into<String>,
        name: impl Into<String>,
        generation: u32,
    ) -> Result<Self, InvalidValue> {
        let fleet = checked("FleetName", fleet.into())?;
        let name = checked("PlanName", name.into())?;
        Ok(Self { fleet, name, generation })
    }

    /// Returns the name of the fleet.
    pub fn fleet(&self) -> &str {
        &self.fleet
    }

    /// Returns the name of the plan within its fleet.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the generation: how often the plan was deliberately bought again.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Returns the client token of the purchase, which every process derives for this key.
    ///
    /// It does not depend on the purchase: a changed specification must not buy another plan.
    /// No release within a major version changes it.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::workflows::fleet::PlanKey;
    ///
    /// let token = PlanKey::new("prod", "orders", 0)?.client_token();
    /// assert_eq!(token.as_str(), "a91bbc7dc7b8d7ef99598647bb607334c5292c7c");
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "hex digits are a valid token")]
    pub fn client_token(&self) -> ClientToken {
        let Self { fleet, name, generation } = self;
        // With the lengths, `("a", "bc")` and `("ab", "c")` differ.
        let seed = format!("{TOKEN_SEED}{}:{fleet}{}:{name}{generation}", fleet.len(), name.len());
        let hash = payload_hash(seed.as_bytes());
        ClientToken::new(&hash[..TOKEN_DIGITS]).expect("hex digits are a valid token")
    }
}

/// Returns a part of a key, or an error if it is invalid.
fn checked(what: &'static str, value: String) -> Result<Box<str>, InvalidValue> {
    let length = value.chars().count();
    if (1..=PlanKey::MAX_CHARS).contains(&length) && !value.chars().any(char::is_control) {
        return Ok(value.into());
    }
    Err(InvalidValue::new(what, value, "expected 1 to 128 characters without control characters"))
}

impl fmt::Display for PlanKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (fleet, name) = (percent_encode(&self.fleet), percent_encode(&self.name));
        f.pad(&format!("{fleet}/{name}/{}", self.generation))
    }
}

impl FromStr for PlanKey {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        let invalid =
            || InvalidValue::new("PlanKey", value, "expected `fleet/name/generation`, encoded");
        let decode = |part| percent_decode_str(part).decode_utf8().map_err(|_| invalid());
        let mut parts = value.split('/');
        let (Some(fleet), Some(name), Some(generation), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(invalid());
        };
        let generation = generation.parse().map_err(|_| invalid())?;
        let key = Self::new(decode(fleet)?, decode(name)?, generation)?;
        // Each key has one string.
        if key.to_string() == value { Ok(key) } else { Err(invalid()) }
    }
}
