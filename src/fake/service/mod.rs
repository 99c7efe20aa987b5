//! The service behind the gateway: limits, client tokens, and which request is handled how.

pub(crate) mod access;
mod account;
pub(crate) mod backups;
pub(crate) mod billing;
pub(crate) mod downloads;
pub(crate) mod endpoints;
pub(crate) mod gateways;
pub(crate) mod logs;
mod plan_list;
pub(crate) mod pre_checks;
mod ranges;
pub(crate) mod requests;
pub(crate) mod restores;
mod settings;

use std::collections::HashMap;

use bytes::Bytes;
use fastrand::Rng;
use http::header::DATE;
use http::{HeaderValue, Response};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::fake::answer::{self, Refused};
use crate::fake::gate::{Gate, Passed};
use crate::fake::limits::Limits;
use crate::fake::service::requests::Requests;
use crate::fake::world::ids::Ids;
use crate::fake::world::state::{Handle, State};
use crate::rpc::api::Safety;
use crate::rpc::credentials::Credentials;
use crate::rpc::transport::RecordedRequest;
use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::{
    ALL, ConfigureBackupPlan, CreateAndStartBackupPlan, CreateBackupPlan,
    CreateFullBackupSetDownload, CreateGetDBListFromAgentTask, CreateIncrementBackupSetDownload,
    CreateRestoreTask, DescribeBackupGatewayList, DescribeBackupPlanBilling,
    DescribeBackupPlanList, DescribeBackupSetDownloadTaskList, DescribeDLAService,
    DescribeFullBackupList, DescribeIncrementBackupList, DescribeJobErrorCode,
    DescribeNodeCidrList, DescribePreCheckProgressList, DescribeRegions, DescribeRestoreRangeInfo,
    DescribeRestoreTaskList, DisableBackupLog, EnableBackupLog, GetDBListFromAgent,
    InitializeDbsServiceLinkedRole, ModifyBackupObjects, ModifyBackupPlanName,
    ModifyBackupSetDownloadRules, ModifyBackupSourceEndpoint, ModifyBackupStrategy,
    ModifyStorageStrategy, ReleaseBackupPlan, RenewBackupPlan, StartBackupPlan, StartRestoreTask,
    StopBackupPlan, UpgradeBackupPlan,
};

pub(crate) struct Service {
    gate: Gate,
    pub(crate) limits: Limits,
    pub(crate) state: State,
    /// Answers by key id, operation and client token, with the parameters they were given for.
    tokens: HashMap<(String, String, String), (String, Response<Bytes>)>,
    pub(crate) requests: Requests,
}

/// When a request is dealt with: the time of the gateway, and of the service behind it.
///
/// They differ where the service's time is sped up, and clients sign by the real one.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) gateway: OffsetDateTime,
    pub(crate) service: OffsetDateTime,
}

pub(crate) fn default_credentials() -> Credentials {
    Credentials::new("LTAI5tFakeDbsAccessKey", "FakeDbsAccessKeySecret0123456789")
}

impl Service {
    pub(crate) fn new(random: Rng) -> Self {
        let mut gate = Gate::default();
        gate.add_key(default_credentials());
        Self {
            gate,
            limits: Limits::default(),
            state: State::new(Ids::new(random)),
            tokens: HashMap::new(),
            requests: Requests::default(),
        }
    }

    /// Forgets all but the keys, the nonces, and whether limits are enforced.
    pub(crate) fn reset(&mut self, random: Rng) {
        self.limits = self.limits.anew();
        self.state = State::new(Ids::new(random));
        self.tokens.clear();
        self.requests.clear();
    }

    pub(crate) fn add_credentials(&mut self, credentials: Credentials) {
        self.gate.add_key(credentials);
    }

