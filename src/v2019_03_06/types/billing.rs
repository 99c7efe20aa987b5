//! `Billing`: how a plan is paid, with the term where there is one.

use serde::{Deserialize, Serialize};

use super::period::{self, Period, PeriodUnit};
use super::purchase::PayType;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// How a plan is paid. Wire: `PayType`, and for a subscription `Period` and `UsedTime`.
///
/// `PayType` is always written, also where it is the service's default: what costs money is
/// said. Source: `CreateBackupPlan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireBilling", into = "WireBilling")]
#[non_exhaustive]
pub enum Billing {
    /// Bought for a term, `prepay`.
    Subscription(Period),
    /// Paid by use, `postpay`. It left the service's pages in spring 2025, and was for
    /// duplication plans only.
    PayAsYouGo,
}

impl Billing {
    /// The wire value.
    pub const fn pay_type(self) -> PayType {
        match self {
            Self::Subscription(_) => PayType::Prepay,
            Self::PayAsYouGo => PayType::Postpay,
        }
    }

    /// The term of a subscription.
    pub const fn period(self) -> Option<Period> {
        match self {
            Self::Subscription(period) => Some(period),
            Self::PayAsYouGo => None,
        }
    }
}

impl From<Period> for Billing {
    fn from(period: Period) -> Self {
        Self::Subscription(period)
    }
}

/// The parameters as they travel.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireBilling {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pay_type: Option<PayType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<PeriodUnit>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    used_time: Option<u64>,
}

impl From<Billing> for WireBilling {
    fn from(billing: Billing) -> Self {
        Self {
            pay_type: Some(billing.pay_type()),
            period: billing.period().map(Period::unit),
            used_time: billing.period().map(|period| u64::from(period.used_time().get())),
        }
    }
}

impl TryFrom<WireBilling> for Billing {
    type Error = InvalidValue;

    fn try_from(wire: WireBilling) -> Result<Self, InvalidValue> {
        match (wire.pay_type, wire.period, wire.used_time) {
            (None | Some(PayType::Prepay), Some(unit), Some(used_time)) => {
                period::from_parts(unit, used_time).map(Self::Subscription)
            }
            (Some(PayType::Postpay), None, None) => Ok(Self::PayAsYouGo),
            (Some(PayType::Postpay), ..) => Err(InvalidValue::new(
                "PayType",
                PayType::Postpay,
                "pay as you go has no term: leave Period and UsedTime out",
            )),
            (_, None, _) => Err(InvalidValue::new("Period", "", "give Year or Month")),
            (_, _, None) => Err(InvalidValue::new("UsedTime", "", "give the number of units")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_forms() {
        for (billing, json) in [
            (
                Billing::Subscription(Period::years::<3>()),
                r#"{"PayType":"prepay","Period":"Year","UsedTime":3}"#,
            ),
            (Billing::PayAsYouGo, r#"{"PayType":"postpay"}"#),
        ] {
            assert_eq!(serde_json::to_string(&billing).unwrap(), json);
            assert_eq!(serde_json::from_str::<Billing>(json).unwrap(), billing);
        }
        let without_pay_type = r#"{"Period":"Year","UsedTime":"3"}"#;
        assert_eq!(
            serde_json::from_str::<Billing>(without_pay_type).unwrap(),
            Period::years::<3>().into()
        );
    }

    #[test]
    fn half_a_term_is_refused() {
        for (json, says) in [
            ("{}", "give Year or Month"),
            (r#"{"Period":"Year"}"#, "number of units"),
            (r#"{"UsedTime":1}"#, "give Year or Month"),
            (r#"{"Period":"Month","UsedTime":12}"#, "1 to 11 months"),
            (r#"{"PayType":"postpay","UsedTime":1}"#, "no term"),
        ] {
            let error = serde_json::from_str::<Billing>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{json}: {error}");
        }
    }
}
