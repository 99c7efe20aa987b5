//! Fuzzes `BackupObjects` and `RestoreObjects`: parsed objects round-trip through their string.
//!
//! They also round-trip with the quotes escaped once more.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use aliyun_dbs::types::{BackupObjects, RestoreObjects};
use libfuzzer_sys::fuzz_target;

fn check<T: FromStr<Err: Debug + Display> + Display + Debug + PartialEq>(text: &str) {
    match text.parse::<T>() {
        Ok(objects) => {
            let plain = objects.to_string();
            let json = serde_json::to_string(&plain).expect("a string serializes");
            assert_eq!(plain.parse::<T>().expect("its own string parses"), objects);
            assert_eq!(json[1..json.len() - 1].parse::<T>().expect("an escaped string parses"), objects);
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
}

fuzz_target!(|text: &str| {
    check::<BackupObjects>(text);
    check::<RestoreObjects>(text);
});
