//! Macros that implement the traits of the core for the requests of this API.

pub(super) use crate::v2019_03_06::operations::declare::{ANY, PLAN, item_id};

/// The RAM resource of operations on one instance of RDS.
pub(super) const RDS_INSTANCE: &str = "acs:rds:{#regionId}:{#accountId}:dbinstance/{#DbInstanceId}";

/// Implements [`Operation`](crate::Operation) for a request.
///
/// Takes the response, the safety and the RAM resource. A request with a `client_token` field ends
/// with `, with client_token`.
macro_rules! operation {
    (
        $request:ident -> $response:ty, $safety:ident, ram on $resource:ident
        $(, with $token:ident)?
    ) => {
        impl $crate::rpc::operation::Operation for $request {
            type Api = $crate::v2021_01_01::api::Dbs20210101;
            type Response = $response;

            const ACTION: &'static str = stringify!($request);
            const SAFETY: $crate::rpc::operation::Safety = $crate::rpc::operation::Safety::$safety;
            const RAM_RESOURCE: &'static str = $crate::v2021_01_01::operations::declare::$resource;
            // The vendor publishes no limits for this version.
            const RATE_LIMIT: Option<$crate::rpc::operation::RateLimit> = None;

            $(
                fn client_token(&self) -> Option<&$crate::rpc::value::ClientToken> {
                    self.$token.as_ref()
                }
            )?
        }

        $crate::v2019_03_06::operations::declare::register!($request);
    };
}
pub(super) use operation;

/// A response that is one page of a list.
pub(super) trait ItemPage {
    type Item;

    fn items(&self) -> &[Self::Item];

    fn into_items(self) -> Vec<Self::Item>;

    fn total_elements(&self) -> u64;
}

/// Implements [`PagedOperation`](crate::PagedOperation) for a request that returns an [`ItemPage`].
///
/// Takes the field with the number of the page. The request also needs the field `page_size`.
macro_rules! paged {
    ($request:ident, $item:ident by $id:ident, page $page:ident) => {
        impl $crate::rpc::operation::PagedOperation for $request {
            type Item = $item;

            fn item_id(item: &$item) -> std::borrow::Cow<'_, str> {
                let ids = [format!("{:?}", item.$id)];
                $crate::v2021_01_01::operations::declare::item_id(&ids, item).into()
            }

            fn page_num(&self) -> u32 {
                self.$page.unwrap_or($crate::v2021_01_01::types::PageNumber::MIN).get()
            }

            fn set_page_num(&mut self, page_num: u32) {
                self.$page = Some($crate::v2021_01_01::types::PageNumber::nearest(page_num));
            }

            fn page_size(&self) -> u32 {
                self.page_size.unwrap_or_default().get().into()
            }

            fn items(response: &Self::Response) -> &[$item] {
                $crate::v2021_01_01::operations::declare::ItemPage::items(response)
            }

            fn into_items(response: Self::Response) -> Vec<$item> {
                $crate::v2021_01_01::operations::declare::ItemPage::into_items(response)
            }

            fn total_elements(response: &Self::Response) -> u64 {
                $crate::v2021_01_01::operations::declare::ItemPage::total_elements(response)
            }
        }
    };
}
pub(super) use paged;
