"""Calls all operations of version 2021-01-01 of a DBS endpoint with the vendor's SDK.

Two passes: signature version 3 (ACS3) and version 1. Operations with a type in the crate must be
successful and have their main field, as read by the types of the SDK; the emulator rejects the others.
The requests and samples of the crate's tests also go through the types of the SDK.
"""

import json
import pathlib
import sys

import drive
import sdks
from drive import check, one

DATA = pathlib.Path(__file__).parent.parent / "data" / "2021-01-01"
MODULE = "alibabacloud_dbs20210101"
REGION = "cn-hangzhou"
INSTANCE = "rm-orders"
DAY = 86_400


def published():
    """Returns the names of the operations with a type, and of those without one."""
    rows = json.loads((DATA / "operations.json").read_text())["operations"]
    names = {row["name"] for row in rows if not row.get("removed")}
    typed = set(json.loads((DATA / "requests.json").read_text()))
    return sorted(typed), sorted(names - typed)


class Life(drive.Life):
    """One pass over the operations of version 2021-01-01."""

    def __init__(self, sdk, older, emulator):
        super().__init__(sdk, emulator)
        # The client of version 2019-03-06, which buys plans.
        self.older = drive.Life(older, emulator)

    def run(self):
        self.check_downloads()
        plan = self.make_plan()
        self.check_sandboxes(plan)
        self.check_plan_group(plan)
        self.check_refused()

    def error_of(self, action, **parameters):
        """Returns the code of an error of the gateway or of the service."""
        try:
            response = self.sdk.call(action, parameters)
        except Exception as error:  # pylint: disable=broad-except
            return getattr(error, "code", None) or repr(error)
        check(str(response.get("Success")).lower() == "false", f"{action} fails: {response}")
        check(response["Code"] == response["ErrCode"], f"both fields have the code: {response}")
        return response["ErrCode"]

    def check_error(self, expected, action, **parameters):
        code = self.error_of(action, **parameters)
        check(code == expected, f"{action}: the code is {expected}: {code}")

    def make_plan(self):
        plan = self.older.check_plan()
        self.older.call("StartBackupPlan", "CreatedFullBackupsetId", BackupPlanId=plan)
        self.wait(700)
        return plan

    def task(self, task):
        rows = self.call(
            "DescribeDownloadTask",
            "Data.Content.List",
            RegionCode=REGION,
            InstanceName=INSTANCE,
            CurrentPage="1",
            PageSize="50",
        )
        return next(row for row in rows if row["TaskId"] == task)

    def check_downloads(self):
        instance = {"region": REGION, "instance_name": INSTANCE, "engine": "rds_mysql"}
        older_set, newer_set = self.emulator.post("instances", instance)["backup_sets"]
        other = {"region": REGION, "instance_name": "rm-reports", "engine": "rds_sqlserver"}
        self.emulator.post("instances", other)
        of = {"RegionCode": REGION, "InstanceName": INSTANCE}
        support = self.call("DescribeDownloadSupport", "Data", **of)
        check(support == "true", f"the instance is supported: {support}")
        support = self.call(
            "DescribeDownloadSupport", "Data", RegionCode=REGION, InstanceName="rm-reports"
        )
        check(support == "false", f"the other instance is not: {support}")

        download = {
            **of,
            "BakSetType": "full",
            "BakSetId": newer_set,
            "FormatType": "CSV",
            "TargetType": "URL",
        }
        self.emulator.post("faults", {"kind": "fail_download"})
        task = self.call("CreateDownload", "Data.TaskId", **download)
        self.check_error("DBS.DownloadTask.JobAlreadyExist", "CreateDownload", **download)
        second = {**download, "BakSetId": older_set}
        self.check_error("DBS.DownloadTask.OnlyOneRunningOrFailedTask", "CreateDownload", **second)
        check(self.task(task)["DownloadStatus"] != "failed", "the download has begun")
        self.wait(60)
        status = self.task(task)["DownloadStatus"]
        check(status == "failed", f"the download has failed: {status}")
        self.call("RetryDownloadTask", "Success", **of, TaskId=task)
        self.wait(80)
        status = self.task(task)["DownloadStatus"]
        check(status == "finished", f"the download has finished: {status}")
        addresses = {"RegionCode": REGION, "TaskId": task, "Duration": "7200"}
        url = self.call("DescribeDownloadBackupSetStorageInfo", "Data.PublicUrl", **addresses)
        check(task in url, f"the address has the task: {url}")
        by_set = {"RegionCode": REGION, "InstanceName": INSTANCE, "BackupSetId": newer_set}
        by_set["Duration"] = "300"
        self.call("DescribeDownloadBackupSetStorageInfo", "Data.PrivateUrl", **by_set)
        self.emulator.post("clock", {"advance_seconds": 3 * DAY})
        status = self.task(task)["DownloadStatus"]
        check(status == "expired", f"the download has expired: {status}")
        self.check_error(
            "DBS.DownloadTask.CannotFind", "DescribeDownloadBackupSetStorageInfo", **addresses
        )
        self.check_error("DBS.ParamIsInValid", "DescribeDownloadSupport", InstanceName=INSTANCE)
        incomplete = {**of, "BakSetType": "full", "FormatType": "CSV", "TargetType": "URL"}
        self.check_error("DBS.ParamIsInValid", "CreateDownload", **incomplete)
        cost = self.call(
            "DescribeCostInfoByDbsInstance", "Data", BackupPlanId=f"dbs:{INSTANCE}", RegionCode=REGION
        )
        check(json.loads(cost)["instanceName"] == INSTANCE, f"the cost is of the instance: {cost}")
        fault = {"kind": "throttle", "operation": "DescribeDownloadTask", "millis": 1500}
        self.emulator.post("faults", fault)
        self.check_error("Throttling.User", "DescribeDownloadTask", **of)

    def check_sandboxes(self, plan):
        bare = plan.removeprefix("dbs")
        self.check_error("Param.NotFound", "DescribeSandboxRecoveryTime", BackupPlanId=plan)
        self.call("DescribeSandboxRecoveryTime", "Data.RecoveryEndTime", BackupPlanId=bare)
        sets = json.loads(self.call("DescribeSandboxBackupSets", "Data", BackupPlanId=bare))
        kinds = {row["backupSetType"] for row in sets["content"]}
        check(kinds == {"FULL", "Inc"}, f"both kinds of sets are listed: {kinds}")
        sandbox = self.emulator.post("sandboxes", {"backup_plan_id": plan})["instance_id"]
        delete = {"BackupPlanId": bare, "InstanceId": sandbox}
        self.check_error("Param.NotFound", "DeleteSandboxInstance", **delete)
        self.wait(65)
        sandboxes = self.call("DescribeSandboxInstances", "Data", BackupPlanId=bare)
        row = json.loads(sandboxes)["content"][0]
        check(row["instanceId"] == sandbox, f"the sandbox is listed: {row}")
        check(row["status"] == "running", f"the sandbox is running: {row}")
        self.call("DeleteSandboxInstance", "Success", **delete)
        left = json.loads(self.call("DescribeSandboxInstances", "Data", BackupPlanId=bare))
        check(left["content"] == [], f"the sandbox is deleted: {left}")

    def check_plan_group(self, plan):
        group = {
            "NewResourceGroupId": "rg-drive",
            "ResourceId": plan,
            "ResourceType": "backupplan",
            "ClientToken": f"{self.sdk.name}-group",
        }
        for _ in range(2):
            moved = self.call("ChangeResourceGroup", "Data", **group)
            check(moved == "true", f"the plan is moved: {moved}")
        bare = {**group, "ResourceId": plan.removeprefix("dbs"), "ClientToken": "other"}
        self.check_error("Param.NotFound", "ChangeResourceGroup", **bare)
        plans = self.older.call(
            "DescribeBackupPlanList", "Items.BackupPlanDetail", BackupPlanId=plan, PageNum=0
        )
        listed = one(plans)["ResourceGroupId"]
        check(listed == "rg-drive", f"version 2019-03-06 lists the group: {listed}")

    def check_refused(self):
        requests = {
            "ConfigureBackupSetInfo": {"RegionCode": REGION},
            "ModifyBackupPolicy": {"RegionCode": REGION, "InstanceName": "pc-orders"},
        }
        for action in published()[1]:
            code = self.sdk.code_of(action, requests.get(action, {}))
            check(code == "Request.Forbidden", f"{action} is refused: {code}")
            self.done.append(action)
            print(f"  ok  {action:36} {code}")


