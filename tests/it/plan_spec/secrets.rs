//! Secrets by reference.

use std::path::Path;

use aliyun_dbs::types::Secret;
use aliyun_dbs::workflows::plan_spec::{
    LoginSource, PlanSpecSource, SecretError, SecretRef, SecretStore, SystemSecrets, from_json,
};

use super::{PLANS, from_yaml, plan, plans};
use crate::support::process::run_alone;

const REFERENCE: &str = "{ env: ORDERS_PASSWORD, rotated: 2026-03-01T09:00:00Z }";

#[test]
fn secret_in_a_file_is_rejected_unquoted() {
    for given in [
        "hunter2",
        "\"hunter2\"",
        "12345678",
        "-12345678",
        "12345.678",
        "true",
        "[hunter2, 12345678]",
        "{ hunter2: x }",
        "{hunter2}",
        "{ env: A, hunter2: B }",
        "{ env: [hunter2] }",
        "{ env: 12345678 }",
        "{ file: { hunter2: 12345678 } }",
        "{ env: A, rotated: hunter2 }",
        "{ env: A, rotated: 12345678 }",
        "{ ? [hunter2] : x }",
        "{ 12345678: x }",
        "!hunter2 x",
        "!!binary hunter2",
        "*hunter2",
        "@hunter2",
        "%hunter2",
        "{ env: A, file: hunter2 }",
        "{}",
        "null",
        "{ rotated: 2026-03-01T09:00:00Z }",
        "{ env: A, env: hunter2 }",
        "{ env: A, rotated: 2026-03-01T09:00:00Z, rotated: hunter2 }",
    ] {
        let yaml = PLANS.replace(REFERENCE, given);
        let error = from_yaml(&yaml).unwrap_err();
        let text = format!("{error} {error:?}");
        for part in ["hunter2", "12345678", "12345.678", "true"] {
            assert!(!text.contains(part), "{given}: {text}");
        }
        // Some are invalid YAML, which has no field.
        assert!(
            text.contains("[0].source.mysql.password") || text.contains("line 13"),
            "{given}: {text}"
        );
        assert_eq!(error.line(), Some(13), "{given}: {text}");
    }
    for given in ["\"hunter2\"", "12345678", "1e7", "[\"hunter2\"]", "{\"hunter2\":1}", "null"] {
        let mut json = serde_json::to_value(plans()).unwrap();
        json[0]["source"]["mysql"]["password"] = serde_json::from_str(given).unwrap();
        let error = from_json(&json.to_string()).unwrap_err();
        let text = format!("{error:?}");
        assert!(!text.contains("hunter2") && !text.contains("12345678"), "{text}");
        assert!(text.contains("`[0].source.mysql.password`: expected `{ env: NAME }`"), "{text}");
    }
}

#[test]
fn reference_is_read_and_shown() {
    let spec = plan("orders-nightly");
    let password = spec.source.password().unwrap();
    let rotated = time::OffsetDateTime::from_unix_timestamp(1_772_355_600).unwrap();
    assert_eq!(*password, SecretRef::env("ORDERS_PASSWORD").rotated(rotated));
    assert_eq!(password.to_string(), "env ORDERS_PASSWORD");
    let file = SecretRef::file("/run/secrets/payments");
    assert_eq!(*plan("payments-ledger").source.password().unwrap(), file);
    assert_eq!(file.to_string(), "file /run/secrets/payments");
}

#[test]
fn configuration_hides_the_secret() {
    let store = |_: &SecretRef| Ok::<_, SecretError>(Secret::from("hunter2"));
    let spec = plan("orders-nightly");
    let request = spec.configuration("dbs1".parse().unwrap(), &store).unwrap();
    assert_eq!(request.source_endpoint.password().unwrap().expose(), "hunter2");
    let shown = format!("{spec:?} {request:?} {}", serde_json::to_string(&request).unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn error_of_a_store_names_the_secret() {
    let store =
        |secret: &SecretRef| Err::<Secret, _>(SecretError::new(secret, "the vault is sealed"));
    let plan = "dbs1".parse().unwrap();
    let error = super::plan("carts").configuration(plan, &store).unwrap_err();
    assert_eq!(
        error.to_string(),
        "could not read the secret `env CARTS_PASSWORD`: the vault is sealed"
    );
    assert_eq!(error.secret(), &SecretRef::env("CARTS_PASSWORD").from);
    // A Redis without password needs no secret.
    let plan = "dbs1".parse().unwrap();
    assert!(super::plan("sessions").configuration(plan, &store).is_ok());
}

#[test]
fn file_loses_one_newline() {
    let folder = std::env::temp_dir().join(format!("dbs-secrets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("secret");
    let read = |path: &Path| SystemSecrets.read(&SecretRef::file(path));
    for (content, secret) in [
        ("hunter2", Some("hunter2")),
        ("hunter2\n", Some("hunter2")),
        ("hunter2\r\n", Some("hunter2")),
        (" hunter2\n\n", Some(" hunter2\n")),
        ("", None),
        ("\n", None),
    ] {
        std::fs::write(&path, content).unwrap();
        match (read(&path), secret) {
            (Ok(read), Some(secret)) => assert_eq!(read.expose(), secret),
            (Err(error), None) => {
                assert!(error.to_string().ends_with("secret`: the file is empty"), "{error}");
            }
            (read, _) => panic!("{content:?}: {read:?}"),
        }
    }
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(read(&path).unwrap_err().to_string().ends_with("the file is not UTF-8"));
    assert!(read(&folder).unwrap_err().to_string().contains("expected a regular file"));
    assert!(read(&folder.join("missing")).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn variable_is_read_from_the_environment() {
    const TEST: &str = "plan_spec::secrets::variable_is_read_from_the_environment";
    if std::env::var_os("DBS_SECRET").is_none() {
        return run_alone(TEST, |command| {
            command.env("DBS_SECRET", " hunter2 ").env("DBS_EMPTY", " ");
        });
    }
    let read = |name: &str| SystemSecrets.read(&SecretRef::env(name));
    assert_eq!(read("DBS_SECRET").unwrap().expose(), "hunter2");
    for name in ["DBS_EMPTY", "DBS_UNSET", "", "A=B"] {
        let error = read(name).unwrap_err().to_string();
        assert!(error.ends_with("the environment variable is not set, or is empty"), "{error}");
    }
}

#[test]
fn builders_make_what_files_contain() {
    let source = LoginSource::builder()
        .at(plan("orders-nightly").source.location().clone())
        .user("dbs_backup")
        .password(plan("orders-nightly").source.password().unwrap().clone())
        .objects(plan("orders-nightly").source.objects().unwrap().as_slice().iter().cloned())
        .build();
    assert_eq!(PlanSpecSource::MySql(source), plan("orders-nightly").source);
}
