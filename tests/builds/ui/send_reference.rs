//! A request is sent by value.

use aliyun_dbs::Client;
use aliyun_dbs::operations::DescribeRegions;

fn send(client: &Client, request: &DescribeRegions) {
    let _call = client.send(request);
}

fn main() {}
