use aliyun_dbs::types::port;

fn main() {
    let _ = port!(0);
}
