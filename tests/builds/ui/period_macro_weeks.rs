use aliyun_dbs::types::period;

fn main() {
    let _ = period!(3 weeks);
}
