use aliyun_dbs::v2021_01_01::types::{DownloadFormat, MongoDbFormat};

fn main() {
    let _ = DownloadFormat::from(MongoDbFormat::Csv);
}
