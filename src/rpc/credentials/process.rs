//! Credentials that a program prints.

use std::pin::pin;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use super::{Credentials, CredentialsError, CredentialsProvider, expiration};
use crate::rpc::clock::within;
use crate::rpc::outside::Io;
use crate::rpc::value::Secret;

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(60);
/// Credentials from a program's standard output, as `process_command` of a CLI profile names it.
///
/// The command is split as a shell would (quotes, backslashes), and run without a shell. It
/// prints a JSON object: `mode` (`AK` or `StsToken`), `access_key_id`, `access_key_secret`,
/// `sts_token`, `expiration`. What it writes to its standard error is dropped, since it may hold
/// anything. It has 60 seconds.
#[derive(Clone, Debug)]
pub struct ProcessProvider {
    command: Secret,
    io: Io,
}

impl ProcessProvider {
    /// Runs this command.
    pub fn new(command: impl Into<Secret>, io: Io) -> Self {
        Self { command: command.into(), io }
    }
}

#[derive(Deserialize)]
struct Printed {
    mode: Option<String>,
    access_key_id: Option<String>,
    access_key_secret: Option<Secret>,
    sts_token: Option<Secret>,
    expiration: Option<String>,
}

#[async_trait]
impl CredentialsProvider for ProcessProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let words = split(self.command.expose())
            .ok_or_else(|| CredentialsError::new("process_command has a quote without its end"))?;
        let (program, arguments) =
            words.split_first().ok_or_else(|| CredentialsError::new("process_command is empty"))?;
        // Its value may be a secret, and what is shown as the program is shown to all.
        if sets_a_variable(program) {
            return Err(CredentialsError::new(
                "process_command begins with a variable, which only a shell would set: write \
                 env NAME=value before the program",
            ));
        }
        let run = self.io.programs().run(program, arguments);
        let output = within(&**self.io.clock(), LIMIT, pin!(run))
            .await
            .ok_or_else(|| {
                let why = format!("the program {program} took more than {LIMIT:?}");
                CredentialsError::transient(why)
            })?
            .map_err(|error| {
                CredentialsError::new(format!("the program {program} failed: {error}"))
            })?;
        let output = zeroize::Zeroizing::new(output);
        let wrong = |what: &str| CredentialsError::new(format!("the program {program} {what}"));
        // Serde's words would quote what it read.
        let printed: Printed = serde_json::from_str(&output)
            .map_err(|_| wrong("printed something else than the JSON of credentials"))?;
        let (Some(id), Some(secret)) = (printed.access_key_id, printed.access_key_secret) else {
            return Err(wrong("printed no access_key_id or no access_key_secret"));
        };
        if id.is_empty() || secret.is_empty() {
            return Err(wrong("printed an empty access_key_id or access_key_secret"));
        }
        let mut credentials = Credentials::new(id, secret);
        match (printed.mode.as_deref(), printed.sts_token.filter(|token| !token.is_empty())) {
            (Some("AK"), _) => {}
            (Some("StsToken"), Some(token)) => credentials = credentials.with_security_token(token),
            (Some("StsToken"), None) => return Err(wrong("printed no sts_token")),
            _ => return Err(wrong("printed another mode than AK or StsToken")),
        }
        if let Some(at) = printed.expiration.filter(|at| !at.is_empty()) {
            let at =
                expiration(&at).ok_or_else(|| wrong("printed an expiration that is no time"))?;
            credentials = credentials.with_expiration(at);
        }
        Ok(credentials)
    }
}

/// Whether a word is an assignment, as `NAME=value` before a command is to a shell.
fn sets_a_variable(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let Some((name, _)) = word.split_once('=') else { return false };
    // `NAME+=value` adds to a variable.
    let name = name.trim_end_matches('+');
    !name.is_empty() && name.chars().all(plain)
}

/// Splits a command into words as a POSIX shell does: quotes, and backslashes outside of single
/// ones; on Windows a backslash is a part of a path. `None` when a quote has no end.
fn split(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = command.chars();
    while let Some(c) = characters.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' if !cfg!(windows) => match characters.next()? {
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            '\n' => {}
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            '\\' if !cfg!(windows) => match characters.next() {
                Some('\n') => {}
                Some(c) => word.get_or_insert_default().push(c),
                None => word.get_or_insert_default().push('\\'),
            },
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_variable_before_the_program_is_refused_and_not_shown() {
        let run = |command: &'static str| async move {
            ProcessProvider::new(command, Io::system()).credentials().await
        };
        for command in [
            "API_TOKEN=hunter2 /bin/true",
            "A= true",
            "TOKEN+=hunter2 true",
            "'TOKEN=hunter2' true",
        ] {
            let error = run(command).await.unwrap_err().to_string();
            assert!(error.contains("env NAME=value") && !error.contains("hunter2"), "{error}");
        }
        let error = run("/opt/a=b/no-such-program").await.unwrap_err().to_string();
        assert!(error.contains("a=b"), "{error}");
    }

    #[cfg(not(windows))]
    #[test]
    fn commands_are_split_as_a_shell_does() {
        for (command, words) in [
            ("/bin/tool --x 'a b'", vec!["/bin/tool", "--x", "a b"]),
            (r#"a "b \"c\" \d" e\ f"#, vec!["a", r#"b "c" \d"#, "e f"]),
            ("a ''  b\\\nc", vec!["a", "", "bc"]),
            ("  ", vec![]),
        ] {
            assert_eq!(split(command).unwrap(), words, "{command}");
        }
        assert_eq!(split("a 'b"), None);
        assert_eq!(split("a \"b"), None);
    }
}
