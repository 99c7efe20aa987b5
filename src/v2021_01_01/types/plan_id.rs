//! `PrefixedPlanId` and `BarePlanId`: the id of a plan with and without its prefix `dbs`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rpc::value::lenient::{self, from_scalar_by_parsing};
use crate::rpc::value::schema::value_schema;
use crate::rpc::value::{InvalidValue, informational};
use crate::v2019_03_06::types::BackupPlanId;

const PREFIX: &str = "dbs";

/// Returns an id without its prefix, if it has one. The prefix alone is an id without it.
fn cut(id: &str) -> Option<&str> {
    id.strip_prefix(PREFIX).filter(|rest| !rest.is_empty())
}

/// Returns the id with its prefix, which both types hold.
fn with_prefix(id: BackupPlanId) -> BackupPlanId {
    if cut(id.as_str()).is_some() {
        return id;
    }
    // An id stays valid with the prefix.
    BackupPlanId::new(format!("{PREFIX}{id}")).unwrap_or(id)
}

macro_rules! plan_ids {
    ($($(#[$meta:meta])* $name:ident = $example:literal, pattern $pattern:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(BackupPlanId);

        impl $name {
            /// Creates the value from a string in this form.
            ///
            /// # Errors
            ///
            /// If the string is not an id, or has the other form.
            pub fn new(value: impl AsRef<str>) -> Result<Self, InvalidValue> {
                value.as_ref().parse()
            }
        }

        value_schema! {
            $name: { "type": "string", "pattern": $pattern, "examples": [$example] }
        }

        impl From<BackupPlanId> for $name {
            fn from(plan: BackupPlanId) -> Self {
                Self(with_prefix(plan))
            }
        }

        /// Returns the id with its prefix.
        impl From<$name> for BackupPlanId {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        from_scalar_by_parsing!($name => "the id of a plan");

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lenient::required(deserializer)
            }
        }
    )+};
}

plan_ids! {
    /// The id of a backup plan with its prefix `dbs`.
    ///
    /// A [`BackupPlanId`] in either form converts into it. Parsing accepts this form only. Wire
    /// name: `ResourceId`.
    /// Source: [`ChangeResourceGroup`](crate::v2021_01_01::operations::ChangeResourceGroup).
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::types::BackupPlanId;
    /// use aliyun_dbs::v2021_01_01::types::PrefixedPlanId;
    ///
    /// let plan: BackupPlanId = "1hsandbox8plana".parse()?;
    /// assert_eq!(plan.prefixed().as_str(), "dbs1hsandbox8plana");
    /// assert!(PrefixedPlanId::new("1hsandbox8plana").is_err());
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    #[doc(alias = "ResourceId")]
    PrefixedPlanId = "dbs1hsandbox8plana", pattern r"^dbs[^\s,]+$";
    /// The id of a backup plan without its prefix `dbs`.
    ///
    /// A [`BackupPlanId`] in either form converts into it. Parsing accepts this form only. Wire
    /// name: `BackupPlanId`. Source:
    /// [`DescribeSandboxRecoveryTime`](crate::v2021_01_01::operations::DescribeSandboxRecoveryTime).
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::types::BackupPlanId;
    /// use aliyun_dbs::v2021_01_01::types::BarePlanId;
    ///
    /// let plan: BackupPlanId = "dbs1hsandbox8plana".parse()?;
    /// assert_eq!(plan.bare().as_str(), "1hsandbox8plana");
    /// assert!(BarePlanId::new("dbs1hsandbox8plana").is_err());
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    #[doc(alias = "BackupPlanId")]
    BarePlanId = "1hsandbox8plana", pattern r"^[^\s,]+$";
}

impl PrefixedPlanId {
    /// Returns the string on the wire, with the prefix.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl BarePlanId {
    /// Returns the string on the wire, without the prefix.
    pub fn as_str(&self) -> &str {
        cut(self.0.as_str()).unwrap_or(self.0.as_str())
    }
}

impl FromStr for PrefixedPlanId {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        let id: BackupPlanId = value.parse()?;
        match cut(value) {
            Some(_) => Ok(Self(id)),
            None => Err(InvalidValue::new(
                "PrefixedPlanId",
                value,
                "expected an id with the prefix `dbs`; `BackupPlanId::prefixed` converts it",
            )),
        }
    }
}

impl FromStr for BarePlanId {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        let id: BackupPlanId = value.parse()?;
        match cut(value) {
            None => Ok(id.into()),
            Some(_) => Err(InvalidValue::new(
                "BarePlanId",
                value,
                "expected an id without the prefix `dbs`; `BackupPlanId::bare` converts it",
            )),
        }
    }
}

impl BackupPlanId {
    /// Returns the id with its prefix `dbs`, as [`ChangeResourceGroup`] takes it.
    ///
    /// [`ChangeResourceGroup`]: crate::v2021_01_01::operations::ChangeResourceGroup
    pub fn prefixed(&self) -> PrefixedPlanId {
        self.clone().into()
    }

    /// Returns the id without its prefix `dbs`, as the operations on sandboxes take it.
    pub fn bare(&self) -> BarePlanId {
        self.clone().into()
    }
}

/// Reads an informational id of a response, which may have either form.
pub(crate) fn either<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BarePlanId>, D::Error> {
    let id: Option<BackupPlanId> = informational::field(deserializer)?;
    Ok(id.map(BarePlanId::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_convert_into_each_other() {
        for (prefixed, bare) in [("dbs1h", "1h"), ("dbsdbs", "dbs"), ("dbsd", "d")] {
            for id in [prefixed, bare] {
                let plan = BackupPlanId::new(id).unwrap();
                assert_eq!((plan.prefixed().as_str(), plan.bare().as_str()), (prefixed, bare));
                assert_eq!(BackupPlanId::from(plan.bare()).as_str(), prefixed);
                assert_eq!(BackupPlanId::from(plan.prefixed()).as_str(), prefixed);
            }
        }
    }

    #[test]
    fn parsing_rejects_the_other_form() {
        let error = BarePlanId::new("dbs1h").unwrap_err().to_string();
        assert!(error.contains("`BackupPlanId::bare`"), "{error}");
        let error = PrefixedPlanId::new("1h").unwrap_err().to_string();
        assert!(error.contains("`BackupPlanId::prefixed`"), "{error}");
        assert!(serde_json::from_str::<BarePlanId>("\"dbs1h\"").is_err());
        assert_eq!(serde_json::to_string(&BarePlanId::new("1h").unwrap()).unwrap(), "\"1h\"");
        assert!(BarePlanId::new("").is_err() && PrefixedPlanId::new("dbs 1").is_err());
    }
}
