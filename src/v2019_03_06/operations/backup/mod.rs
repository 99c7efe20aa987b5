//! Backup sets: listed and downloaded.

mod download_list;
mod full_download;
mod full_list;
mod increment_download;
mod increment_list;

pub use download_list::*;
pub use full_download::*;
pub use full_list::*;
pub use increment_download::*;
pub use increment_list::*;
