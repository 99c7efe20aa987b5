//! A list of databases is not empty.

use aliyun_dbs::types::{BackupObject, BackupObjects};

fn main() {
    let none: [BackupObject; 0] = [];
    let _objects = BackupObjects::from(none);
}
