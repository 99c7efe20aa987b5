//! `Billing`: how a plan is paid, with the term of a subscription.

use serde::{Deserialize, Serialize};

use super::period::{Period, PeriodUnit};
use super::purchase::PayType;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// How a plan is paid: a subscription with its term, or pay-as-you-go.
///
/// A [`Period`] converts into a subscription. The client always sends `PayType`, although the
/// service defaults it to `prepay`, because the purchase costs money.
///
/// Wire names: `PayType`, and for a subscription `Period` and `UsedTime`.
/// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Period;
/// use aliyun_dbs::types::{Billing, PayType};
///
/// let billing = Billing::from(Period::years::<3>());
/// assert_eq!(billing.pay_type(), PayType::Prepay);
/// assert_eq!(billing.period(), Some(Period::years::<3>()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireBilling", into = "WireBilling")]
#[non_exhaustive]
pub enum Billing {
    /// Paid in advance for a term.
    ///
    /// Wire value: `prepay`.
    #[doc(alias = "prepay")]
    Subscription(Period),
    /// Paid by use, without a term.
    ///
    /// The vendor removed it from its pages in spring 2025, where it was for duplication plans. Its
    /// Terraform provider buys logical MySQL plans with it. Wire value: `postpay`.
    #[doc(alias = "postpay")]
    PayAsYouGo,
}

impl Billing {
    /// Returns the wire value of `PayType`.
    pub const fn pay_type(self) -> PayType {
        match self {
            Self::Subscription(_) => PayType::Prepay,
            Self::PayAsYouGo => PayType::Postpay,
        }
    }

    /// Returns the term of a subscription, or `None` for pay-as-you-go.
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

/// The wire form of [`Billing`].
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
                Period::try_new(unit, used_time).map(Self::Subscription)
            }
            (Some(PayType::Postpay), None, None) => Ok(Self::PayAsYouGo),
            (Some(PayType::Postpay), ..) => Err(InvalidValue::new(
                "PayType",
                PayType::Postpay,
                "pay-as-you-go has no term; remove `Period` and `UsedTime`",
            )),
            (_, None, _) => Err(InvalidValue::new("Period", "", "expected `Year` or `Month`")),
            (_, _, None) => {
                Err(InvalidValue::new("UsedTime", "", "expected the number of years or months"))
            }
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
    fn an_incomplete_term_is_rejected() {
        for (json, says) in [
            ("{}", "expected `Year` or `Month`"),
            (r#"{"Period":"Year"}"#, "number of years or months"),
            (r#"{"UsedTime":1}"#, "expected `Year` or `Month`"),
            (r#"{"Period":"Month","UsedTime":12}"#, "1 to 11 months"),
            (r#"{"PayType":"postpay","UsedTime":1}"#, "no term"),
        ] {
            let error = serde_json::from_str::<Billing>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{json}: {error}");
        }
    }
}
