//! Advanced downloads: a backup set or a moment is converted into files.

mod create;
mod download_error;
mod handle;
mod matching;
mod progress;
mod run;

pub use create::{CreatedDownload, DownloadCreation, DownloadCreationFuture};
pub use download_error::DownloadError;
pub use handle::{Download, DownloadFuture};
pub use progress::{DownloadStep, Downloaded};
