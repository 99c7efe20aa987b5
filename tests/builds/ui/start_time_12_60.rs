use aliyun_dbs::types::start_time;

fn main() {
    let _ = start_time!("12:60");
}
