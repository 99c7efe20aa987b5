use aliyun_dbs::types::retention_days;

fn main() {
    let _ = retention_days!(1826);
}
