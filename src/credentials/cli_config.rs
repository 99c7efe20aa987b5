//! The format of `~/.aliyun/config.json`: profiles, their modes, and the providers of these.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tracing::warn;

use super::fields::{FieldValue, Fields};
use crate::rpc::credentials::{
    CredentialsError, CredentialsProvider, ProcessProvider, UriProvider,
};
use crate::rpc::observe::TARGET;
use crate::rpc::outside::Io;
use crate::sts::{OidcProvider, RamRoleProvider, RoleSession, StsEndpoint};

type Profile = BTreeMap<String, FieldValue>;
type Provider = Result<Arc<dyn CredentialsProvider>, CredentialsError>;

/// The file. A value of another kind is the same as a missing one.
#[derive(Default)]
struct ConfigFile {
    current: Option<FieldValue>,
    profiles: Vec<Profile>,
}

/// An object with fields, or any other value in its place.
struct LenientObject(Option<Profile>);

impl<'de> Deserialize<'de> for LenientObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadProfile).map(Self)
    }
}

macro_rules! ignore_scalars {
    ($($visit:ident: $kind:ty),+) => {$(
        fn $visit<E: de::Error>(self, _: $kind) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    )+};
}

struct ReadProfile;

impl<'de> Visitor<'de> for ReadProfile {
    type Value = Option<Profile>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a profile")
    }

    ignore_scalars!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Profile::new();
        while let Some((name, value)) = map.next_entry::<String, FieldValue>()? {
            value.insert_into(&mut fields, name);
        }
        Ok(Some(fields))
    }
}

struct Profiles(Vec<Profile>);

impl<'de> Deserialize<'de> for Profiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReadProfiles;

        impl<'de> Visitor<'de> for ReadProfiles {
            type Value = Vec<Profile>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of profiles")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Vec::new())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut profiles = Vec::new();
                while let Some(LenientObject(profile)) = list.next_element()? {
                    profiles.extend(profile);
                }
                Ok(profiles)
            }
        }

        deserializer.deserialize_any(ReadProfiles).map(Self)
    }
}

impl<'de> Deserialize<'de> for ConfigFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReadFile;

        impl<'de> Visitor<'de> for ReadFile {
            type Value = ConfigFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `profiles`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut file = ConfigFile::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "current" => file.current = Some(map.next_value()?),
                        "profiles" => file.profiles = map.next_value::<Profiles>()?.0,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(file)
            }
        }

        deserializer.deserialize_map(ReadFile)
    }
}

/// Returns the provider of a profile: of `name`, else of the file's `current`, else of `default`.
pub(super) fn provider(path: &str, content: &str, name: Option<&str>, io: &Io) -> Provider {
    // The message of serde would quote the content.
    let file: ConfigFile =
        serde_json::from_str(content.trim_start_matches('\u{feff}')).map_err(|error| {
            let message = format!(
                "invalid CLI configuration `{path}`: expected a JSON object with `profiles` (error \
                 at line {}, column {})",
                error.line(),
                error.column()
            );
            if error.is_eof() {
                // The file may be about to be written.
                CredentialsError::transient(message)
            } else {
                CredentialsError::new(message)
            }
        })?;
    let current = match &file.current {
        Some(FieldValue::Text(current)) => Some(current.expose()),
        Some(FieldValue::Other(kind)) if name.is_none() => {
            return Err(CredentialsError::new(format!(
                "invalid CLI configuration `{path}`: expected a string for `current`, got {kind}"
            )));
        }
        _ => None,
    };
    let profiles = ProfileResolver { path, profiles: &file.profiles, io };
    let requested = name.or(current).unwrap_or("default");
    let Some(profile) = profiles.find(requested) else {
        return Err(CredentialsError::not_configured(match (name, current) {
            // The file may contain a secret in a wrong place.
            (None, Some(_)) => {
                format!("the profile that `current` names does not exist in `{path}`")
            }
            _ => format!("profile `{requested}` not found in `{path}`"),
        }));
    };
    profiles.provider(requested, profile, &mut Vec::new())
}

/// The fields of credentials that any reader of the vendor knows.
const CREDENTIAL_FIELDS: [&str; 24] = [
    "access_key_id",
    "access_key_secret",
    "sts_token",
    "ram_role_arn",
    "ram_role_name",
    "ram_session_name",
    "role_session_name",
    "expired_seconds",
    "duration_seconds",
    "policy",
    "external_id",
    "sts_region",
    "sts_endpoint",
    "enable_vpc",
    "oidc_provider_arn",
    "oidc_token_file",
    "source_profile",
    "process_command",
    "credentials_uri",
    "private_key",
    "key_pair_name",
    "bearer_token",
    "cloud_sso_sign_in_url",
    "oauth_refresh_token",
];

