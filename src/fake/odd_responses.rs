//! `Responses`: rules that change what the fake responds with.

use std::fmt;

use super::edits::Edit;
use super::rule_effect::{FakeRuleEffect, FakeRules};
use crate::rpc::transport::{FaultRule, Faults};

/// The response rules of a [`FakeDbs`](super::FakeDbs): odd responses, as a service may send them.
///
/// Each method adds a rule for the responses of one operation, or of all operations (`*`). A rule
/// applies to the next response only; [`nth`](FaultRule::nth), [`times`](FaultRule::times) and
/// [`always`](FaultRule::always) on the returned rule change that. The rules are in one list with
/// those of [`Faults`], and [`Faults::clear`] removes both.
///
/// | method | executed? | response |
/// | --- | --- | --- |
/// | [`set`](Self::set), [`null`](Self::null), [`remove`](Self::remove) | yes | has another field, `null`, or lacks the field |
/// | [`body_status`](Self::body_status) | yes | HTTP status 200, and another status in the body |
/// | [`foreign_json`](Self::foreign_json) | yes | JSON that is not the service's |
/// | [`busy`](Self::busy) | no | HTTP status 400 and this code |
/// | [`refuse_unknown_ids`](Self::refuse_unknown_ids) | yes | a refusal, if the list is empty because of an id |
///
/// All rules that set, remove or refuse apply to a response in the order they were added. Of the
/// others and of the fault rules, the oldest one applies.
///
/// # Paths
///
/// A path has the names of fields and the indexes of rows, separated by dots, and `*` for all rows
/// or fields: `TotalElements`, `Items.BackupPlanDetail.0.BackupPlanId`,
/// `Items.BackupPlanDetail.*.ErrMessage`. The last name may be a new field, and the last index the
/// number of rows, which appends. A path that leads nowhere changes nothing.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::fake::FakeDbs;
///
/// let dbs = FakeDbs::new();
/// let list = "DescribeBackupPlanList";
/// dbs.responses().set(list, "Items.BackupPlanDetail.*.SourceEndpointPort", r#""N/A""#).times(3);
/// dbs.responses().null(list, "PageSize").always();
/// dbs.responses().refuse_unknown_ids(list, 404, "InvalidJobId").always();
///
/// // The first request is executed, and the service is still busy with it for two more.
/// dbs.faults().drop_after_processing("CreateBackupPlan");
/// dbs.responses().busy("CreateBackupPlan", "LastTokenProcessing").times(2);
/// ```
#[derive(Clone, Debug)]
pub struct Responses {
    rules: FakeRules,
    faults: Faults,
}

impl Responses {
    pub(super) fn new(rules: FakeRules, faults: Faults) -> Self {
        Self { rules, faults }
    }

    fn edit(&self, operation: &str, edit: Edit) -> FaultRule {
        self.faults.rule(self.rules.add(operation, FakeRuleEffect::Edit(edit)))
    }

    /// Sets the field at a [path](Self#paths) to a JSON text.
    ///
    /// The text is sent as it is, so that it can be a number that no type has, such as `1e3`, or no
    /// JSON at all. `1,"PageNum":2` as the value of `PageNum` repeats the key.
    pub fn set(&self, operation: &str, path: &str, json: impl fmt::Display) -> FaultRule {
        self.edit(operation, Edit::Set { path: path.to_owned(), json: json.to_string() })
    }

    /// Sets the field at a [path](Self#paths) to `null`.
    pub fn null(&self, operation: &str, path: &str) -> FaultRule {
        self.set(operation, path, "null")
    }

    /// Removes the field or row at a [path](Self#paths).
    pub fn remove(&self, operation: &str, path: &str) -> FaultRule {
        self.edit(operation, Edit::Remove { path: path.to_owned() })
    }

    /// Executes the request, and responds as if it had failed with a status in the body.
    ///
    /// The response has HTTP status 200, `Success: false`, this `HttpStatusCode`, and the code
    /// `undefined`. The client cannot know whether the service executed the request, which it did.
    pub fn body_status(&self, operation: &str, status: u16) -> FaultRule {
        self.edit(operation, Edit::BodyStatus(status))
    }

    /// Executes the request, and responds with HTTP status 200 and the JSON of a proxy.
    ///
    /// The body is `{"status":"error","message":"the proxy rejected the request"}`.
    pub fn foreign_json(&self, operation: &str) -> FaultRule {
        let body = r#"{"status":"error","message":"the proxy rejected the request"}"#;
        self.faults.replace_body(operation, body)
    }

    /// Rejects the request with HTTP status 400 and a code that says to try again later.
    ///
    /// Such a code is `LastTokenProcessing`, `IdempotenceProcessing`, `OperationConflict` or
    /// `SystemBusy`. The service does not get the request.
    pub fn busy(&self, operation: &str, code: &str) -> FaultRule {
        let message = "The last request is still being processed.";
        self.faults.gateway_error(operation, 400, code, message)
    }

    /// Refuses an id that the service does not know, where it would return an empty list.
    ///
    /// Applies to lists that an id filters and that are empty, and to refusals of an unknown id.
    /// The refusal has this HTTP status and code. The service sends status 200, 400 or 404, and
    /// `InvalidParameterValid`, `InvalidJobId`, `Param.NotFound` or `DBS.DownloadTask.CannotFind`.
    /// The rule also counts responses that it leaves unchanged.
    pub fn refuse_unknown_ids(&self, operation: &str, status: u16, code: &str) -> FaultRule {
        self.edit(operation, Edit::RefuseUnknownId { status, code: code.to_owned() })
    }
}
