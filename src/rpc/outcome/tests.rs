use std::fmt::Write as _;
use std::path::Path;

use super::*;
use RetryClass::{Ambiguous, AmbiguousPermanent, InProgress, Permanent, Transient};

const CAUSES: [(FailureCause, &str); 12] = [
    (FailureCause::NoCredentials, "no usable credentials"),
    (FailureCause::DeadlineExceeded, "deadline exceeded before sending"),
    (FailureCause::InvalidRequest, "request cannot be encoded or signed"),
    (FailureCause::NotConnected, "connect error"),
    (FailureCause::NotProcessed, "not processed, as the server proved"),
    (FailureCause::TimedOut, "response timeout"),
    (FailureCause::Interrupted, "connection lost after sending"),
    (FailureCause::InvalidResponse, "response too large or not valid HTTP"),
    (FailureCause::Redirect, "redirect"),
    (FailureCause::GatewayError, "rejected by the gateway"),
    (FailureCause::ServiceError, "rejected by the service"),
    (FailureCause::UnexpectedResponse, "response not in the form of the API"),
];

const CODES: [&str; 13] = [
    "",
    "Whatever",
    "Throttling.User",
    "ServiceUnavailable",
    "ServiceUnavailableTemporary",
    "SignatureNonceUsed",
    "InternalError",
    "InternalFailure",
    "Backup.InternalError",
    "undefined",
    "UnknownError",
    "SystemBusy",
    "TooManyRequests",
];

fn response(cause: FailureCause, status: u16) -> FailedAttempt<'static> {
    FailedAttempt::new(cause).status(StatusCode::from_u16(status).unwrap())
}