const MODES: &str = "`AK`, `StsToken`, `RamRoleArn`, `EcsRamRole`, `RamRoleArnWithRoleName`, \
                     `OIDC`, `ChainableRamRoleArn`, `CredentialsURI` or `External`";

/// The modes that are read.
const SUPPORTED: [&str; 9] = [
    "AK",
    "StsToken",
    "RamRoleArn",
    "EcsRamRole",
    "RamRoleArnWithRoleName",
    "OIDC",
    "ChainableRamRoleArn",
    "CredentialsURI",
    "External",
];

/// The other modes of the tool, and why they are not supported.
const UNSUPPORTED: [(&str, &str); 5] = [
    ("CloudSSO", "needs a person to log in"),
    ("OAuth", "needs a person to log in"),
    ("RsaKeyPair", "signs with an RSA key"),
    ("BearerToken", "does not sign requests"),
    ("Anonymous", "does not sign requests"),
];

/// Returns the mode that the tool recognizes for a profile without one.
fn recognize_mode(fields: &Fields<'_>) -> Option<&'static str> {
    let has = |names: &[&str]| names.iter().all(|name| fields.has(name));
    let key = ["access_key_id", "access_key_secret"];
    Some(match () {
        () if has(&key) && has(&["sts_token"]) => "StsToken",
        () if has(&key) && has(&["ram_role_arn"]) => "RamRoleArn",
        () if has(&key) => "AK",
        () if has(&["private_key", "key_pair_name"]) => "RsaKeyPair",
        () if has(&["ram_role_name"]) => "EcsRamRole",
        () if has(&["process_command"]) => "External",
        () if has(&["oidc_provider_arn", "oidc_token_file", "ram_role_arn"]) => "OIDC",
        () if has(&["cloud_sso_sign_in_url"]) => "CloudSSO",
        () if has(&["bearer_token"]) => "BearerToken",
        () => return None,
    })
}

/// Creates the providers of the profiles of one file.
struct ProfileResolver<'a> {
    path: &'a str,
    profiles: &'a [Profile],
    io: &'a Io,
}

impl<'a> ProfileResolver<'a> {
    /// Returns the first profile of a name, as the vendor's readers do.
    fn find(&self, name: &str) -> Option<&'a Profile> {
        self.profiles.iter().find(|profile| {
            matches!(profile.get("name"), Some(FieldValue::Text(known)) if known.expose() == name)
        })
    }

    /// `dependents` are the profiles that have this one as their source, directly or not.
    fn provider(&self, name: &str, profile: &Profile, dependents: &mut Vec<String>) -> Provider {
        let place = format!("profile `{}` in `{}`", name.escape_debug(), self.path);
        let fields = Fields::new(place, profile);
        let mode = match fields.text("mode")? {
            Some(mode) => mode,
            None => match recognize_mode(&fields) {
                Some(mode) => mode.to_owned(),
                None if fields.unread(&CREDENTIAL_FIELDS).is_empty() => {
                    return Err(CredentialsError::not_configured(format!(
                        "{} is not configured",
                        fields.place()
                    )));
                }
                None => return Err(fields.invalid(&format!("missing `mode`; expected {MODES}"))),
            },
        };
        if mode == "AK" && !fields.has("access_key_id") && !fields.has("access_key_secret") {
            // The tool writes such a profile before it is configured.
            return Err(CredentialsError::not_configured(format!(
                "{} has no access key",
                fields.place()
            )));
        }
        let provider = self.provider_of_mode(name, &mode, &fields, dependents)?;
        let mut unread = fields.unread(&CREDENTIAL_FIELDS);
        if mode == "External" {
            // Other readers write the output of the program into the profile.
            unread.retain(|field| !CREDENTIAL_FIELDS[..3].contains(field));
        }
        if !unread.is_empty() {
            warn!(
                target: TARGET,
                "{}: mode `{mode}` does not use `{}`",
                fields.place(),
                unread.join("`, `"),
            );
        }
        Ok(provider)
    }

    fn provider_of_mode(
        &self,
        name: &str,
        mode: &str,
        fields: &Fields<'_>,
        dependents: &mut Vec<String>,
    ) -> Provider {
        let io = || self.io.clone();
        Ok(match mode {
            "AK" => Arc::new(fields.access_key(None)?),
            "StsToken" => {
                let key = fields.access_key(Some("sts_token"))?;
                key.security_token().ok_or_else(|| fields.missing("sts_token"))?;
                Arc::new(key)
            }
            "RamRoleArn" => self.role(fields, fields.access_key(Some("sts_token"))?)?,
            "EcsRamRole" => Arc::new(fields.instance_role("ram_role_name", self.io)?),
            "RamRoleArnWithRoleName" => {
                self.role(fields, fields.instance_role("ram_role_name", self.io)?)?
            }
            "OIDC" => {
                let provider = fields.required("oidc_provider_arn")?;
                let file = fields.required("oidc_token_file")?;
                let session = session(fields)?;
                let oidc = OidcProvider::new(provider, file, session, io());
                Arc::new(oidc.endpoint(self.endpoint(fields)?))
            }
            "ChainableRamRoleArn" => {
                let source = self.source(name, fields, dependents)?;
                self.role(fields, source)?
            }
            "CredentialsURI" => match fields.secret("credentials_uri")? {
                Some(uri) => Arc::new(UriProvider::new(uri, io())),
                None => Arc::new(
                    UriProvider::from_env(io()).map_err(|_| fields.missing("credentials_uri"))?,
                ),
            },
            "External" => {
                Arc::new(ProcessProvider::new(fields.required_secret("process_command")?, io()))
            }
            mode => return Err(unknown_mode(fields, mode)),
        })
    }

    /// Returns the provider of the role, which the source credentials assume.
    fn role(
        &self,
        fields: &Fields<'_>,
        source: impl CredentialsProvider + 'static,
    ) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
        let mut session = session(fields)?;
        if let Some(id) = fields.text("external_id")? {
            session = session.external_id(id);
        }
        let role = RamRoleProvider::new(source, session, self.io.clone());
        Ok(Arc::new(role.endpoint(self.endpoint(fields)?)))
    }

    fn endpoint(&self, fields: &Fields<'_>) -> Result<StsEndpoint, CredentialsError> {
        let (host, region) = (fields.text("sts_endpoint")?, fields.text("sts_region")?);
        let vpc = fields.flag("enable_vpc")?.unwrap_or(false);
        Ok(StsEndpoint::from_env(self.io).with_profile(host, region, vpc))
    }

    /// Returns the provider of the profile that `source_profile` names.
    fn source(&self, name: &str, fields: &Fields<'_>, dependents: &mut Vec<String>) -> Provider {
        let source = fields.required("source_profile")?;
        dependents.push(name.to_owned());
        if dependents.contains(&source) {
            dependents.push(source);
            let cycle = dependents.join(" -> ");
            let cycle = cycle.escape_debug();
            return Err(fields.invalid(&format!("`source_profile` forms a cycle: {cycle}")));
        }
        let profile = self
            .find(&source)
            .ok_or_else(|| fields.invalid("its `source_profile` does not exist in the file"))?;
        self.provider(&source, profile, dependents).map_err(|error| match error {
            // The profile that names it configures it.
            error if error.is_not_configured() => error.with_message(error.to_string()),
            error => error,
        })
    }
}

