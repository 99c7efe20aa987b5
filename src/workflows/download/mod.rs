//! Advanced downloads: a backup set or a moment is converted into files.

mod blocked;
mod create;
mod download_error;
mod handle;
mod lookup;
mod matching;
mod progress;
mod run;

pub use create::{CreatedDownload, DownloadCreation, DownloadCreationFuture};
pub use download_error::DownloadError;
pub use handle::{Download, DownloadFuture};
pub use progress::{DownloadStep, Downloaded};
