use std::fmt::Write as _;
use std::path::Path;

use super::*;
use Disposition::{Ambiguous, AmbiguousFinal, Final, NotExecuted};

const EVENTS: [(Event, &str); 11] = [
    (Event::NoCredentials, "no credentials"),
    (Event::NoTime, "no time left to send it"),
    (Event::Unwritable, "the request cannot be written"),
    (Event::NotSent, "no connection"),
    (Event::TimedOut, "no response in time"),
    (Event::Interrupted, "the connection broke"),
    (Event::Unusable, "a response too large, or in a form that HTTP does not have"),
    (Event::Redirect, "a redirect"),
    (Event::GatewayRefusal, "the gateway refused"),
    (Event::ServiceRefusal, "the service refused"),
    (Event::Unreadable, "a response that is not the service's"),
];

const CODES: [&str; 8] = [
    "",
    "Whatever",
    "Throttling.User",
    "ServiceUnavailable",
    "ServiceUnavailableTemporary",
    "SignatureNonceUsed",
    "InternalError",
    "InternalFailure",
];

fn at(event: Event, status: u16) -> Facts<'static> {
    Facts::new(event).status(StatusCode::from_u16(status).unwrap())
}

fn gateway(status: u16, code: &'static str) -> Facts<'static> {
    at(Event::GatewayRefusal, status).code(code)
}

fn service(status: u16, code: &'static str) -> Facts<'static> {
    at(Event::ServiceRefusal, status).code(code)
}

fn unreadable(status: u16) -> Facts<'static> {
    at(Event::Unreadable, status)
}

/// As it is when the gateway asks to wait.
fn throttled(facts: Facts<'static>) -> Facts<'static> {
    Facts { throttled: true, retry_after: Some(Duration::from_secs(1)), ..facts }
}

/// As it is when the body names a status.
fn in_body(status: u16, facts: Facts<'static>) -> Facts<'static> {
    Facts { body_status: Some(status), ..facts }
}

/// For each line of the table, in its order: what it says, and attempts that it decides.
#[rustfmt::skip]
fn rows() -> Vec<(ErrorKind, Disposition, Vec<Facts<'static>>)> {
    use ErrorKind::{Response, Connect, Credentials, Interrupted, Request, Service, Timeout};
    let lasting = |event| vec![Facts::new(event).permanent(true)];
    let passing = |event| vec![Facts::new(event)];
    vec![
        (Credentials, Final, lasting(Event::NoCredentials)),
        (Credentials, NotExecuted, passing(Event::NoCredentials)),
        (Timeout, NotExecuted, passing(Event::NoTime)),
        (Request, Final, passing(Event::Unwritable)),
        (Connect, Final, lasting(Event::NotSent)),
        (Connect, NotExecuted, passing(Event::NotSent)),
        (Timeout, AmbiguousFinal, lasting(Event::TimedOut)),
        (Timeout, Ambiguous, passing(Event::TimedOut)),
        (Interrupted, AmbiguousFinal, lasting(Event::Interrupted)),
        (Interrupted, Ambiguous, passing(Event::Interrupted)),
        (Response, AmbiguousFinal, lasting(Event::Unusable)),
        (Response, Ambiguous, passing(Event::Unusable)),
        (Response, Final, vec![at(Event::Redirect, 302)]),
        (Service, NotExecuted, vec![
            gateway(503, "ServiceUnavailable"),
            gateway(500, "ServiceUnavailableTemporary"),
            throttled(gateway(500, "serviceunavailable")),
        ]),
        (Service, NotExecuted, vec![gateway(429, "Whatever"), service(429, "InternalError")]),
        (Service, NotExecuted, vec![
            gateway(400, "Throttling.User"),
            gateway(500, "Throttling"),
            in_body(429, service(200, "Throttling.User")),
        ]),
        (Service, Ambiguous, vec![
            gateway(400, "SignatureNonceUsed"),
            throttled(gateway(400, "SignatureNonceUsed")),
        ]),
        (Service, AmbiguousFinal, vec![service(200, "InternalError")]),
        (Service, Ambiguous, vec![
            gateway(500, "InternalError"),
            service(400, "InternalError"),
            throttled(gateway(400, "InternalFailure")),
        ]),
        (Service, NotExecuted, vec![gateway(503, "Whatever"), throttled(service(503, ""))]),
        (Service, Ambiguous, vec![
            gateway(504, ""),
            gateway(408, "Timeout"),
            service(500, "Param.NotFound"),
            throttled(gateway(500, "Throttling.User")),
            in_body(500, service(200, "undefined")),
            in_body(503, service(200, "")),
            in_body(429, service(200, "")),
        ]),
        (Service, NotExecuted, vec![
            throttled(gateway(400, "Whatever")),
            throttled(service(429, "Throttling")),
            in_body(429, throttled(gateway(429, "Throttling"))),
            in_body(429, throttled(service(200, "Throttling.User"))),
        ]),
        (Service, Final, vec![
            service(200, "BackupPlanNotCreate"),
            gateway(400, "InvalidParameter"),
            gateway(403, "Forbidden.RAM"),
            gateway(404, "InvalidAction.NotFound"),
            in_body(400, service(200, "Param.NotFound")),
            in_body(500, gateway(400, "InvalidParameter")),
        ]),
        (Response, NotExecuted, vec![unreadable(503), unreadable(429)]),
        (Response, Ambiguous, vec![unreadable(500), unreadable(504), unreadable(408)]),
        (Response, Final, vec![unreadable(400), unreadable(403), unreadable(404)]),
        (Response, Ambiguous, vec![unreadable(200), unreadable(204)]),
    ]
}

#[test]
fn each_line_decides_its_row() {
    let rows = rows();
    assert_eq!(rows.len(), TABLE.len(), "a row for each line");
    for (index, (kind, disposition, examples)) in rows.iter().enumerate() {
        assert!(!examples.is_empty(), "row {index}");
        for facts in examples {
            let found = TABLE.iter().position(|line| line.fits(facts));
            assert_eq!(found, Some(index), "{facts:?}");
            let verdict = judge(facts);
            assert_eq!((verdict.kind, verdict.disposition), (*kind, *disposition), "{facts:?}");
            assert_eq!(verdict.wait, facts.retry_after);
        }
    }
}

/// Every combination of facts that can matter.
fn all_facts() -> impl Iterator<Item = Facts<'static>> {
    let statuses = [None, Some(200), Some(302), Some(400), Some(403), Some(408), Some(429)]
        .into_iter()
        .chain([Some(500), Some(503), Some(504)]);
    EVENTS.into_iter().flat_map(move |(event, _)| {
        statuses.clone().flat_map(move |status| {
            CODES.into_iter().flat_map(move |code| {
                let flags = [(false, false), (false, true), (true, false), (true, true)];
                flags.into_iter().flat_map(move |(throttled, permanent)| {
                    [None, Some(200), Some(400), Some(429), Some(500), Some(503)].map(
                        |body_status| Facts {
                            status: status.map(|status| StatusCode::from_u16(status).unwrap()),
                            body_status,
                            code,
                            throttled,
                            permanent,
                            ..Facts::new(event)
                        },
                    )
                })
            })
        })
    })
}

#[test]
fn all_facts_have_a_line() {
    let mut used = vec![false; TABLE.len()];
    for facts in all_facts() {
        let line = TABLE.iter().position(|line| line.fits(&facts));
        used[line.unwrap_or_else(|| panic!("no line for {facts:?}"))] = true;
    }
    assert_eq!(used.iter().position(|used| !used), None, "a line that never decides");
}

#[test]
fn lost_responses_are_never_called_unexecuted() {
    for facts in all_facts() {
        let lost = [Event::TimedOut, Event::Interrupted, Event::Unusable].contains(&facts.event);
        assert!(!lost || judge(&facts).execution == Execution::Unknown, "{facts:?}");
    }
}

#[test]
fn body_status_counts_only_beside_success() {
    for facts in all_facts() {
        let without = judge(&Facts { body_status: None, ..facts });
        let beside_success = facts.status.is_some_and(|status| status.is_success());
        let verdict = judge(&facts);
        assert!(beside_success || verdict.disposition == without.disposition, "{facts:?}");
        // It never makes a promise that would not be made without it.
        assert!(verdict.execution >= without.execution, "{facts:?}");
    }
}

#[test]
fn throttling_is_told_by_status_code_or_header() {
    for (facts, expected) in [
        (gateway(429, ""), true),
        (unreadable(429), true),
        (gateway(400, "Throttling.Api"), true),
        (gateway(400, "Rejected.Throttling"), true),
        (throttled(service(200, "")), true),
        (in_body(429, service(200, "")), true),
        (gateway(503, "ServiceUnavailable"), false),
        (service(200, "Param.NotFound"), false),
    ] {
        assert_eq!(judge(&facts).throttling, expected, "{facts:?}");
    }
}

#[test]
fn only_harmless_repetitions_follow_an_unknown_outcome() {
    for (disposition, retried) in [
        (Final, [false, false, false]),
        (NotExecuted, [true, true, true]),
        (Ambiguous, [true, true, false]),
        (AmbiguousFinal, [false, false, false]),
    ] {
        let safeties = [Safety::ReadOnly, Safety::IdempotentByToken, Safety::Mutating];
        assert_eq!(safeties.map(|safety| disposition.allows_retry(safety)), retried);
    }
}

/// The table as the architecture page has it.
fn printed() -> String {
    let mut page = String::from(
        "| event | HTTP status | code | asks to wait | lasting | kind | outcome |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for line in TABLE {
        let events: Vec<_> = line
            .events
            .iter()
            .map(|event| EVENTS.iter().find(|(e, _)| e == event).unwrap().1)
            .collect();
        let status = match line.status {
            StatusSet::Any => String::new(),
            StatusSet::Is(set) => set.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
            StatusSet::Failure => "5xx, 408, or in the body of a 2xx: 5xx, 408, 429".into(),
            StatusSet::Client => "4xx".into(),
            StatusSet::Success => "2xx".into(),
        };
        let code = match line.codes {
            CodeSet::Any => String::new(),
            CodeSet::Is(set) => {
                set.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
            }
            CodeSet::Containing(part) => format!("`…{part}…`"),
        };
        let flag = |flag: Option<bool>| match flag {
            None => "",
            Some(true) => "yes",
            Some(false) => "no",
        };
        let outcome = match line.disposition {
            Final => "not executed, not retried",
            NotExecuted => "not executed, retried",
            Ambiguous => "unknown, retried if harmless",
            AmbiguousFinal => "unknown, not retried",
        };
        let (throttled, permanent) = (flag(line.throttled), flag(line.permanent));
        writeln!(
            page,
            "| {} | {status} | {code} | {throttled} | {permanent} | `{:?}` | {outcome} |",
            events.join(", or "),
            line.kind
        )
        .unwrap();
    }
    page
}

#[test]
fn architecture_page_has_the_table() {
    const BEGIN: &str =
        "<!-- outcome table: written by UPDATE_DOCS=1 cargo test --lib outcome -->\n";
    const END: &str = "<!-- end of outcome table -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for the table");
    let (found, after) = rest.split_once(END).expect("the table ends");
    let expected = format!("\n{}\n", printed());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, [before, BEGIN, &expected, END, after].concat()).unwrap();
    } else {
        assert!(found == expected, "stale: run UPDATE_DOCS=1 cargo test --lib outcome\n{expected}");
    }
}