def check_types(models):
    """Checks that the requests and samples of the crate's tests fit the types of the SDK."""
    sets = 0
    for action, requests in json.loads((DATA / "requests.json").read_text()).items():
        for parameters in requests:
            sets += 1
            sent = getattr(models, f"{action}Request")().from_map(parameters).to_map()
            check(sent == parameters, f"{action}: the SDK sends {sent} for {parameters}")
    samples = 0
    for file in sorted((DATA / "samples").glob("*.json")):
        samples += 1
        action = "CreateDownload" if file.stem == "_failure" else file.stem
        sample = json.loads(file.read_text())
        body = getattr(models, f"{action}ResponseBody")().from_map(sample)
        found = sdks.mismatches(file.stem, sample, body)
        check(not found, f"the SDK reads the sample: {found}")
    print(f"  ok  {sets} requests and {samples} samples fit the types of the SDK")


def main():
    options = drive.options()
    emulator = drive.Emulator(options.url, options.speed)
    key = (options.access_key_id, options.access_key_secret)
    typed, untyped = published()
    count = len(typed) + len(untyped)
    failed = False
    for kind, title in sdks.ALL[:2]:
        print(f"version 2021-01-01, {title}")
        emulator.post("reset", {})
        sdk = kind(options.url, *key, module=MODULE)
        life = Life(sdk, kind(options.url, *key), emulator)
        try:
            names = {name.lower() for name in typed + untyped}
            check(set(sdk.methods) == names, f"the SDK has these operations: {sdk.methods.keys()}")
            life.run()
            for mismatch in sorted(set(sdk.mismatches)):
                failed = True
                print(f"  FAILED  {mismatch}")
            check_types(sdk.models)
        except Exception as error:  # pylint: disable=broad-except
            failed = True
            print(f"  FAILED  {type(error).__name__}: {error}")
        done = set(life.done)
        print(f"{len(done)} of {count} operations: version 2021-01-01, {title}")
        failed = failed or len(done) != count
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
