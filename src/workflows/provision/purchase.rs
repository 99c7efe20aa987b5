//! The purchase of a provisioning, and its record.

use std::pin::pin;

use time::OffsetDateTime;

use super::candidates::candidates;
use super::context::{RunContext, StageResult, in_stage};
use super::decision::{Decision, PurchaseAttempts, PurchaseFacts, SentPurchase, decide, token_age};
use super::existing::plans_by_id;
use super::options::{PlanOrigin, PurchaseHistory};
use super::progress::ProvisionStage;
use super::provision_error::ProvisionCause;
use super::record::CreatedPlan;
use super::unresolved::{UnresolvedInner, UnresolvedPurchase};
use crate::rpc::error::Error;
use crate::rpc::retry::RetryPolicy;
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2019_03_06::operations::{BackupPlanDetail, ConfigureBackupPlan};

impl RunContext<'_> {
    /// Returns the plan of an earlier run, or buys one.
    ///
    /// The configuration is for a later run, which continues with a candidate.
    pub(super) async fn create(
        &self,
        configuration: &ConfigureBackupPlan,
    ) -> StageResult<CreatedPlan> {
        if let PlanOrigin::Earlier(plan) = &self.options.origin {
            return Ok(CreatedPlan {
                backup_plan_id: plan.clone(),
                order_id: None,
                client_token: self.token.clone(),
            });
        }
        if let Some(adopted) = self.existing(configuration).await? {
            return Ok(adopted);
        }
        let started = self.client.clock().now();
        let mut sent =
            self.options.history.as_ref().map_or(SentPurchase::Never, |history| history.sent);
        let mut failed = None;
        if let Decision::Send { within, attempts } = decide(self.facts(started, sent)) {
            let mut request = self.options.create.clone();
            request.client_token = Some(self.token.clone());
            let mut call = self.client.send(request).timeout(self.call_timeout().min(within));
            if attempts == PurchaseAttempts::One {
                call = call.retry(RetryPolicy::never());
            }
            let error = match call.await {
                Ok(bought) => {
                    let bought = bought.into_inner();
                    return Ok(CreatedPlan {
                        backup_plan_id: bought.backup_plan_id,
                        order_id: bought.order_id,
                        client_token: self.token.clone(),
                    });
                }
                Err(error) => error,
            };
            let outcome = if error.may_have_executed() {
                SentPurchase::Unknown
            } else {
                SentPurchase::NotExecuted
            };
            sent = sent.max(outcome);
            if !self.must_search(started, sent, &error) {
                return Err(in_stage(ProvisionStage::Create)(error));
            }
            failed = Some(error);
        }
        let since = self.options.token_since.unwrap_or(started);
        let since = token_age(since, self.client.clock().now()).map(|_| since);
        let cause = match (self.search(since).await, failed) {
            (Ok(candidates), _) => {
                ProvisionCause::Unresolved(UnresolvedPurchase::new(UnresolvedInner {
                    options: self.options.clone(),
                    configuration: configuration.clone(),
                    token: self.token.clone(),
                    since,
                    candidates,
                    same_name: false,
                }))
            }
            // The error of the search does not show that a plan may have been bought.
            (Err(_), Some(error)) => error.into(),
            (Err(cause), None) => cause,
        };
        Err((ProvisionStage::Create, cause))
    }

    /// Returns the existing plan to adopt, if a plan has the name of the configuration.
    ///
    /// Such a plan was bought for the name, because a journal records a plan before its
    /// configuration: the journal was lost. Without `adopt_existing`, a person decides.
    async fn existing(
        &self,
        configuration: &ConfigureBackupPlan,
    ) -> StageResult<Option<CreatedPlan>> {
        let Some(PurchaseHistory { existing: Some(existing), adopt_existing, .. }) =
            &self.options.history
        else {
            return Ok(None);
        };
        let ids = existing.named(&configuration.backup_plan_name);
        if ids.is_empty() || matches!(self.options.origin, PlanOrigin::PurchaseAnyway) {
            return Ok(None);
        }
        if let ([id], true) = (ids, adopt_existing) {
            return Ok(Some(CreatedPlan {
                backup_plan_id: id.clone(),
                order_id: None,
                client_token: self.token.clone(),
            }));
        }
        let found = pin!(plans_by_id(self.client, ids));
        let subject = || "the plans that have the name of the configuration".to_owned();
        let found = self.limited(subject, found).await.and_then(|plans| Ok(plans?));
        let candidates = found.map_err(|cause| (ProvisionStage::Create, cause))?;
        Err((
            ProvisionStage::Create,
            ProvisionCause::Unresolved(UnresolvedPurchase::new(UnresolvedInner {
                options: self.options.clone(),
                configuration: configuration.clone(),
                token: self.token.clone(),
                since: None,
                candidates,
                same_name: true,
            })),
        ))
    }

    /// Returns whether a failed purchase must not be sent again by a later run.
    fn must_search(&self, started: OffsetDateTime, sent: SentPurchase, error: &Error) -> bool {
        // With a journal, the earlier purchase is known, and its plan can be searched for.
        let is_other_purchase =
            self.options.history.is_some() && error.is(ErrorCode::IdempotentParameterMismatch);
        let may_be_executed = sent == SentPurchase::Unknown;
        is_other_purchase
            || (may_be_executed && decide(self.facts(started, sent)) == Decision::Search)
    }

    fn facts(&self, started: OffsetDateTime, sent: SentPurchase) -> PurchaseFacts {
        let options = self.options;
        let history = options.history.as_ref();
        let buy_anyway = matches!(options.origin, PlanOrigin::PurchaseAnyway);
        let since = if buy_anyway {
            history.and_then(|history| history.anyway_since)
        } else {
            options.token_since
        };
        PurchaseFacts {
            age: token_age(since.unwrap_or(started), self.client.clock().now()),
            token_memory: options.token_memory,
            first_writer: match history {
                Some(history) => history.first_writer,
                None => options.token_since.is_none(),
            },
            sent,
            buy_anyway,
        }
    }

    /// Returns the plans that an earlier purchase may have bought.
    async fn search(
        &self,
        since: Option<OffsetDateTime>,
    ) -> Result<Vec<BackupPlanDetail>, ProvisionCause> {
        let recorded = self.options.history.as_ref().map(|history| &history.purchase);
        let purchase = recorded.unwrap_or(&self.options.create);
        let found = pin!(candidates(self.client, purchase, since));
        let subject = || "the search for the plan of an earlier purchase".to_owned();
        Ok(self.limited(subject, found).await??)
    }

    /// Waits until the hook has recorded the plan.
    pub(super) async fn record(&self, plan: CreatedPlan) -> StageResult<()> {
        let Some(record) = &self.options.record else { return Ok(()) };
        let subject = || format!("the record of backup plan `{}`", plan.backup_plan_id);
        let recorded = self.limited(subject, record(plan.clone())).await;
        recorded
            .and_then(|recorded| recorded.map_err(ProvisionCause::Record))
            .map_err(|cause| (ProvisionStage::Create, cause))
    }
}