/// Returns the session of the role.
fn session(fields: &Fields<'_>) -> Result<RoleSession, CredentialsError> {
    let mut session = RoleSession::new(fields.required("ram_role_arn")?);
    // One of the vendor's packages reads `role_session_name`, another one `duration_seconds`.
    let names = (fields.text("ram_session_name")?, fields.text("role_session_name")?);
    if let Some(name) = one_of(fields, names, "ram_session_name", "role_session_name")? {
        session = session.session_name(name);
    }
    let seconds = (fields.seconds("expired_seconds")?, fields.seconds("duration_seconds")?);
    let seconds = (seconds.0.filter(|&s| s > 0), seconds.1.filter(|&s| s > 0));
    if let Some(seconds) = one_of(fields, seconds, "expired_seconds", "duration_seconds")? {
        session = session.duration_seconds(seconds);
    }
    if let Some(policy) = fields.text("policy")? {
        session = session.policy(policy);
    }
    Ok(session)
}

/// Returns the value of two names of one field, which must not contradict each other.
fn one_of<T: PartialEq>(
    fields: &Fields<'_>,
    values: (Option<T>, Option<T>),
    first: &str,
    second: &str,
) -> Result<Option<T>, CredentialsError> {
    match values {
        (Some(one), Some(other)) if one != other => {
            Err(fields.invalid(&format!("`{first}` and `{second}` differ; remove one of them")))
        }
        (one, other) => Ok(one.or(other)),
    }
}

fn unknown_mode(fields: &Fields<'_>, mode: &str) -> CredentialsError {
    if let Some((known, why)) = UNSUPPORTED.iter().find(|(known, _)| *known == mode) {
        return fields.invalid(&format!("unsupported `mode` `{known}`, which {why}; use {MODES}"));
    }
    // Any other value may be a secret in a wrong place.
    let similar = SUPPORTED.iter().find(|known| known.eq_ignore_ascii_case(mode));
    match similar {
        Some(known) => fields.invalid(&format!("unknown `mode`: did you mean `{known}`?")),
        None => fields.invalid(&format!("unknown `mode`; expected {MODES}")),
    }
}
