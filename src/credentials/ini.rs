//! Credentials from an ini file.

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

/// A section of an ini file: `ALIBABA_CLOUD_CREDENTIALS_FILE`, or `~/.alibabacloud/credentials`,
/// or the same with `.ini`.
///
/// The section is the one named, that of `ALIBABA_CLOUD_PROFILE`, or `default`. Its `type` is
/// `access_key`, `ecs_ram_role`, `ram_role_arn` or `oidc_role_arn`. A `#` or `;` begins a comment
/// at the start of a line and after a blank, so a secret may hold one. The file is read at each
/// fetch.
#[derive(Clone, Debug)]
pub struct IniFileProvider {
    profile: Option<String>,
    io: Io,
}

type Section = BTreeMap<String, String>;

impl IniFileProvider {
    /// Reads the section of this name, or the one that the variables say.
    pub fn new(profile: Option<String>, io: Io) -> Self {
        Self { profile, io }
    }

    /// The first file that is there, and its text.
    fn file(&self) -> Result<(PathBuf, String), CredentialsError> {
        let named = self.io.variable(FILE).map(PathBuf::from);
        let explicit = named.is_some();
        let paths = match named {
            Some(path) => vec![path],
            None => [".alibabacloud/credentials", ".alibabacloud/credentials.ini"]
                .into_iter()
                .filter_map(|below| self.io.home(below))
                .collect(),
        };
        for path in &paths {
            match self.io.read(path) {
                Ok(text) => return Ok((path.clone(), text)),
                Err(error) if is_absent(&error) && !explicit => {}
                Err(error) => {
                    let path = path.display();
                    return Err(CredentialsError::new(format!("{path} cannot be read: {error}")));
                }
            }
        }
        Err(CredentialsError::not_configured(match paths.first() {
            Some(path) => format!("there is no {} and no {0}.ini", path.display()),
            None => "there is no home directory".to_owned(),
        }))
    }

    fn section(&self) -> Result<(String, Section), CredentialsError> {
        let (path, text) = self.file()?;
        let path = path.display().to_string();
        let profile = self
            .profile
            .clone()
            .or_else(|| self.io.variable(PROFILE))
            .unwrap_or_else(|| "default".to_owned());
        let mut sections = parse(&text);
        match sections.remove(&profile) {
            Some(section) => Ok((format!("section {profile} of {path}"), section)),
            None => {
                Err(CredentialsError::not_configured(format!("{path} has no section {profile}")))
            }
        }
    }
}

/// The sections and their keys, in lower case.
fn parse(text: &str) -> BTreeMap<String, Section> {
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut current = None;
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            current = Some(name.0.trim().to_owned());
            sections.entry(name.0.trim().to_owned()).or_default();
        } else if let (Some(section), Some((key, value))) = (&current, line.split_once('=')) {
            let value = without_comment(value).trim();
            let section = sections.entry(section.clone()).or_default();
            section.insert(key.trim().to_ascii_lowercase(), value.to_owned());
        }
    }
    sections
}

/// A value up to a `#` or `;` that follows a blank.
fn without_comment(value: &str) -> &str {
    let mut after_blank = true;
    for (at, c) in value.char_indices() {
        if after_blank && matches!(c, '#' | ';') {
            return &value[..at];
        }
        after_blank = c == ' ' || c == '\t';
    }
    value
}

#[async_trait]
impl CredentialsProvider for IniFileProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let (place, mut section) = self.section()?;
        let kind = section.remove("type").unwrap_or_default();
        let mut take = |key: &str| {
            let value = section.remove(key).filter(|value| !value.is_empty());
            value.ok_or_else(|| CredentialsError::new(format!("{place} has no {key}")))
        };
        match kind.as_str() {
            "access_key" => Ok(Credentials::new(
                take("access_key_id")?,
                Secret::from(take("access_key_secret")?),
            )),
            "ecs_ram_role" => {
                let role = take("role_name").ok();
                EcsRamRoleProvider::new(role, self.io.clone()).credentials().await.map_err(
                    |error| {
                        // It is configured: here.
                        error.reworded(format!("{place}: {error}"))
                    },
                )
            }
            "ram_role_arn" => {
                let by = Credentials::new(
                    take("access_key_id")?,
                    Secret::from(take("access_key_secret")?),
                );
                let session = RoleSession::new(take("role_arn")?)
                    .session_name(take("role_session_name").unwrap_or_default())
                    .policy(take("policy").unwrap_or_default());
                RamRoleProvider::new(by, session, self.io.clone()).credentials().await
            }
            "oidc_role_arn" => {
                let session = RoleSession::new(take("role_arn")?)
                    .session_name(take("role_session_name").unwrap_or_default())
                    .policy(take("policy").unwrap_or_default());
                let (provider, file) = (take("oidc_provider_arn")?, take("oidc_token_file_path")?);
                OidcProvider::new(provider, file, session, self.io.clone()).credentials().await
            }
            "rsa_key_pair" => Err(CredentialsError::new(format!(
                "{place} has type rsa_key_pair, which this crate does not support"
            ))),
            "" => Err(CredentialsError::new(format!(
                "{place} has no type; it is access_key, ecs_ram_role, ram_role_arn or oidc_role_arn"
            ))),
            other => Err(CredentialsError::new(format!(
                "{place} has type {other:?}; it is access_key, ecs_ram_role, ram_role_arn or \
                 oidc_role_arn"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_begin_after_a_blank_only() {
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
