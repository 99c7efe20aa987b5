use aliyun_dbs::Period;

fn main() {
    let _ = Period::years::<10>();
}
