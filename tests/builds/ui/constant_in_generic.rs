//! The compiler rejects the function although nothing calls it.
use aliyun_dbs::types::{PageSize, page_size};

fn rows<T>(_: T) -> PageSize {
    page_size!(200)
}

fn main() {}
