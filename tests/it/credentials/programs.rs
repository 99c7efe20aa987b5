//! Tests of `process_command`: one row per form of its output and of the command.

use std::sync::{Arc, Mutex};

use aliyun_dbs::credentials::{Credentials, CredentialsProvider, ProcessProvider, ProcessRunner};

use super::environment::{FAR, SECRET, TOKEN, assert_temporary, clean, io};

/// Prints an output, and records the words of the command.
#[derive(Clone, Debug)]
struct Prints(String, Arc<Mutex<Vec<String>>>);

impl Prints {
    fn new(output: impl Into<String>) -> Self {
        Self(output.into(), Arc::default())
    }

    fn provider(&self, command: &str) -> ProcessProvider {
        ProcessProvider::new(command, io(&[], &[]).with_process_runner(self.clone()))
    }
}

#[async_trait::async_trait]
impl ProcessRunner for Prints {
    async fn run(&self, program: &str, arguments: &[String]) -> std::io::Result<String> {
        *self.1.lock().unwrap() = [&[program.to_owned()], arguments].concat();
        Ok(self.0.clone())
    }
}

const KEY: &str = r#""access_key_id":"a","access_key_secret":"planted-secret-5e1f""#;

#[tokio::test]
async fn each_form_of_output_is_used_or_refused() {
    let token = format!(r#""sts_token":"{TOKEN}""#);
    for mode in ["", r#","mode":"AK""#, r#","mode":"""#, r#","mode":null,"sts_token":"""#] {
        let output = format!("{{{KEY}{mode},\"region_id\":\"cn-hangzhou\"}}\n");
        let found = Prints::new(&output).provider("tool").credentials().await.unwrap();
        assert_eq!(found, Credentials::new("a", SECRET), "{output}");
    }
    for mode in ["", r#","mode":"StsToken""#] {
        let output = format!(r#"{{{KEY},{token}{mode},"expiration":"{FAR}"}}"#);
        assert_temporary(&Prints::new(output).provider("tool").credentials().await.unwrap(), "a");
        let output = format!(r#"{{{KEY},{token}{mode},"expiration":""}}"#);
        let found = Prints::new(output).provider("tool").credentials().await.unwrap();
        assert_eq!((found.expiration(), found.security_token().is_some()), (None, true));
    }
    for (output, says) in [
        (format!(r#"{{{KEY},{token},"mode":"AK"}}"#), "`mode` `AK` has no `sts_token`"),
        (format!(r#"{{{KEY},"mode":"StsToken"}}"#), "missing `sts_token`"),
        (format!(r#"{{{KEY},"mode":"RamRoleArn"}}"#), "expected `mode` `AK` or `StsToken`"),
        (format!(r#"{{{KEY},{token},"expiration":"soon"}}"#), "`expiration` in RFC 3339"),
        (format!(r#"{{{KEY},{token},"expiration":1795824000}}"#), "expected a JSON object"),
        (r#"{"access_key_id":" ","access_key_secret":"s"}"#.to_owned(), "empty `access_key_id`"),
        (r#"{"access_key_id":"a"}"#.to_owned(), "missing `access_key_id` or `access_key_secret`"),
        (SECRET.to_owned(), "expected a JSON object"),
        (String::new(), "expected a JSON object"),
    ] {
        let error = Prints::new(&output).provider("tool").credentials().await.unwrap_err();
        assert!(clean(&error).contains(says), "{output}: {error}");
        assert!(!error.is_transient() && !error.is_not_configured(), "{error}");
    }
}

#[cfg(not(windows))]
#[tokio::test]
async fn command_is_split_as_by_the_vendors_readers() {
    for (command, words) in [
        ("tool --x 'a b'", &["tool", "--x", "a b"][..]),
        ("tool \"\" arg", &["tool", "", "arg"]),
        (r#""/opt/a b/tool" "c\"d\e""#, &["/opt/a b/tool", r#"c"d\e"#]),
        (r"tool a\ b", &["tool", "a b"]),
        ("  tool\t\na ", &["tool", "a"]),
    ] {
        let prints = Prints::new(format!("{{{KEY}}}"));
        prints.provider(command).credentials().await.unwrap();
        assert_eq!(*prints.1.lock().unwrap(), words, "{command}");
    }
    for (command, says) in [
        ("", "expected a program, got an empty command"),
        (" \n", "expected a program, got an empty command"),
        ("'' hunter2", "expected a program, got an empty command"),
        ("tool 'hunter2", "unterminated quote"),
        ("tool \"hunter2", "unterminated quote"),
        ("tool hunter2\\", "it ends with a backslash"),
        ("KEY=hunter2 tool", "it begins with a variable assignment"),
    ] {
        let prints = Prints::new(format!("{{{KEY}}}"));
        let error = prints.provider(command).credentials().await.unwrap_err();
        let message = clean(&error);
        assert!(message.contains(says) && !message.contains("hunter2"), "{command}: {message}");
        assert!(prints.1.lock().unwrap().is_empty(), "{command}: nothing ran");
    }
}
