//! `IntoConfiguration`: what the closure of `Client::provision` may return.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::v2019_03_06::operations::ConfigureBackupPlan;
use crate::v2019_03_06::types::BackupPlanId;

/// The error of a closure.
type BoxError = Box<dyn StdError + Send + Sync>;
/// The configuration that a closure returns.
pub(crate) type ConfigurationFuture =
    Pin<Box<dyn Future<Output = Result<ConfigureBackupPlan, BoxError>> + Send>>;
/// A closure of any form that [`IntoConfiguration`] accepts.
pub(super) type Configure = Box<dyn FnOnce(BackupPlanId) -> ConfigurationFuture + Send>;

/// What the closure of [`Client::provision`](crate::Client::provision) may return.
///
/// | `Form` | the closure returns |
/// | --- | --- |
/// | [`Plain`] | a [`ConfigureBackupPlan`] |
/// | [`Fallible`] | a `Result` of it, for example if a password may be missing |
/// | [`Async`] | a future of either, for example to read a secret store |
///
/// The compiler infers `Form`, which only keeps the implementations apart. The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the configuration of a plan",
    label = "return a `ConfigureBackupPlan`, a `Result` of it, or a future of either"
)]
pub trait IntoConfiguration<Form>: sealed::Sealed<Form> {}

/// The [form](IntoConfiguration) of a closure that returns the configuration.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a type without values")]
pub enum Plain {}

/// The [form](IntoConfiguration) of a closure that may fail.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a type without values")]
pub enum Fallible {}

/// The [form](IntoConfiguration) of a closure that returns a future.
#[derive(Debug)]
pub struct Async<Form>(std::marker::PhantomData<Form>, std::convert::Infallible);

mod sealed {
    /// Keeps the trait closed, and converts the value.
    pub trait Sealed<Form>: 'static {
        #[doc(hidden)]
        fn into_future(self) -> super::ConfigurationFuture;
    }
}

impl sealed::Sealed<Plain> for ConfigureBackupPlan {
    fn into_future(self) -> ConfigurationFuture {
        Box::pin(std::future::ready(Ok(self)))
    }
}

impl IntoConfiguration<Plain> for ConfigureBackupPlan {}

impl<E: Into<BoxError> + 'static> sealed::Sealed<Fallible> for Result<ConfigureBackupPlan, E> {
    fn into_future(self) -> ConfigurationFuture {
        Box::pin(std::future::ready(self.map_err(Into::into)))
    }
}

impl<E: Into<BoxError> + 'static> IntoConfiguration<Fallible> for Result<ConfigureBackupPlan, E> {}

impl<F, Form> sealed::Sealed<Async<Form>> for F
where
    F: Future<Output: IntoConfiguration<Form> + Send> + Send + 'static,
{
    fn into_future(self) -> ConfigurationFuture {
        Box::pin(async move { sealed::Sealed::<Form>::into_future(self.await).await })
    }
}

impl<F, Form> IntoConfiguration<Async<Form>> for F where
    F: Future<Output: IntoConfiguration<Form> + Send> + Send + 'static
{
}

/// A closure that several runs share.
pub(crate) type SharedConfigure = Arc<dyn Fn(BackupPlanId) -> ConfigurationFuture + Send + Sync>;

/// Shares a closure of any form.
pub(crate) fn shared<F, C, Form>(configure: F) -> SharedConfigure
where
    F: Fn(BackupPlanId) -> C + Send + Sync + 'static,
    C: IntoConfiguration<Form>,
{
    Arc::new(move |id| configure(id).into_future())
}

/// Boxes a closure of any form.
pub(super) fn boxed<F, C, Form>(configure: F) -> Configure
where
    F: FnOnce(BackupPlanId) -> C + Send + 'static,
    C: IntoConfiguration<Form>,
{
    Box::new(move |id| configure(id).into_future())
}
