//! The client tokens of orders, which every process derives alike, so that each is placed once.

use time::OffsetDateTime;

use crate::rpc::sign::acs3::payload_hash;
use crate::rpc::value::{ClientToken, InvalidValue};
use crate::v2019_03_06::types::{BackupPlanId, InstanceClass};

const DIGITS: usize = 40;
/// The start of what is hashed for the token of a renewal.
const TOKEN_SEED_RENEWAL: &str = "aliyun-dbs renew v1";
/// The start of what is hashed for the token of an upgrade.
const TOKEN_SEED_UPGRADE: &str = "aliyun-dbs upgrade v1";

fn token(seed: &str) -> Result<ClientToken, InvalidValue> {
    ClientToken::new(&payload_hash(seed.as_bytes())[..DIGITS])
}

/// Returns the client token of the renewal of a subscription that ends at `expiry`.
///
/// No release within a major version changes it.
pub(in crate::workflows) fn renewal_token(
    plan: &BackupPlanId,
    expiry: OffsetDateTime,
) -> Result<ClientToken, InvalidValue> {
    let millis = expiry.unix_timestamp_nanos() / 1_000_000;
    token(&[TOKEN_SEED_RENEWAL, plan.as_str(), &millis.to_string()].join("\n"))
}

/// Returns the client token of an upgrade. No release within a major version changes it.
///
/// A class is never reduced, so no plan has the same upgrade twice.
pub(in crate::workflows) fn upgrade_token(
    plan: &BackupPlanId,
    from: &str,
    to: InstanceClass,
) -> Result<ClientToken, InvalidValue> {
    token(&[TOKEN_SEED_UPGRADE, plan.as_str(), from, to.as_str()].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_tokens_keep_their_values() {
        let plan = BackupPlanId::new("dbs1h0exusfa").unwrap();
        let expiry = OffsetDateTime::from_unix_timestamp(1_798_761_600).unwrap();
        let later = expiry + time::Duration::MILLISECOND;
        let upgrade = upgrade_token(&plan, "small", InstanceClass::Large);
        let tokens = [renewal_token(&plan, expiry), renewal_token(&plan, later), upgrade];
        let tokens = tokens.map(|token| token.unwrap().to_string());
        assert_eq!(
            tokens,
            [
                "af8c33d53929758b54cd17454c9e6a74acfdca9c",
                "77c410c904267bb1213544f7993d292f41cd07fc",
                "0a5737c8482e04dc0a0de51dd717e68008c01748",
            ]
        );
    }
}