#[cfg(test)]
#[cfg(feature = "fake")]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use async_trait::async_trait;
    use bytes::Bytes;

    use super::*;
    use crate::fake::FakeDbs;
    use crate::transport::{Transport, TransportError};
    use crate::v2019_03_06::operations::CreateBackupPlan;
    use crate::v2019_03_06::types::{
        BackupMethod, BackupPlanId, DatabaseAccess, DatabaseType, InstanceClass, SourceEndpoint,
    };
    use crate::workflows::provision::{Provision, ProvisionError};
    use crate::{Client, Clock, Period, Region};

    fn purchase(class: InstanceClass) -> CreateBackupPlan {
        CreateBackupPlan::builder()
            .region(Region::Hangzhou)
            .database_type(DatabaseType::MySql)
            .instance_class(class)
            .backup_method(BackupMethod::Logical)
            .billing(Period::years::<1>())
            .build()
    }

    fn configuration(plan: BackupPlanId) -> ConfigureBackupPlan {
        ConfigureBackupPlan::builder()
            .backup_plan_id(plan)
            .backup_plan_name("orders")
            .source_endpoint(SourceEndpoint::Rds {
                region: Region::Hangzhou,
                instance_id: "rm-1".parse().unwrap(),
                access: DatabaseAccess::mysql("dbs", "hunter2"),
            })
            .build()
    }

    fn client(dbs: &FakeDbs) -> Client {
        let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
        builder.transport(dbs.clone()).build().unwrap()
    }

    fn history(sent: SentPurchase) -> PurchaseHistory {
        let purchase = purchase(InstanceClass::Small);
        PurchaseHistory {
            first_writer: true,
            sent,
            anyway_since: None,
            purchase,
            existing: None,
            adopt_existing: false,
        }
    }

    fn provision(client: &Client, class: InstanceClass) -> Provision {
        client.provision(purchase(class), configuration).client_token("t-1".parse().unwrap())
    }

    fn purchases(dbs: &FakeDbs) -> usize {
        dbs.requests().iter().filter(|sent| sent.operation() == "CreateBackupPlan").count()
    }

    fn candidates(error: &ProvisionError) -> Option<usize> {
        error.unresolved().map(|purchase| purchase.candidates().len())
    }

    const LATENESS: Duration = Duration::from_secs(2);

    /// A service whose responses are late.
    #[derive(Debug)]
    struct LateResponses(FakeDbs);

    #[async_trait]
    impl Transport for LateResponses {
        async fn send(
            &self,
            request: http::Request<Bytes>,
        ) -> Result<http::Response<Bytes>, TransportError> {
            let response = self.0.send(request).await;
            self.0.clock().advance(LATENESS);
            response
        }

        fn clock(&self) -> Option<Arc<dyn Clock>> {
            let clock: Arc<dyn Clock> = self.0.clock().clone();
            Some(clock)
        }
    }

    #[tokio::test]
    async fn first_writer_sends_until_an_outcome_is_unknown() {
        for (sent, requests) in
            [(SentPurchase::Never, 1), (SentPurchase::NotExecuted, 1), (SentPurchase::Unknown, 0)]
        {
            let dbs = FakeDbs::new();
            let run = provision(&client(&dbs), InstanceClass::Small)
                .token_memory(Duration::ZERO)
                .token_since(dbs.clock().now() - Duration::from_secs(9999))
                .history(history(sent));
            assert_eq!(run.await.is_ok(), requests == 1, "{sent:?}");
            assert_eq!(purchases(&dbs), requests, "{sent:?}");
        }
    }

    #[tokio::test]
    async fn refusal_does_not_clear_an_unknown_outcome() {
        for (sent, is_searched) in
            [(SentPurchase::NotExecuted, false), (SentPurchase::Unknown, true)]
        {
            let dbs = FakeDbs::new();
            dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "no stock");
            let builder = Client::builder().region(Region::Hangzhou);
            let builder = builder.credentials(dbs.credentials());
            let client = builder.transport(LateResponses(dbs.clone())).build().unwrap();
            let run = provision(&client, InstanceClass::Small)
                .token_memory(LATENESS)
                .token_since(dbs.clock().now() - Duration::from_millis(1))
                .history(history(sent));
            let error = run.await.unwrap_err();
            assert_eq!(error.unresolved().is_some(), is_searched, "{sent:?}: {error}");
        }
    }

    #[tokio::test]
    async fn mismatch_searches_with_the_recorded_purchase() {
        let dbs = FakeDbs::new();
        let client = client(&dbs);
        let token = "t-1".parse().unwrap();
        client.send(purchase(InstanceClass::Small)).client_token(token).await.unwrap();
        // The specification has changed since the journal has recorded the purchase.
        let changed = || provision(&client, InstanceClass::Large);
        let error = changed().history(history(SentPurchase::Never)).await.unwrap_err();
        assert_eq!(candidates(&error), Some(1), "{error}");
        let error = changed().await.unwrap_err();
        assert!(error.call().is_some_and(|call| call.is("IdempotentParameterMismatch")), "{error}");
        assert_eq!(dbs.plans().len(), 1);
    }

    #[tokio::test]
    async fn buy_anyway_is_not_repeated_after_the_memory() {
        let dbs = FakeDbs::new();
        for (since, sent, is_sent) in [
            (None, SentPurchase::Never, true),
            (Some(9999), SentPurchase::NotExecuted, true),
            (Some(60), SentPurchase::Unknown, true),
            (Some(9999), SentPurchase::Unknown, false),
        ] {
            let now = dbs.clock().now();
            let anyway_since = since.map(|seconds| now - Duration::from_secs(seconds));
            let before = purchases(&dbs);
            let run = provision(&client(&dbs), InstanceClass::Small)
                .token_since(now - Duration::from_secs(99_999))
                .buy_anyway()
                .history(PurchaseHistory { anyway_since, ..history(sent) });
            assert_eq!(run.await.is_ok(), is_sent, "{since:?} {sent:?}");
            assert_eq!(purchases(&dbs) - before, usize::from(is_sent), "{since:?} {sent:?}");
        }
        assert_eq!(dbs.plans().len(), 1);
    }

    #[tokio::test]
    async fn decision_of_a_person_forgets_earlier_outcomes() {
        let dbs = FakeDbs::new();
        let run = provision(&client(&dbs), InstanceClass::Small)
            .token_memory(Duration::ZERO)
            .token_since(dbs.clock().now())
            .history(history(SentPurchase::Unknown));
        let purchase = run.await.unwrap_err().into_unresolved().unwrap();
        purchase.buy_anyway().await.unwrap();
        assert_eq!(dbs.plans().len(), 1);
    }
}
