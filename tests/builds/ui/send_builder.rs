//! A builder is not a request.

use aliyun_dbs::Client;
use aliyun_dbs::operations::DescribeRegions;

fn send(client: &Client) {
    let _call = client.send(DescribeRegions::builder());
}

fn main() {}
