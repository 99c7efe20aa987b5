//! The environment of a provider in a test: variables, files and responses.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use aliyun_dbs::credentials::{Credentials, Io};

pub(crate) const SECRET: &str = "planted-secret-5e1f";
pub(crate) const TOKEN: &str = "planted-token-77c0";

/// Returns an environment with only these variables and files, and a home directory.
pub(crate) fn io(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Io {
    let own = |pairs: &[(&str, &str)]| -> HashMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let (variables, files) = (own(variables), own(files));
    Io::system()
        .with_env(move |name| {
            let home = (name == "HOME").then(|| "/home/u".to_owned());
            variables.get(name).cloned().or(home)
        })
        .with_files(move |path: &Path| {
            files
                .get(&path.display().to_string())
                .cloned()
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        })
}

/// Returns the response of STS to both of its calls.
pub(crate) fn sts_response(key: &str, expiration: &str) -> String {
    format!(
        r#"{{"RequestId":"R-1","Credentials":{{"AccessKeyId":"{key}","AccessKeySecret":"{SECRET}",
        "SecurityToken":"{TOKEN}","Expiration":"{expiration}"}}}}"#
    )
}

/// Returns the response of the metadata service and of a credentials URI.
pub(crate) fn keys(code: &str, expiration: &str) -> String {
    format!(
        r#"{{"Code":"{code}","AccessKeyId":"STS.meta","AccessKeySecret":"{SECRET}",
        "SecurityToken":"{TOKEN}","Expiration":"{expiration}","LastUpdated":"x"}}"#
    )
}

pub(crate) const FAR: &str = "2099-01-01T00:00:00Z";

pub(crate) fn assert_temporary(credentials: &Credentials, key: &str) {
    assert_eq!(credentials.access_key_id(), key);
    assert_eq!(credentials.access_key_secret().expose(), SECRET);
    assert_eq!(credentials.security_token().unwrap().expose(), TOKEN);
    assert!(credentials.expiration().is_some());
}

/// Returns the message of an error, and checks that its chain shows no planted secret.
pub(crate) fn clean(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let shown = chain.map(|error| format!("{error} {error:?}")).collect::<Vec<_>>().join(" ");
    for secret in [SECRET, TOKEN] {
        assert!(!shown.contains(secret), "{shown}");
    }
    error.to_string()
}
