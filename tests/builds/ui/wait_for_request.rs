//! A request becomes a condition by `until`.

use aliyun_dbs::Client;
use aliyun_dbs::operations::DescribeRegions;

fn wait(client: &Client, request: DescribeRegions) {
    let _wait = client.wait_for(request);
}

fn main() {}