fn gateway(status: u16, code: &'static str) -> FailedAttempt<'static> {
    response(FailureCause::GatewayError, status).code(code)
}

fn service(status: u16, code: &'static str) -> FailedAttempt<'static> {
    response(FailureCause::ServiceError, status).code(code)
}

fn unexpected(status: u16) -> FailedAttempt<'static> {
    response(FailureCause::UnexpectedResponse, status)
}

/// Adds `x-acs-retry-after` to the response.
fn throttled(attempt: FailedAttempt<'static>) -> FailedAttempt<'static> {
    FailedAttempt { throttled: true, retry_after: Some(Duration::from_secs(1)), ..attempt }
}

/// Adds a status to the body.
fn in_body(status: u16, attempt: FailedAttempt<'static>) -> FailedAttempt<'static> {
    FailedAttempt { body_status: Some(status), ..attempt }
}

/// Sets what the code says about earlier requests.
fn busy(busy: BusyCode, attempt: FailedAttempt<'static>) -> FailedAttempt<'static> {
    FailedAttempt { busy, ..attempt }
}

/// Places the attempt after one whose outcome is unknown.
fn after_unknown(attempt: FailedAttempt<'static>) -> FailedAttempt<'static> {
    FailedAttempt { after_unknown: true, ..attempt }
}

/// For each rule, in order: its classification, and attempts that it must match first.
#[rustfmt::skip]
fn rows() -> Vec<(ErrorKind, RetryClass, Vec<FailedAttempt<'static>>)> {
    use ErrorKind::{Response, Connect, Credentials, Interrupted, Request, Service, Timeout};
    let permanent = |cause| vec![FailedAttempt::new(cause).permanent(true)];
    let plain = |cause| vec![FailedAttempt::new(cause)];
    vec![
        (Credentials, Permanent, permanent(FailureCause::NoCredentials)),
        (Credentials, Transient, plain(FailureCause::NoCredentials)),
        (Timeout, Transient, plain(FailureCause::DeadlineExceeded)),
        (Request, Permanent, plain(FailureCause::InvalidRequest)),
        (Connect, Permanent, permanent(FailureCause::NotConnected)),
        (Connect, Transient, plain(FailureCause::NotConnected)),
        (Interrupted, Permanent, permanent(FailureCause::NotProcessed)),
        (Interrupted, Transient, plain(FailureCause::NotProcessed)),
        (Timeout, AmbiguousPermanent, permanent(FailureCause::TimedOut)),
        (Timeout, Ambiguous, plain(FailureCause::TimedOut)),
        (Interrupted, AmbiguousPermanent, permanent(FailureCause::Interrupted)),
        (Interrupted, Ambiguous, plain(FailureCause::Interrupted)),
        (Response, AmbiguousPermanent, permanent(FailureCause::InvalidResponse)),
        (Response, Ambiguous, plain(FailureCause::InvalidResponse)),
        (Response, Ambiguous, vec![response(FailureCause::Redirect, 302)]),
        (Service, InProgress, vec![
            busy(BusyCode::Token, gateway(409, "TokenInUse")),
            busy(BusyCode::Token, gateway(503, "TokenInUse")),
            busy(BusyCode::Token, in_body(500, service(200, "TokenInUse"))),
            after_unknown(busy(BusyCode::Token, throttled(gateway(400, "TokenInUse")))),
        ]),
        (Service, InProgress, vec![
            after_unknown(busy(BusyCode::Resource, gateway(400, "Busy"))),
            after_unknown(busy(BusyCode::Resource, service(200, "Busy"))),
        ]),
        (Service, Transient, vec![
            gateway(503, "ServiceUnavailable"),
            gateway(500, "ServiceUnavailableTemporary"),
            throttled(gateway(500, "serviceunavailable")),
        ]),
        (Service, Transient, vec![gateway(429, "Whatever"), gateway(429, "InternalError")]),
        (Service, Transient, vec![
            gateway(400, "Throttling.User"),
            gateway(500, "Throttling"),
            in_body(429, service(200, "Throttling.User")),
        ]),
        (Service, Ambiguous, vec![
            gateway(400, "SignatureNonceUsed"),
            throttled(gateway(400, "SignatureNonceUsed")),
        ]),
        (Service, AmbiguousPermanent, ["InternalError", "Backup.InternalError"].map(|code| service(200, code)).to_vec()),
        (Service, Ambiguous, vec![
            gateway(500, "InternalError"),
            service(400, "InternalError"),
            service(500, "Backup.InternalError"),
            gateway(500, "Backup.InternalFailure"),
            throttled(gateway(400, "InternalFailure")),
        ]),
        (Service, Ambiguous, vec![
            service(200, "ServiceUnavailable"),
            service(503, "ServiceUnavailableTemporary"),
        ]),
        (Service, Transient, vec![gateway(503, "Whatever"), throttled(gateway(503, ""))]),
        (Service, Ambiguous, vec![
            service(200, "undefined"),
            service(200, "UnknownError"),
            service(400, "SystemBusy"),
            service(200, "TooManyRequests"),
            in_body(429, service(200, "TooManyRequests")),
            in_body(400, service(200, "undefined")),
        ]),
        (Service, Ambiguous, vec![
            gateway(504, ""),
            gateway(408, "Timeout"),
            service(500, "Param.NotFound"),
            service(503, ""),
            throttled(service(503, "")),
            service(429, ""),
            throttled(gateway(500, "Throttling.User")),
            in_body(500, service(200, "Whatever")),
            in_body(503, service(200, "")),
            in_body(429, service(200, "")),
        ]),
        (Service, Ambiguous, vec![service(200, ""), in_body(403, service(200, ""))]),
        (Service, Transient, vec![
            throttled(gateway(400, "Whatever")),
            throttled(service(429, "Throttling")),
            in_body(429, throttled(gateway(429, "Throttling"))),
            in_body(429, throttled(service(200, "Throttling.User"))),
        ]),
        (Service, Permanent, vec![
            service(200, "BackupPlanNotCreate"),
            gateway(400, "InvalidParameter"),
            gateway(403, "Forbidden.RAM"),
            gateway(404, "InvalidAction.NotFound"),
            busy(BusyCode::Resource, gateway(409, "Busy")),
            after_unknown(gateway(409, "Conflict")),
            in_body(400, service(200, "Param.NotFound")),
            service(400, ""),
            in_body(500, gateway(400, "InvalidParameter")),
        ]),
        (Response, AmbiguousPermanent, vec![unexpected(407)]),
        (Response, Ambiguous, [200, 204, 400, 403, 404, 408, 429, 500, 502, 503, 504]
            .map(unexpected).to_vec()),
    ]
}

#[test]
fn each_rule_decides_its_examples() {
    let rows = rows();
    assert_eq!(rows.len(), RULES.len(), "one row per rule");
    for (index, (kind, retry_class, examples)) in rows.iter().enumerate() {
        assert!(!examples.is_empty(), "row {index}");
        for attempt in examples {
            let found = RULES.iter().position(|rule| rule.matches(attempt));
            assert_eq!(found, Some(index), "{attempt:?}");
            let class = classify(attempt);
            assert_eq!((class.kind, class.retry_class), (*kind, *retry_class), "{attempt:?}");
            assert_eq!(class.retry_after, attempt.retry_after);
        }
    }
}

/// Returns every combination that a rule can distinguish.
fn all_attempts() -> impl Iterator<Item = FailedAttempt<'static>> {
    let statuses = [None, Some(200), Some(302), Some(400), Some(407), Some(408), Some(429)]
        .into_iter()
        .chain([Some(500), Some(503), Some(504)]);
    CAUSES.into_iter().flat_map(move |(cause, _)| {
        statuses.clone().flat_map(move |status| {
            CODES.into_iter().flat_map(move |code| {
                (0..24).flat_map(move |flags| {
                    [None, Some(200), Some(400), Some(429), Some(500), Some(503)].map(
                        |body_status| FailedAttempt {
                            status: status.map(|status| StatusCode::from_u16(status).unwrap()),
                            body_status,
                            code,
                            throttled: flags & 1 != 0,
                            permanent: flags & 2 != 0,
                            after_unknown: flags & 4 != 0,
                            busy: [BusyCode::No, BusyCode::Resource, BusyCode::Token][flags >> 3],
                            ..FailedAttempt::new(cause)
                        },
                    )
                })
            })
        })
    })
}

#[test]
fn every_attempt_matches_a_rule() {
    let mut used = vec![false; RULES.len()];
    for attempt in all_attempts() {
        let rule = RULES.iter().position(|rule| rule.matches(&attempt));
        used[rule.unwrap_or_else(|| panic!("no rule for {attempt:?}"))] = true;
    }
    assert_eq!(used.iter().position(|used| !used), None, "a rule that never matches first");
}

#[test]
fn lost_response_is_never_classified_as_unexecuted() {
    for attempt in all_attempts() {
        let lost = matches!(
            attempt.cause,
            FailureCause::TimedOut | FailureCause::Interrupted | FailureCause::InvalidResponse
        );
        assert!(!lost || classify(&attempt).execution == Execution::Unknown, "{attempt:?}");
    }
}

#[test]
fn only_the_gateway_proves_that_nothing_ran() {
    for attempt in all_attempts().filter(|attempt| attempt.status.is_some()) {
        let unproven =
            matches!(attempt.cause, FailureCause::UnexpectedResponse | FailureCause::Redirect);
        let class = classify(&attempt);
        assert!(!unproven || class.execution == Execution::Unknown, "{attempt:?}");
        let in_use = attempt.busy == BusyCode::Token && ERROR_RESPONSES.contains(&attempt.cause);
        assert!(!in_use || class.retry_class == InProgress, "{attempt:?}");
    }
}

#[test]
fn body_status_matters_only_in_a_2xx() {
    for attempt in all_attempts() {
        let without = classify(&FailedAttempt { body_status: None, ..attempt });
        let is_2xx = attempt.status.is_some_and(|status| status.is_success());
        let class = classify(&attempt);
        assert!(is_2xx || class.retry_class == without.retry_class, "{attempt:?}");
        // It never adds the claim that nothing was executed.
        assert!(class.execution >= without.execution, "{attempt:?}");
    }
}

#[test]
fn throttling_is_detected_by_status_code_or_header() {
    for (attempt, expected) in [
        (gateway(429, ""), true),
        (unexpected(429), true),
        (gateway(400, "Throttling.Api"), true),
        (gateway(400, "Rejected.Throttling"), true),
        (throttled(service(200, "")), true),
        (in_body(429, service(200, "")), true),
        (service(200, "TooManyRequests"), true),
        (gateway(503, "ServiceUnavailable"), false),
        (service(200, "Param.NotFound"), false),
    ] {
        assert_eq!(classify(&attempt).throttling, expected, "{attempt:?}");
    }
}

#[test]
fn unknown_outcome_is_retried_only_if_harmless() {
    for (retry_class, retried) in [
        (Permanent, [false, false, false]),
        (Transient, [true, true, true]),
        (Ambiguous, [true, true, false]),
        (InProgress, [true, true, false]),
        (AmbiguousPermanent, [false, false, false]),
    ] {
        let safeties = [Safety::ReadOnly, Safety::IdempotentByToken, Safety::Mutating];
        assert_eq!(safeties.map(|safety| retry_class.allows_retry(safety)), retried);
    }
}

/// Returns the rules as the Markdown table of the architecture page.
fn markdown_table() -> String {
    let mut table = String::from(
        "| failed attempt | HTTP status | code | `x-acs-retry-after` | permanent | `ErrorKind` | \
         executed | retried |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for rule in RULES {
        let cause = match rule.causes {
            [one] => CAUSES.iter().find(|(known, _)| known == one).unwrap().1,
            causes => {
                assert_eq!(causes, ERROR_RESPONSES);
                "rejected by the gateway or the service"
            }
        };
        let status = match rule.status {
            StatusSet::Any => String::new(),
            StatusSet::Is(set) => set.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
            StatusSet::ServerFailure => "5xx, 408, 429, also in the body of a 2xx".into(),
            StatusSet::Success => "2xx".into(),
        };
        let code = match rule.codes {
            CodeSet::Any => String::new(),
            CodeSet::Is([""]) => "none".into(),
            CodeSet::Is(set) => {
                set.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
            }
            CodeSet::Internal(set) => {
                let codes: Vec<_> = set.iter().map(|code| format!("`{code}`")).collect();
                format!("{}, also after a dot", codes.join(", "))
            }
            CodeSet::Containing(part) => format!("`…{part}…`"),
            CodeSet::TokenInUse => "one of `Api::TOKEN_IN_USE_CODES`".into(),
            CodeSet::Busy => {
                assert!(rule.after_unknown);
                "one of `Api::BUSY_CODES`, after an attempt of unknown outcome".into()
            }
        };
        let flag = |flag: Option<bool>, set, unset| match flag {
            None => "",
            Some(true) => set,
            Some(false) => unset,
        };
        let (executed, retried) = match rule.retry_class {
            Permanent => ("no", "never"),
            Transient => ("no", "always"),
            Ambiguous => ("unknown", "if harmless"),
            InProgress => ("unknown", "if harmless, until the deadline"),
            AmbiguousPermanent => ("unknown", "never"),
        };
        writeln!(
            table,
            "| {cause} | {status} | {code} | {} | {} | `{:?}` | {executed} | {retried} |",
            flag(rule.throttled, "present", "absent"),
            flag(rule.permanent, "yes", "no"),
            rule.kind
        )
        .unwrap();
    }
    table
}

#[test]
fn architecture_page_has_the_table() {
    const BEGIN: &str =
        "<!-- outcome table: written by UPDATE_DOCS=1 cargo test --lib outcome -->\n";
    const END: &str = "<!-- end of outcome table -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the opening marker");
    let (found, after) = rest.split_once(END).expect("the page has the closing marker");
    let expected = format!("\n{}\n", markdown_table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, [before, BEGIN, &expected, END, after].concat()).unwrap();
    } else {
        assert!(found == expected, "stale: run UPDATE_DOCS=1 cargo test --lib outcome\n{expected}");
    }
}
