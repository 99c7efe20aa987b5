//! Decides whether a subscription is due. Pure: it sends nothing.

use time::OffsetDateTime;

use super::renewal::RenewalRefusal;
use crate::rpc::value::InvalidValue;
use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::{ChargeType, Period};
use crate::workflows::subscription::{MAX_OVERDUE, outlasts, shortest_days};

/// Which subscriptions are due.
#[derive(Clone, Copy, Debug)]
pub(super) struct DueRules {
    within: time::Duration,
    term: Period,
    pub(super) include_overdue: bool,
}

/// Whether a subscription is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dueness {
    /// It ends later.
    Later,
    /// It ends, or has ended, at this time.
    Due(OffsetDateTime),
    Refused(RenewalRefusal),
}

impl DueRules {
    /// Creates the rules.
    ///
    /// # Errors
    ///
    /// If a renewed subscription could still be due. Then each run would renew it again, as the new
    /// end has another client token.
    pub(super) fn new(within: std::time::Duration, term: Period) -> Result<Self, InvalidValue> {
        let days = shortest_days(term);
        match time::Duration::try_from(within) {
            Ok(within) if within < time::Duration::days(days.into()) => {
                Ok(Self { within, term, include_overdue: false })
            }
            _ => {
                let hours = within.as_secs() / 3600;
                let value = format!("{} days {} h", hours / 24, hours % 24);
                let expected = format!(
                    "expected less than {days} days, because a renewal by {term} may last no \
                     longer and would be due again"
                );
                Err(InvalidValue::new("within", value, expected))
            }
        }
    }

    /// Returns whether the subscription of a listed plan is due.
    ///
    /// A plan with an end is treated as a subscription unless the service says otherwise, because only
    /// subscriptions end.
    pub(super) fn dueness(&self, plan: &BackupPlanDetail, now: OffsetDateTime) -> Dueness {
        if plan.instance_charge_type.as_ref().is_some_and(|kind| *kind == ChargeType::Postpay) {
            return Dueness::Refused(RenewalRefusal::PayAsYouGo);
        }
        let Some(end) = plan.instance_expired_timestamp else {
            return Dueness::Refused(RenewalRefusal::NoExpiry);
        };
        if end > now.saturating_add(self.within) {
            return Dueness::Later;
        }
        if end < now.saturating_sub(MAX_OVERDUE) && !self.include_overdue {
            return Dueness::Refused(RenewalRefusal::Overdue);
        }
        if !outlasts(end, self.term, now, self.within) {
            return Dueness::Refused(RenewalRefusal::TermTooShort);
        }
        Dueness::Due(end)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 24 * 3600;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    fn days(days: u64) -> Duration {
        Duration::from_secs(days * 24 * 3600)
    }

    fn plan(charge: Option<&str>, end: Option<i64>) -> BackupPlanDetail {
        serde_json::from_value(json!({
            "BackupPlanId": "dbs1",
            "InstanceChargeType": charge,
            "InstanceExpiredTimestamp": end.map(|end| end * 1000),
        }))
        .unwrap()
    }

    fn rules(within: u64, term: &str, include_overdue: bool) -> DueRules {
        let rules = DueRules::new(days(within), term.parse().unwrap()).unwrap();
        DueRules { include_overdue, ..rules }
    }

    #[test]
    fn end_decides_whether_a_subscription_is_due() {
        use RenewalRefusal::*;
        let due = |end| Dueness::Due(at(end));
        let overdue = NOW - 7 * DAY;
        for (end, include_overdue, expected) in [
            (NOW + 30 * DAY + 1, false, Dueness::Later),
            (NOW + 30 * DAY, false, due(NOW + 30 * DAY)),
            (NOW, false, due(NOW)),
            (overdue, false, due(overdue)),
            (overdue - 1, false, Dueness::Refused(Overdue)),
            (overdue - 1, true, due(overdue - 1)),
            (NOW - 335 * DAY + 1, true, due(NOW - 335 * DAY + 1)),
            (NOW - 335 * DAY, true, Dueness::Refused(TermTooShort)),
            (0, true, Dueness::Refused(NoExpiry)),
        ] {
            let plan = plan(Some("PREPAY"), Some(end));
            let rules = rules(30, "1 year", include_overdue);
            assert_eq!(rules.dueness(&plan, at(NOW)), expected, "{}", end - NOW);
        }
    }

    #[test]
    fn short_term_of_an_ended_plan_is_refused() {
        let rules = rules(27, "1 month", false);
        let judged = |end| rules.dueness(&plan(Some("PREPAY"), Some(end)), at(NOW));
        assert_eq!(judged(NOW), Dueness::Due(at(NOW)));
        assert_eq!(judged(NOW - DAY), Dueness::Refused(RenewalRefusal::TermTooShort));
    }

    #[test]
    fn missing_facts_are_not_assumed() {
        use RenewalRefusal::*;
        let rules = rules(30, "1 year", false);
        for (charge, end, expected) in [
            (Some("POSTPAY"), None, Dueness::Refused(PayAsYouGo)),
            (Some("POSTPAY"), Some(NOW), Dueness::Refused(PayAsYouGo)),
            (Some("PREPAY"), None, Dueness::Refused(NoExpiry)),
            (None, None, Dueness::Refused(NoExpiry)),
            (Some("other"), None, Dueness::Refused(NoExpiry)),
            (None, Some(NOW), Dueness::Due(at(NOW))),
        ] {
            assert_eq!(rules.dueness(&plan(charge, end), at(NOW)), expected, "{charge:?} {end:?}");
        }
    }

    #[test]
    fn term_must_outlast_the_time() {
        for (term, limit) in [("1 month", 28), ("2 months", 58), ("1 year", 365), ("9 years", 3285)]
        {
            let term: Period = term.parse().unwrap();
            let shorter = days(limit).saturating_sub(Duration::from_nanos(1));
            assert!(DueRules::new(shorter, term).is_ok(), "{term}");
            assert!(DueRules::new(days(limit), term).is_err(), "{term}");
            assert!(DueRules::new(Duration::MAX, term).is_err(), "{term}");
        }
    }
}
