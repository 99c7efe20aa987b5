//! Only lists have pages.

use aliyun_dbs::Client;
use aliyun_dbs::operations::StartBackupPlan;

fn pages(client: &Client, request: StartBackupPlan) {
    let _pages = client.pages(request);
}

fn main() {}
