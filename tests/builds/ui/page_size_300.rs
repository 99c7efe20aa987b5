use aliyun_dbs::types::page_size;

fn main() {
    let _ = page_size!(300);
}
