//! What it costs to build, encode and sign one `CreateBackupPlan`, against bare hashing.
//!
//! `call_without_network` is the whole pipeline of a call on a transport that answers at once;
//! the floor is SHA-256 and HMAC-SHA-256 over the bytes that such a request signs.

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::sign::acs3;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
use aliyun_dbs::wire::{Parameters, canonical_query};
use aliyun_dbs::{Client, Period, Region};
use async_trait::async_trait;
use bytes::Bytes;
use divan::black_box;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

fn main() {
    divan::main();
}

fn request() -> CreateBackupPlan {
    CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .period(Period::years::<3>())
        .client_token("8f6f97746e2dcf2644c43e50c40e010f".parse().expect("a token"))
        .build()
}

fn canonical(request: &CreateBackupPlan) -> acs3::CanonicalRequest {
    let parameters = Parameters::from_serialize(request).expect("parameters");
    let query = canonical_query(parameters.iter());
    let hash = acs3::payload_hash(b"");
    let headers = [
        ("host", "dbs-api.cn-hangzhou.aliyuncs.com"),
        ("x-acs-action", "CreateBackupPlan"),
        ("x-acs-content-sha256", &hash),
        ("x-acs-date", "2026-11-24T10:45:56Z"),
        ("x-acs-signature-nonce", "aabc56285348938203d1300375b467b5"),
        ("x-acs-version", "2019-03-06"),
    ];
    acs3::CanonicalRequest::new("POST", &query, &headers, &hash)
}

/// The floor: the hashes alone, over the same bytes.
#[divan::bench]
fn floor_hash_and_hmac(bencher: divan::Bencher<'_, '_>) {
    let text = canonical(&request()).as_str().to_owned();
    let string_to_sign = canonical(&request()).string_to_sign();
    bencher.bench(|| {
        let empty = Sha256::digest(black_box(b""));
        let hash = Sha256::digest(black_box(text.as_bytes()));
        let mut mac = Hmac::<Sha256>::new_from_slice(black_box(b"secret")).expect("any length");
        mac.update(string_to_sign.as_bytes());
        (empty, hash, mac.finalize().into_bytes())
    });
}

#[divan::bench]
fn build_encode_and_sign() -> String {
    canonical(black_box(&request())).authorization("id", "secret")
}

#[derive(Debug)]
struct AnswersAtOnce;

#[async_trait]
impl Transport for AnswersAtOnce {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        black_box(request);
        Ok(http::Response::new(Bytes::from_static(
            br#"{"RequestId":"R","Success":true,"BackupPlanId":"dbs1","OrderId":"1"}"#,
        )))
    }
}

#[divan::bench]
fn call_without_network(bencher: divan::Bencher<'_, '_>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(AnswersAtOnce)
        .build()
        .expect("a client");
    bencher.bench(|| runtime.block_on(async { client.send(request()).await }).expect("an answer"));
}
