//! `check_transport`: tests that a transport keeps its contract.

mod case;
mod outcome;
mod rules;
mod server;
mod setup;

use std::sync::Arc;

use self::case::{Case, Record, unexpected};
use self::outcome::Failure;
pub use self::outcome::{CheckedRule, TransportCheck, TransportViolation};
use self::rules::RULES;
use self::server::proxy::Proxy;
use self::server::tls::ROOT;
pub use self::setup::{TransportNeed, TransportSetup};
use super::{Transport, TransportError};

/// Checks that a transport keeps the contract of [`Transport`].
///
/// `build` creates a transport for each rule. It returns `Ok(None)` if the transport cannot do what the
/// setup needs, and the check skips the rules that need it.
///
/// The check starts servers on the loopback, each on its own threads, and sends requests to them. They
/// respond, or break off, refuse, stall and send what is not HTTP. Every rule also checks that
///
/// * an error is [`not_sent`](TransportError::not_sent) only if no server read a byte of the request,
/// * no server reads more requests than the check has sent,
/// * no error contains the query, a header, the body, or the user of the proxy,
/// * `send` returns within 5 seconds.
///
/// It needs a Tokio runtime with timers, and takes real time: about 5 seconds.
///
/// # Errors
///
/// Returns the first rule that the transport breaks, or an error of `build`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::transport::{HyperTransport, check_transport};
///
/// let check = check_transport(|setup| {
///     let mut builder = HyperTransport::builder()
///         .connect_timeout(setup.connect_timeout)
///         .max_response_size(setup.max_response_size);
///     if let Some(root) = setup.root_certificate_pem {
///         builder = builder.root_certificate_pem(root);
///     }
///     let builder = match &setup.proxy {
///         Some(proxy) => builder.proxy(proxy),
///         None => builder.no_proxy(),
///     };
///     builder.build().map(Some)
/// })
/// .await?;
/// assert!(check.rules().iter().all(|rule| !rule.is_skipped()));
/// # Ok(()) }
/// ```
pub async fn check_transport<T, F>(build: F) -> Result<TransportCheck, TransportViolation>
where
    T: Transport + 'static,
    F: Fn(&TransportSetup) -> Result<Option<T>, TransportError>,
{
    let mut check = TransportCheck { rules: Vec::new() };
    for rule in RULES {
        let fail = |step, failure| TransportViolation::new(rule.sentence, step, failure);
        let needs_proxy = rule.need == TransportNeed::Proxy;
        let proxy = needs_proxy.then(Proxy::start).transpose();
        let proxy = proxy.map_err(|error| fail(String::new(), Failure::Server(error)))?;
        let setup = TransportSetup::new(rule.need, ROOT, proxy.as_ref().map(Proxy::url));
        let transport =
            build(&setup).map_err(|error| fail(String::new(), unexpected("a transport", error)))?;
        let record = match transport {
            None => Record { is_skipped: true, ..Record::default() },
            Some(transport) => {
                let mut case = Case::new(Arc::new(transport), setup, proxy);
                let checked = (rule.check)(&mut case).await;
                let (checked, record) = case.end(checked);
                checked.map_err(|failure| fail(record.step.clone(), failure))?;
                record
            }
        };
        let Record { outcomes, is_skipped, .. } = record;
        check.rules.push(CheckedRule { rule: rule.sentence, is_skipped, outcomes });
    }
    Ok(check)
}

#[cfg(test)]
#[cfg(feature = "_http")]
mod tests;
