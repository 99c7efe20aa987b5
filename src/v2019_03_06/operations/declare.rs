//! Macros that implement the traits of the core for the requests of this API.

/// The RAM resource of operations on one plan.
pub(crate) const PLAN: &str = "acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}";
/// The RAM resource of operations that a policy cannot restrict to one plan.
pub(crate) const ANY: &str = "*";

/// Fails to compile for an operation that its version does not list, and gives its request a JSON Schema.
macro_rules! register {
    ($request:ident) => {
        const _: () = {
            const fn listed<O: $crate::v2019_03_06::operations::registry::Listed>() {}
            listed::<$request>();
        };

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $request {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($request).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::v2019_03_06::operations::json_schema::of(stringify!($request))
            }
        }
    };
}
pub(crate) use register;

/// Implements [`Operation`](crate::Operation) for a request with a `client_token` field.
///
/// Takes the response, the safety, the RAM resource and the published rate limit. A request with a
/// password also gives a closure that returns it with its wire name, since serde skips it.
macro_rules! operation {
    (
        $request:ident -> $response:ident, $safety:ident, ram on $resource:ident,
        limit $calls:literal per $seconds:literal s $(, secrets $secret:expr)?
    ) => {
        impl $crate::rpc::operation::Operation for $request {
            type Api = $crate::v2019_03_06::api::Dbs20190306;
            type Response = $response;

            const ACTION: &'static str = stringify!($request);
            const SAFETY: $crate::rpc::operation::Safety = $crate::rpc::operation::Safety::$safety;
            const RAM_RESOURCE: &'static str = $crate::v2019_03_06::operations::declare::$resource;
            const RATE_LIMIT: Option<$crate::rpc::operation::RateLimit> =
                Some($crate::rpc::operation::RateLimit { calls: $calls, seconds: $seconds });

            fn client_token(&self) -> Option<&$crate::rpc::value::ClientToken> {
                self.client_token.as_ref()
            }

            $(
                fn secrets(&self) -> Vec<(&'static str, &$crate::rpc::value::Secret)> {
                    let secret: fn(&Self) -> Option<(&'static str, &$crate::rpc::value::Secret)> =
                        $secret;
                    secret(self).into_iter().collect()
                }
            )?
        }

        $crate::v2019_03_06::operations::declare::register!($request);
    };
}
pub(crate) use operation;

/// Implements [`PagedOperation`](crate::PagedOperation) for a request that returns a
/// [`Page`](super::Page).
///
/// The request needs the fields `page_num` and `page_size`.
macro_rules! paged {
    ($request:ident, $item:ident by $($id:ident),+) => {
        impl $crate::rpc::operation::PagedOperation for $request {
            type Item = $item;

            fn item_id(item: &$item) -> std::borrow::Cow<'_, str> {
                let ids = [$(format!("{:?}", item.$id)),+];
                $crate::v2019_03_06::operations::declare::item_id(&ids, item).into()
            }

            fn page_num(&self) -> u32 {
                use $crate::rpc::api::Api;
                self.page_num.unwrap_or($crate::v2019_03_06::api::Dbs20190306::FIRST_PAGE)
            }

            fn set_page_num(&mut self, page_num: u32) {
                self.page_num = Some(page_num);
            }

            fn page_size(&self) -> u32 {
                self.page_size.unwrap_or_default().get().into()
            }

            fn items(response: &Self::Response) -> &[$item] {
                &response.items
            }

            fn into_items(response: Self::Response) -> Vec<$item> {
                response.items
            }

            fn total_elements(response: &Self::Response) -> u64 {
                // A total of 0 next to items is not a total.
                response.total_elements.unwrap_or_default()
            }
        }
    };
}
pub(crate) use paged;

/// Returns the id of an item from its formatted id fields, or the whole item if one is missing.
pub(crate) fn item_id(ids: &[String], item: &dyn std::fmt::Debug) -> String {
    if ids.iter().any(|id| id == "None" || id.contains("\"\"")) {
        return format!("{item:?}");
    }
    ids.join(" ")
}
