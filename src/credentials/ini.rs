//! `IniFileProvider`: a section of the file `~/.alibabacloud/credentials`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_trait::async_trait;

use crate::rpc::credentials::{
    Credentials, CredentialsError, CredentialsProvider, EcsRamRoleProvider,
};
use crate::rpc::outside::{Io, is_absent};
use crate::rpc::value::Secret;
use crate::sts::{OidcProvider, RamRoleProvider, RoleSession};

const FILE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

/// Reads a section of the ini file of the vendor's SDKs.
///
/// | variable | value |
/// | --- | --- |
/// | `ALIBABA_CLOUD_CREDENTIALS_FILE` | The path of the file. Defaults to `.alibabacloud/credentials`, or else `.alibabacloud/credentials.ini`, in the home directory (`HOME` or `USERPROFILE`). |
/// | `ALIBABA_CLOUD_PROFILE` | The name of the section. Defaults to `default`. |
///
/// The `type` of the section selects the provider and the keys:
///
/// | type | credentials | required keys | optional keys |
/// | --- | --- | --- | --- |
/// | `access_key` | a permanent key | `access_key_id`, `access_key_secret` | |
/// | `ecs_ram_role` | [`EcsRamRoleProvider`] | | `role_name` |
/// | `ram_role_arn` | [`RamRoleProvider`], 1 hour | `access_key_id`, `access_key_secret`, `role_arn` | `role_session_name`, `policy` |
/// | `oidc_role_arn` | [`OidcProvider`], 1 hour | `role_arn`, `oidc_provider_arn`, `oidc_token_file_path` | `role_session_name`, `policy` |
///
/// A `#` or `;` begins a comment at the start of a line and after a space or tab; elsewhere it is
/// part of the value. Keys may be in upper or lower case.
///
/// The provider reads the file at every call and caches nothing; wrap it in a
/// [`Cached`](super::Cached), as the default chain does.
///
/// # Errors
///
/// The error is [not configured](CredentialsError::is_not_configured) if the default file or the
/// section does not exist. It is a failure if `ALIBABA_CLOUD_CREDENTIALS_FILE` names a file that
/// cannot be read, if a required key is missing, if the type is unknown or `rsa_key_pair`, and if
/// the selected provider fails.
#[derive(Clone, Debug)]
pub struct IniFileProvider {
    profile: Option<String>,
    io: Io,
}

type Section = BTreeMap<String, String>;

impl IniFileProvider {
    /// Creates a provider for a section. `None` selects it as described [above](Self).
    pub fn new(profile: Option<String>, io: Io) -> Self {
        Self { profile, io }
    }

    /// Returns the first file that exists, and its content.
    fn file(&self) -> Result<(PathBuf, String), CredentialsError> {
        let named = self.io.variable(FILE).map(PathBuf::from);
        let explicit = named.is_some();
        let paths = match named {
            Some(path) => vec![path],
            None => [".alibabacloud/credentials", ".alibabacloud/credentials.ini"]
                .into_iter()
                .filter_map(|relative| self.io.home(relative))
                .collect(),
        };
        for path in &paths {
            match self.io.read(path) {
                Ok(content) => return Ok((path.clone(), content)),
                Err(error) if is_absent(&error) && !explicit => {}
                Err(error) => {
                    return Err(CredentialsError::new(format!(
                        "reading credentials file `{}` failed: {error}; check its path and \
                         permissions",
                        path.display()
                    )));
                }
            }
        }
        Err(CredentialsError::not_configured(match paths.first() {
            Some(path) => format!("`{}` and `{0}.ini` do not exist", path.display()),
            None => "no home directory: HOME and USERPROFILE are not set".to_owned(),
        }))
    }

    /// Returns the section and its name for messages.
    fn section(&self) -> Result<(String, Section), CredentialsError> {
        let (path, content) = self.file()?;
        let path = path.display().to_string();
        let profile = self
            .profile
            .clone()
            .or_else(|| self.io.variable(PROFILE))
            .unwrap_or_else(|| "default".to_owned());
        let mut sections = parse(&content);
        match sections.remove(&profile) {
            Some(section) => Ok((format!("section `{profile}` in `{path}`"), section)),
            None => Err(CredentialsError::not_configured(format!(
                "section `{profile}` not found in `{path}`"
            ))),
        }
    }
}

