//! The plans of several accounts as one CSV file.

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{BackupPlanDetail, DescribeBackupPlanList, Row};
use aliyun_dbs::types::{BackupObject, BackupObjects, PageSize};
use aliyun_dbs::{Client, Region};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Writes a line for each plan, with the account in the first column.
async fn inventory(accounts: &[(&str, Client)]) -> Result<String> {
    let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let mut is_first = true;
    for (account, client) in accounts {
        let request = DescribeBackupPlanList::builder().page_size(PageSize::MAX).build();
        let mut plans = client.items(request);
        while let Some(plan) = plans.next().await {
            let plan = plan?;
            if std::mem::take(&mut is_first) {
                table.write_record(["Account"].into_iter().chain(&columns(&plan)?))?;
            }
            table.serialize((account, Row(&plan)))?;
        }
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

/// Returns the names of the columns, which the writer takes from the first row.
fn columns(plan: &BackupPlanDetail) -> Result<csv::StringRecord> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.serialize(Row(plan))?;
    Ok(csv::Reader::from_reader(&*table.into_inner()?).headers()?.clone())
}

fn account(dbs: &FakeDbs) -> Result<Client> {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    Ok(builder.transport(dbs.clone()).build()?)
}

#[tokio::test]
async fn plans_of_two_accounts_are_one_table() -> Result<()> {
    let (shop, bank) = (FakeDbs::with_seed(1), FakeDbs::with_seed(2));
    shop.populate_example_fleet(2);
    bank.populate_example_fleet(3);
    let table = inventory(&[("shop", account(&shop)?), ("bank", account(&bank)?)]).await?;
    let mut lines = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(lines.headers()?.iter().take(2).collect::<Vec<_>>(), ["Account", "BackupPlanId"]);
    let accounts: Vec<_> = lines.records().map(|line| line.unwrap()[0].to_owned()).collect();
    assert_eq!(accounts, ["shop", "shop", "bank", "bank", "bank"]);
    Ok(())
}

#[test]
fn objects_are_a_collection() {
    let objects =
        BackupObjects::from([BackupObject::database("orders"), BackupObject::database("shop")]);
    assert_eq!(objects.iter().count(), objects.len());
    let mut found = Vec::new();
    for object in &objects {
        found.push(object.clone());
    }
    assert_eq!(BackupObjects::try_from(found).unwrap(), objects);
    assert!(BackupObjects::try_from(Vec::new()).unwrap_err().to_string().contains("expected"));
}
