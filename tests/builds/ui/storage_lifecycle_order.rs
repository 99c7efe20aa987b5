use aliyun_dbs::types::storage_lifecycle;

fn main() {
    let _ = storage_lifecycle!(365, 180, 730);
}