/// Returns the sections with their keys in lower case.
fn parse(content: &str) -> BTreeMap<String, Section> {
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut current = None;
    for line in content.trim_start_matches('\u{feff}').lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            current = Some(name.0.trim().to_owned());
            sections.entry(name.0.trim().to_owned()).or_default();
        } else if let (Some(section), Some((key, value))) = (&current, line.split_once('=')) {
            let value = strip_comment(value).trim();
            let section = sections.entry(section.clone()).or_default();
            section.insert(key.trim().to_ascii_lowercase(), value.to_owned());
        }
    }
    sections
}

/// Returns a value up to a `#` or `;` that follows a space or tab.
fn strip_comment(value: &str) -> &str {
    let mut after_space = true;
    for (at, c) in value.char_indices() {
        if after_space && matches!(c, '#' | ';') {
            return &value[..at];
        }
        after_space = c == ' ' || c == '\t';
    }
    value
}

const TYPES: &str = "`access_key`, `ecs_ram_role`, `ram_role_arn` or `oidc_role_arn`";

#[async_trait]
impl CredentialsProvider for IniFileProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let (name, mut section) = self.section()?;
        let section_type = section.remove("type").unwrap_or_default();
        let invalid = |reason: &str| CredentialsError::new(format!("invalid {name}: {reason}"));
        let mut take = |key: &str| {
            let value = section.remove(key).filter(|value| !value.is_empty());
            value.ok_or_else(|| invalid(&format!("missing `{key}`")))
        };
        match section_type.as_str() {
            "access_key" => Ok(Credentials::new(
                take("access_key_id")?,
                Secret::from(take("access_key_secret")?),
            )),
            "ecs_ram_role" => {
                let role = take("role_name").ok();
                // `with_message` makes it a failure: the section configures the source.
                EcsRamRoleProvider::new(role, self.io.clone()).credentials().await.map_err(
                    |error| {
                        error.with_message(format!("getting credentials of {name} failed: {error}"))
                    },
                )
            }
            "ram_role_arn" => {
                let source = Credentials::new(
                    take("access_key_id")?,
                    Secret::from(take("access_key_secret")?),
                );
                let session = RoleSession::new(take("role_arn")?)
                    .session_name(take("role_session_name").unwrap_or_default())
                    .policy(take("policy").unwrap_or_default());
                RamRoleProvider::new(source, session, self.io.clone()).credentials().await
            }
            "oidc_role_arn" => {
                let session = RoleSession::new(take("role_arn")?)
                    .session_name(take("role_session_name").unwrap_or_default())
                    .policy(take("policy").unwrap_or_default());
                let (provider, file) = (take("oidc_provider_arn")?, take("oidc_token_file_path")?);
                OidcProvider::new(provider, file, session, self.io.clone()).credentials().await
            }
            "rsa_key_pair" => {
                Err(invalid(&format!("unsupported `type` `rsa_key_pair`; use {TYPES}")))
            }
            "" => Err(invalid(&format!("missing `type`; expected {TYPES}"))),
            unknown => {
                let unknown = unknown.escape_debug();
                Err(invalid(&format!("unknown `type` `{unknown}`; expected {TYPES}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comment_begins_after_a_space_only() {
        let sections = parse(
            "\u{feff}# a comment\n; another\nkey_before = any\n[default] # c\nType = access_key ; c\n\
             access_key_secret = a#b;c # d\n empty =\n[ two ]\naccess_key_id=x\nno pair\n",
        );
        let default = &sections["default"];
        assert_eq!(default["type"], "access_key");
        assert_eq!(default["access_key_secret"], "a#b;c");
        assert_eq!(default["empty"], "");
        assert_eq!(sections["two"]["access_key_id"], "x");
        assert_eq!(sections.len(), 2);
    }
}
