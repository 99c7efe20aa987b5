//! `BillingText`: how a plan is paid, as one string.

use std::fmt;
use std::str::FromStr;

use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::rpc::value::InvalidValue;
use crate::rpc::value::schema::value_schema;
use crate::v2019_03_06::types::Billing;

const PAY_AS_YOU_GO: &str = "pay_as_you_go";

/// A term such as `1 year`, or `pay_as_you_go`.
#[derive(SerializeDisplay, DeserializeFromStr)]
pub(super) struct BillingText(Billing);

impl From<Billing> for BillingText {
    fn from(billing: Billing) -> Self {
        Self(billing)
    }
}

impl From<BillingText> for Billing {
    fn from(BillingText(billing): BillingText) -> Self {
        billing
    }
}

impl fmt::Display for BillingText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.period() {
            Some(period) => period.fmt(f),
            None => f.write_str(PAY_AS_YOU_GO),
        }
    }
}

impl FromStr for BillingText {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if text == PAY_AS_YOU_GO {
            return Ok(Self(Billing::PayAsYouGo));
        }
        let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
        let period = text.parse().map(Billing::Subscription).map(Self);
        period.map_err(|error: InvalidValue| {
            if starts_with_digit && error.expected().starts_with("expected 1 to") {
                return error;
            }
            let expected = "expected a term such as `1 year` or `6 months`, or `pay_as_you_go`";
            InvalidValue::new("billing", text, expected)
        })
    }
}

/// The schema of a term such as `1 year`.
#[cfg(feature = "schemars")]
pub(super) struct PeriodText;

value_schema! {
    PeriodText: {
        "type": "string", "pattern": "^([1-9] ?years?|([1-9]|1[01]) ?months?)$",
        "examples": ["1 year", "6 months"]
    }
}

value_schema! {
    BillingText: {
        "anyOf": [
            { "type": "string", "const": PAY_AS_YOU_GO },
            {
                "type": "string", "pattern": "^([1-9] ?years?|([1-9]|1[01]) ?months?)$",
                "examples": ["1 year", "6 months"]
            },
        ]
    }
}
