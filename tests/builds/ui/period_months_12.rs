use aliyun_dbs::Period;

fn main() {
    let _ = Period::months::<12>();
}