    /// Answers a request, as gateway and service together do.
    pub(crate) fn answer(&mut self, request: &RecordedRequest, times: Times) -> Response<Bytes> {
        let mut response = self
            .pass(request, times.gateway)
            .and_then(|passed| self.execute_once(request.operation(), &passed, times.service))
            .unwrap_or_else(|refused| self.refuse(&refused));
        let date = times.gateway.format(&Rfc2822).unwrap_or_default().replace("+0000", "GMT");
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    /// Refuses a request, whatever it is.
    pub(crate) fn refuse(&mut self, refused: &Refused) -> Response<Bytes> {
        refused.response(&self.state.ids.request())
    }

    fn pass(&mut self, request: &RecordedRequest, now: OffsetDateTime) -> Result<Passed, Refused> {
        let passed = self.gate.pass(request, now)?;
        self.limits.pass(&passed.access_key_id, request.operation(), now)?;
        Ok(passed)
    }

    /// Executes a request, unless its client token was seen: then the first answer is given again.
    fn execute_once(
        &mut self,
        operation: &str,
        passed: &Passed,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, Refused> {
        // What only reads is answered anew, token or not.
        let reads =
            ALL.iter().any(|info| info.action == operation && info.safety == Safety::ReadOnly);
        let token = passed.parameters.get("ClientToken").filter(|_| !reads).map(str::to_owned);
        let Some(token) = token else {
            return self.execute(operation, passed, now);
        };
        ClientToken::new(&token)
            .map_err(|error| Refused::gateway(400, "InvalidClientToken", error.to_string()))?;
        let mut parameters: Vec<_> = passed
            .parameters
            .iter()
            .chain(passed.parameters.secrets().map(|(name, secret)| (name, secret.expose())))
            .collect();
        parameters.sort_unstable();
        let parameters = crate::rpc::sign::acs3::payload_hash(format!("{parameters:?}").as_bytes());
        let key = (passed.access_key_id.clone(), operation.to_owned(), token);
        match self.tokens.get(&key) {
            Some((known, response)) if *known == parameters => Ok(response.clone()),
            Some(_) => Err(Refused::gateway(
                400,
                "IdempotentParameterMismatch",
                "The request uses the same client token as a previous, but non-identical request.",
            )),
            None => {
                let response = self.execute(operation, passed, now)?;
                self.tokens.insert(key, (parameters, response.clone()));
                Ok(response)
            }
        }
    }

    fn execute(
        &mut self,
        operation: &str,
        passed: &Passed,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, Refused> {
        macro_rules! dispatch {
            ($($request:ident),+ $(,)?) => {
                match operation {
                    $(stringify!($request) => self.run::<$request>(passed, now),)+
                    _ => Err(Refused::gateway(
                        404,
                        "InvalidAction.NotFound",
                        "Specified api is not found, please check your url and method.",
                    )),
                }
            };
        }
        dispatch! {
            ConfigureBackupPlan, CreateAndStartBackupPlan, CreateBackupPlan,
            CreateFullBackupSetDownload, CreateGetDBListFromAgentTask,
            CreateIncrementBackupSetDownload, CreateRestoreTask, DescribeBackupGatewayList,
            DescribeBackupPlanBilling, DescribeBackupPlanList, DescribeBackupSetDownloadTaskList,
            DescribeDLAService, DescribeFullBackupList, DescribeIncrementBackupList,
            DescribeJobErrorCode, DescribeNodeCidrList, DescribePreCheckProgressList,
            DescribeRegions, DescribeRestoreRangeInfo, DescribeRestoreTaskList, DisableBackupLog,
            EnableBackupLog, GetDBListFromAgent, InitializeDbsServiceLinkedRole,
            ModifyBackupObjects, ModifyBackupPlanName, ModifyBackupSetDownloadRules,
            ModifyBackupSourceEndpoint, ModifyBackupStrategy, ModifyStorageStrategy,
            ReleaseBackupPlan, RenewBackupPlan, StartBackupPlan, StartRestoreTask, StopBackupPlan,
            UpgradeBackupPlan,
        }
    }

    fn run<R: Handle>(
        &mut self,
        passed: &Passed,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, Refused> {
        let request: R = typed(passed, R::REQUIRED)?;
        self.state.settle(now);
        let response = request.handle(&mut self.state, now)?;
        let id = self.state.ids.request();
        Ok(if R::OLD_ENVELOPE {
            answer::old_success(&id, &response)
        } else {
            answer::success(&id, &response)
        })
    }
}

/// The request in its type: what the gateway's metadata requires first, then values.
fn typed<T: DeserializeOwned>(passed: &Passed, required: &[&str]) -> Result<T, Refused> {
    if let Some(missing) = required.iter().find(|name| !passed.parameters.contains(name)) {
        return Err(Refused::gateway(
            400,
            format!("Missing{missing}"),
            format!("{missing} is mandatory for this action."),
        ));
    }
    passed.parameters.decode().map_err(|error| {
        // Serde's message is all that tells a missing parameter from a wrong one.
        let message = error.to_string();
        let absent = message.starts_with("missing field") || message.contains(" is missing: ");
        let code = if absent { "Param.NotFound" } else { "InvalidParameterValid" };
        Refused::business(code, message)
    })
}
