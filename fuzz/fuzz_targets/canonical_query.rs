//! Fuzzes the canonical query: it is percent-encoded, sorted, and decodes to the same pairs.
#![no_main]

use aliyun_dbs::unversioned::wire::canonical_query;
use libfuzzer_sys::fuzz_target;

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned()
}

fuzz_target!(|data: &[u8]| {
    // A zero byte separates strings: name, value, name, value …
    let strings: Vec<String> =
        data.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into()).collect();
    let mut pairs: Vec<(&str, &str)> =
        strings.chunks_exact(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();

    let query = canonical_query(pairs.iter().copied());
    assert!(query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%=&".contains(&byte)));

    let back: Vec<(String, String)> = query
        .split('&')
        .filter(|_| !pairs.is_empty())
        .map(|pair| pair.split_once('=').expect("a pair has an equals sign"))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    pairs.sort_unstable();
    assert!(back.iter().map(|(name, value)| (&**name, &**value)).eq(pairs.iter().copied()));

    pairs.reverse();
    assert_eq!(canonical_query(pairs), query, "the order of the pairs does not matter");
});
