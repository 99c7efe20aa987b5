//! `ProcessProvider`: credentials from the output of a program.

use std::pin::pin;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use super::{Credentials, CredentialsError, CredentialsProvider, parse_expiration};
use crate::rpc::clock::within;
use crate::rpc::outside::Io;
use crate::rpc::value::Secret;

/// The timeout of the program.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Runs a program and reads the credentials that it prints.
///
/// It is the provider of the `process_command` of a [CLI profile](crate::credentials::CliProfileProvider).
/// The provider splits the command as a shell does (quotes, backslashes), but runs it without a
/// shell. On Windows, a backslash is part of a path. The program prints a JSON object to its
/// standard output, at most 1 MiB:
///
/// | field | value |
/// | --- | --- |
/// | `mode` | `AK` for a permanent key, `StsToken` for a temporary one. Defaults to `StsToken` if there is a token, and else to `AK`. |
/// | `access_key_id` | The id of the key. Required. |
/// | `access_key_secret` | The secret of the key. Required. |
/// | `sts_token` | The security token. Required for `StsToken`, an error for `AK`. |
/// | `expiration` | When the key expires, in RFC 3339. Optional. |
///
/// The provider discards the standard error of the program, because it may contain secrets. It
/// runs the program at every call; wrap it in a [`Cached`](super::Cached), which keeps credentials
/// that have an `expiration`.
///
/// # Errors
///
/// Fails if the command cannot be split or begins with a variable assignment, if the program
/// cannot be started or its exit status is not 0, and if its output is invalid. If the program
/// exceeds 60 seconds, the provider kills it, and the error is
/// [transient](CredentialsError::is_transient).
#[derive(Clone, Debug)]
pub struct ProcessProvider {
    command: Secret,
    io: Io,
}

impl ProcessProvider {
    /// Creates a provider that runs a command.
    pub fn new(command: impl Into<Secret>, io: Io) -> Self {
        Self { command: command.into(), io }
    }
}

#[derive(Deserialize)]
struct ProcessOutput {
    mode: Option<String>,
    access_key_id: Option<String>,
    access_key_secret: Option<Secret>,
    sts_token: Option<Secret>,
    expiration: Option<String>,
}

#[async_trait]
impl CredentialsProvider for ProcessProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let invalid_command =
            |reason: &str| CredentialsError::new(format!("invalid process_command: {reason}"));
        let words = split(self.command.expose()).map_err(invalid_command)?;
        let (program, arguments) =
            words
                .split_first()
                .filter(|(program, _)| !program.is_empty())
                .ok_or_else(|| invalid_command("expected a program, got an empty command"))?;
        // Messages show the program, and the value of an assignment may be a secret.
        if is_assignment(program) {
            return Err(invalid_command(
                "it begins with a variable assignment, which only a shell applies; write `env \
                 NAME=value` before the program",
            ));
        }
        let run = self.io.programs().run(program, arguments);
        let output = within(&**self.io.clock(), TIMEOUT, pin!(run))
            .await
            .ok_or_else(|| {
                let message = format!("program `{program}` timed out after {TIMEOUT:?}");
                CredentialsError::transient(message)
            })?
            .map_err(|error| {
                CredentialsError::new(format!("program `{program}` failed: {error}"))
            })?;
        let output = zeroize::Zeroizing::new(output);
        let invalid = |reason: &str| {
            CredentialsError::new(format!("invalid output of program `{program}`: {reason}"))
        };
        // The message of serde would quote the output.
        let output: ProcessOutput = serde_json::from_str(&output)
            .map_err(|_| invalid("expected a JSON object with credentials"))?;
        let (Some(id), Some(secret)) = (output.access_key_id, output.access_key_secret) else {
            return Err(invalid("missing `access_key_id` or `access_key_secret`"));
        };
        if id.trim().is_empty() || is_blank(&secret) {
            return Err(invalid("empty `access_key_id` or `access_key_secret`"));
        }
        let mut credentials = Credentials::new(id, secret);
        match (
            output.mode.as_deref().filter(|mode| !mode.is_empty()),
            output.sts_token.filter(|token| !is_blank(token)),
        ) {
            (Some("AK") | None, None) => {}
            (Some("StsToken") | None, Some(token)) => {
                credentials = credentials.with_security_token(token);
            }
            // The vendor's readers differ on whether the token is used.
            (Some("AK"), Some(_)) => {
                return Err(invalid("`mode` `AK` has no `sts_token`; expected `StsToken`"));
            }
            (Some("StsToken"), None) => return Err(invalid("missing `sts_token`")),
            _ => return Err(invalid("expected `mode` `AK` or `StsToken`")),
        }
        if let Some(at) = output.expiration.filter(|at| !at.is_empty()) {
            let at = parse_expiration(&at).ok_or_else(|| {
                invalid("expected `expiration` in RFC 3339, such as `2026-01-01T00:00:00Z`")
            })?;
            credentials = credentials.with_expiration(at);
        }
        Ok(credentials)
    }
}

fn is_blank(value: &Secret) -> bool {
    value.expose().trim().is_empty()
}

/// Returns whether a shell would read a word as a variable assignment.
fn is_assignment(word: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let Some((name, _)) = word.split_once('=') else { return false };
    // `NAME+=value` appends to a variable.
    let name = name.trim_end_matches('+');
    !name.is_empty() && name.chars().all(is_name)
}

/// Splits a command into words as a POSIX shell does.
///
/// It handles quotes, and backslashes outside of single quotes. On Windows, a backslash is part of a
/// path, except before a double quote in double quotes. The vendor's readers do the same.
fn split(command: &str) -> Result<Vec<String>, &'static str> {
    const UNTERMINATED: &str = "unterminated quote";
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = command.trim().chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next().ok_or(UNTERMINATED)? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next().ok_or(UNTERMINATED)? {
                        '"' => break,
                        '\\' if cfg!(windows) => {
                            word.push(characters.next_if_eq(&'"').unwrap_or('\\'));
                        }
                        '\\' => match characters.next().ok_or(UNTERMINATED)? {
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
                None => return Err("it ends with a backslash"),
            },
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn assignment_is_rejected_and_not_shown() {
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
    fn command_is_split_as_by_a_shell() {
        for (command, words) in [
            ("/bin/tool --x 'a b'", vec!["/bin/tool", "--x", "a b"]),
            (r#"a "b \"c\" \d" e\ f"#, vec!["a", r#"b "c" \d"#, "e f"]),
            ("a ''  b\\\nc", vec!["a", "", "bc"]),
            ("  ", vec![]),
        ] {
            assert_eq!(split(command).unwrap(), words, "{command}");
        }
        for command in ["a 'b", "a \"b", "a \"b\\"] {
            assert_eq!(split(command), Err("unterminated quote"), "{command}");
        }
        assert_eq!(split("a \\"), Err("it ends with a backslash"));
    }

    #[cfg(windows)]
    #[test]
    fn backslash_is_part_of_a_path() {
        for (command, words) in [
            (r"C:\tools\key.exe --x", vec![r"C:\tools\key.exe", "--x"]),
            (
                r#""C:\Program Files\key.exe" "a \"b\"""#,
                vec![r"C:\Program Files\key.exe", "a \"b\""],
            ),
        ] {
            assert_eq!(split(command).unwrap(), words, "{command}");
        }
    }
}
