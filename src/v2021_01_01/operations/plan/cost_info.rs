//! `DescribeCostInfoByDbsInstance`: returns what an item of the bill is for.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{informational, lenient};
use crate::v2019_03_06::region::Region;
use crate::v2021_01_01::operations::declare::operation;
use crate::v2021_01_01::operations::json_data::JsonData;
use crate::v2021_01_01::types::BilledItemId;

/// Returns what an item of the bill is for: product, item and instance.
///
/// The response is JSON in a string, which the client reads. [`DescribeBackupPlanBilling`] returns the
/// billing of a plan.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::v2021_01_01::operations#idempotency).
///
/// # Limits
///
/// The vendor publishes no limit.
///
/// # Permissions
///
/// `dbs:DescribeCostInfoByDbsInstance` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::v2021_01_01::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::v2021_01_01::operations::DescribeCostInfoByDbsInstance;
///
/// let request = DescribeCostInfoByDbsInstance::builder()
///     .backup_plan_id("dbs:d-2zefd6337d766294".parse()?)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-describecostinfobydbsinstance).
/// Its summary speaks of a list, its example has one object; both are read.
///
/// [`DescribeBackupPlanBilling`]: crate::operations::DescribeBackupPlanBilling
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeCostInfoByDbsInstance {
    /// The id of the item, as the bill has it. Optional.
    pub backup_plan_id: Option<BilledItemId>,
    /// The region, as the bill has it. Optional.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub region_code: Option<Region>,
}

/// The response to [`DescribeCostInfoByDbsInstance`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "JsonData", into = "JsonData")]
#[non_exhaustive]
pub struct DescribeCostInfoByDbsInstanceResponse {
    /// The items.
    pub items: Vec<CostInfo>,
    /// The string that could not be read as JSON. `None` if it could.
    pub unparsed: Option<String>,
}

/// What an item of the bill is for, as [`DescribeCostInfoByDbsInstance`] returns it.
///
/// A field that the service omits or leaves empty is `None`.
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CostInfo {
    /// The id of the item.
    pub backup_plan_id: Option<BilledItemId>,
    /// The comment of the plan.
    pub backup_plan_comment: Option<String>,
    /// The commodity, such as `cbs_post`.
    pub commodity: Option<String>,
    /// The product, such as `cbs`.
    pub product: Option<String>,
    /// The code of the billed item, such as `BackupStorageSize`.
    pub module_code: Option<String>,
    /// The name of the billed item, such as `mongodb`.
    pub module_name: Option<String>,
    /// The name of the instance.
    pub instance_name: Option<String>,
}

impl From<JsonData> for DescribeCostInfoByDbsInstanceResponse {
    fn from(data: JsonData) -> Self {
        match data.read_list() {
            Ok(items) => Self { items, unparsed: None },
            Err(text) => Self { items: Vec::new(), unparsed: Some(text) },
        }
    }
}

impl From<DescribeCostInfoByDbsInstanceResponse> for JsonData {
    fn from(response: DescribeCostInfoByDbsInstanceResponse) -> Self {
        match &response.items[..] {
            [item] => Self::write(item, response.unparsed),
            items => Self::write(&items, response.unparsed),
        }
    }
}

operation! {
    DescribeCostInfoByDbsInstance -> DescribeCostInfoByDbsInstanceResponse, ReadOnly, ram on ANY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeCostInfoByDbsInstance::builder()
            .backup_plan_id("dbs:d-1".parse().unwrap())
            .region_code(Region::Hangzhou)
            .build();
        assert_sends(&request, &[("BackupPlanId", "dbs:d-1"), ("RegionCode", "cn-hangzhou")]);
        assert_sends(&DescribeCostInfoByDbsInstance::builder().build(), &[]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeCostInfoByDbsInstance>(include_str!(
            "../../../fake/samples/2021-01-01/DescribeCostInfoByDbsInstance.json"
        ));
        let [item] = &response.items[..] else { panic!("one item") };
        assert_eq!(item.commodity.as_deref(), Some("cbs_post"));
        assert_eq!(item.backup_plan_comment, None);
        assert_eq!(response.unparsed, None);
    }

    #[test]
    fn decodes_lists_and_keeps_other_strings() {
        for (data, items, unparsed) in [
            (r#""[{\"product\":\"cbs\"},{}]""#, 2, None),
            (r#"{"product":"cbs"}"#, 1, None),
            (r#""[]""#, 0, None),
            (r#""""#, 0, None),
            (r#""garbage""#, 0, Some("garbage")),
        ] {
            let json = format!(r#"{{"Success":"true","Data":{data}}}"#);
            let response = decode_sample::<DescribeCostInfoByDbsInstance>(&json);
            assert_eq!(response.items.len(), items, "{data}");
            assert_eq!(response.unparsed.as_deref(), unparsed, "{data}");
        }
    }
}
