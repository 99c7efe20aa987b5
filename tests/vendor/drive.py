"""Calls all operations of version 2019-03-06 of a DBS endpoint with the vendor's SDKs, through the life of a plan.

Three passes: the current SDK with signature version 3 (ACS3), the same SDK with version 1, and the
older SDK with version 1 and XML. Each response must be successful and have its main field, as read by
the types of the SDK.
"""

import argparse
import asyncio
import datetime
import json
import os
import sys
import time
import urllib.request

import sdks

OPERATIONS = 36


class CheckFailed(Exception):
    """A response is not as expected."""


class Life:
    """One pass over the life of a plan."""

    def __init__(self, sdk, emulator):
        self.sdk = sdk
        self.emulator = emulator
        self.done = []

    def call(self, action, field, **parameters):
        """Calls an operation, and returns the main field of its response."""
        response = self.sdk.call(action, parameters)
        # One old operation sends Success as a string, and XML has only strings.
        if str(response.get("Success")).lower() != "true":
            raise CheckFailed(f"{action}: Success is not true: {response}")
        if not response.get("RequestId"):
            raise CheckFailed(f"{action}: missing RequestId: {response}")
        value = response
        for name in field.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None or value == "" or value == []:
            raise CheckFailed(f"{action}: missing {field}: {response}")
        if action not in self.done:
            self.done.append(action)
            print(f"  ok  {action:36} {field} = {shown(value)}")
        return value

    def wait(self, seconds):
        self.emulator.wait(seconds)

    def run(self):
        gateway = self.check_account()
        plan = self.check_plan()
        backup, log_job, log_name = self.check_backups(plan)
        self.check_downloads(plan, backup, log_job, log_name, gateway)
        self.check_restore(plan, backup)
        self.check_changes(plan, gateway)
        self.check_end(plan)

    def check_account(self):
        gateway = self.emulator.post(
            "gateways", {"region": "cn-hangzhou", "name": "office", "databases": ["orders", "stock"]}
        )["backup_gateway_id"]
        self.call("DescribeRegions", "Regions.RegionCode")
        self.call("DescribeNodeCidrList", "InternetIPs.InternetIP", Region="cn-hangzhou")
        self.call("InitializeDbsServiceLinkedRole", "Success")
        gateways = self.call(
            "DescribeBackupGatewayList", "Items.BackupGateway", Region="cn-hangzhou", PageSize=30
        )
        check(str(one(gateways)["BackupGatewayId"]) == str(gateway), "the gateway is listed")
        task = self.call(
            "CreateGetDBListFromAgentTask",
            "TaskId",
            SourceEndpointRegion="cn-hangzhou",
            BackupGatewayId=gateway,
            DatabaseType="MySQL",
            SourceEndpointIP="192.0.2.10",
            SourceEndpointPort=3306,
        )
        self.wait(3)
        databases = self.call(
            "GetDBListFromAgent",
            "DbList.dbName",
            SourceEndpointRegion="cn-hangzhou",
            BackupGatewayId=gateway,
            TaskId=int(task),
        )
        check(databases == ["orders", "stock"], f"the databases are listed: {databases}")
        return gateway

    def check_plan(self):
        purchase = {
            "BackupMethod": "logical",
            "ClientToken": f"{self.sdk.name}-orders",
            "DatabaseType": "MySQL",
            "InstanceClass": "small",
            "PayType": "prepay",
            "Period": "Year",
            "Region": "cn-hangzhou",
            "StorageRegion": "cn-hangzhou",
            "UsedTime": 1,
        }
        plan = self.call("CreateBackupPlan", "BackupPlanId", **purchase)
        again = self.call("CreateBackupPlan", "BackupPlanId", **purchase)
        check(plan == again, "one token buys one plan")
        self.wait(5)
        self.call(
            "ConfigureBackupPlan",
            "BackupPlanId",
            BackupPlanId=plan,
            BackupPlanName="orders: nightly & 每晚 +*~'",
            SourceEndpointInstanceType="Other",
            SourceEndpointIP="192.0.2.10",
            SourceEndpointPort=3306,
            SourceEndpointUserName="dbs",
            SourceEndpointPassword="pa ss&=+%/中",
            BackupObjects=json.dumps([{"DBName": "orders"}]),
            BackupPeriod="Monday,Thursday",
            BackupStartTime="02:30",
            BackupStorageType="system",
            BackupRetentionPeriod=365,
            EnableBackupLog=True,
            AutoStartBackup=False,
        )
        self.wait(10)
        status = self.call("DescribePreCheckProgressList", "Status", BackupPlanId=plan)
        check(status == "finish", f"the pre-check is finished: {status}")
        plans = self.call(
            "DescribeBackupPlanList", "Items.BackupPlanDetail", BackupPlanId=plan, PageNum=0
        )
        check(one(plans)["BackupPlanName"] == "orders: nightly & 每晚 +*~'", "the name is kept")
        self.call(
            "DescribeBackupPlanBilling", "Item.BuySpec", BackupPlanId=plan, ShowStorageType=True
        )
        return plan

    def check_backups(self, plan):
        backup = self.call("StartBackupPlan", "CreatedFullBackupsetId", BackupPlanId=plan)
        self.wait(65)
        backups = self.call(
            "DescribeFullBackupList", "Items.FullBackupFile", BackupPlanId=plan, ShowProgress=True
        )
        check(one(backups)["BackupStatus"] == "finish", "the backup is finished")
        check(one(backups)["BackupSetId"] == backup, "the backup is the one that was started")
        self.call("DescribeJobErrorCode", "Item.JobState", TaskId=backup, Language="en")
        self.wait(600)
        logs = self.call(
            "DescribeIncrementBackupList", "Items.IncrementBackupFile", BackupPlanId=plan
        )
        log = next(row for row in logs if row["BackupStatus"] == "COMPLETED")
        now = self.emulator.now()
        self.call(
            "DescribeRestoreRangeInfo",
            "Items.DBSRecoverRange",
            BackupPlanId=plan,
            BeginTimestampForRestore=now - 86_400_000,
            EndTimestampForRestore=now,
        )
        return backup, log["BackupSetJobId"], log["BackupSetId"]

    def check_downloads(self, plan, backup, log_job, log_name, gateway):
        download = self.call(
            "CreateFullBackupSetDownload",
            "BackupSetDownloadTaskId",
            BackupSetId=backup,
            BackupSetDataFormat="CSV",
        )
        self.call(
            "CreateIncrementBackupSetDownload",
            "BackupSetDownloadTaskId",
            BackupSetId=log_job,
            BackupSetName=log_name,
            BackupSetDataFormat="Native",
        )
        downloads = self.call(
            "DescribeBackupSetDownloadTaskList",
            "Items.BackupSetDownloadTaskDetail",
            BackupPlanId=plan,
        )
        check(len(downloads) == 2, "both downloads are listed")
        known = [row["BackupSetDownloadTaskId"] for row in downloads]
        check(download in known, "the download is listed")
        self.call(
            "ModifyBackupSetDownloadRules",
            "BackupPlanId",
            BackupPlanId=plan,
            OpenAutoDownload=True,
            FullDataFormat="SQL",
            IncrementDataFormat="Native",
            BackupGatewayId=gateway,
            BackupSetDownloadTargetType="agent",
            BackupSetDownloadTargetTypeLocation="nas",
            BackupSetDownloadDir="/data",
        )
        self.call("DescribeDLAService", "State", BackupPlanId=plan)

    def check_restore(self, plan, backup):
        task = self.call(
            "CreateRestoreTask",
            "RestoreTaskId",
            BackupPlanId=plan,
            BackupSetId=backup,
            RestoreTaskName="drill",
            DestinationEndpointInstanceType="RDS",
            DestinationEndpointRegion="cn-hangzhou",
            DestinationEndpointInstanceID="rm-1",
            DestinationEndpointUserName="dbs",
            DestinationEndpointPassword="pa ss",
            RestoreObjects=json.dumps([{"DBName": "orders", "NewDBName": "drill"}]),
        )
        self.wait(10)
        self.call("StartRestoreTask", "RestoreTaskId", RestoreTaskId=task)
        self.wait(60)
        tasks = self.call(
            "DescribeRestoreTaskList", "Items.RestoreTaskDetail", RestoreTaskId=task
        )
        check(int(one(tasks)["FullDataRestoreProgress"]) == 100, "the restore is finished")

    def check_changes(self, plan, gateway):
        self.call(
            "ModifyBackupPlanName", "BackupPlanId", BackupPlanId=plan, BackupPlanName="orders"
        )
        self.call(
            "ModifyStorageStrategy",
            "BackupPlanId",
            BackupPlanId=plan,
            BackupRetentionPeriod=730,
            DuplicationInfrequentAccessPeriod=180,
            DuplicationArchivePeriod=360,
        )
        self.call(
            "ModifyBackupStrategy",
            "NeedPrecheck",
            BackupPlanId=plan,
            BackupPeriod="Sunday",
            BackupStartTime="04:00",
        )
        self.call("DisableBackupLog", "NeedPrecheck", BackupPlanId=plan)
        self.call("EnableBackupLog", "NeedPrecheck", BackupPlanId=plan)
        self.check_and_start(plan)
        objects = json.dumps([{"DBName": "stock"}])
        self.call("ModifyBackupObjects", "NeedPrecheck", BackupPlanId=plan, BackupObjects=objects)
        self.check_and_start(plan)
        self.call(
            "ModifyBackupSourceEndpoint",
            "NeedPrecheck",
            BackupPlanId=plan,
            SourceEndpointInstanceType="Agent",
            SourceEndpointRegion="cn-hangzhou",
            BackupGatewayId=gateway,
            SourceEndpointIP="192.0.2.11",
            SourceEndpointPort=3306,
            SourceEndpointUserName="dbs",
            SourceEndpointPassword="other",
            BackupObjects=objects,
        )
        self.check_and_start(plan)

    def check_and_start(self, plan):
        """Waits for the pre-check that a change of the source needs, then starts the plan again."""
        self.wait(10)
        self.call("StartBackupPlan", "BackupPlanId", BackupPlanId=plan)

    def check_end(self, plan):
        self.call("RenewBackupPlan", "OrderId", BackupPlanId=plan, Period="Month", UsedTime=6)
        self.call("UpgradeBackupPlan", "OrderId", BackupPlanId=plan, InstanceClass="medium")
        self.call("StopBackupPlan", "BackupPlanId", BackupPlanId=plan, StopMethod="ALL")
        hourly = self.call(
            "CreateAndStartBackupPlan",
            "BackupPlanId",
            BackupMethod="logical",
            BackupPlanName="hourly",
            BackupObjects=json.dumps([{"DBName": "orders"}]),
            BackupPeriod="Monday",
            BackupStartTime="02:30",
            DatabaseType="MySQL",
            InstanceClass="small",
            PayType="postpay",
            Region="cn-hangzhou",
            SourceEndpointInstanceType="Other",
            SourceEndpointIP="192.0.2.10",
            SourceEndpointPort=3306,
            SourceEndpointUserName="dbs",
            SourceEndpointPassword="pa ss",
        )
        self.wait(30)
        self.call("StopBackupPlan", "BackupPlanId", BackupPlanId=hourly, StopMethod="ALL")
        self.call("ReleaseBackupPlan", "BackupPlanId", BackupPlanId=hourly)


class Emulator:
    """The control API of the emulator."""

    def __init__(self, url, speed):
        self.url = url
        self.speed = speed

    def post(self, what, body):
        return self.request("POST", what, json.dumps(body).encode())

    def get(self, what):
        return self.request("GET", what, None)

    def request(self, method, what, body):
        request = urllib.request.Request(f"{self.url}/_emulator/{what}", data=body, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def wait(self, seconds):
        """Waits until the service's clock has advanced by some seconds."""
        time.sleep(seconds / self.speed + 0.01)

    def now(self):
        """Returns the service's time in milliseconds since the epoch."""
        text = self.get("clock")["now"].split(".")[0].rstrip("Z")
        at = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
        return int(at.timestamp() * 1000)


def one(rows):
    """Returns the first item; XML does not distinguish a list of one from its element."""
    return rows[0] if isinstance(rows, list) else rows


def check(holds, what):
    if not holds:
        raise CheckFailed(f"check failed: {what}")


def shown(value):
    if isinstance(value, list):
        return f"[{len(value)} items]"
    if isinstance(value, dict) or str(value).startswith("{"):
        return "{...}"
    # Without the signature of an address.
    return str(value).split("?")[0]


def check_errors(sdk, wrong, emulator):
    """Checks how the SDK reads errors of the gateway and of the service."""
    code = wrong.code_of("DescribeRegions", {})
    check(code == sdk.wrong_secret, f"a wrong secret is rejected: {code}")
    code = sdk.code_of("DescribeFullBackupList", {})
    check(code == "MissingBackupPlanId", f"a missing parameter has its own code: {code}")
    response = sdk.call("DescribeFullBackupList", {"BackupPlanId": "no-such-plan"})
    check(str(response.get("Success")).lower() == "false", "an unknown plan is an error")
    check(response.get("ErrCode") == "InvalidJobId", f"an unknown plan has its code: {response}")
    emulator.post("faults", {"kind": "throttle", "operation": "DescribeRegions", "millis": 1500})
    check(sdk.code_of("DescribeRegions", {}) == "Throttling.User", "throttling has its code")
    if sdk.reads_retry_after:
        check(sdk.retry_after == 1500, f"the error has the retry delay: {sdk.retry_after}")
    print("  ok  errors: wrong secret, missing parameter, unknown plan, throttling")


def options():
    """Reads the arguments of a driver, and lets requests to the emulator bypass a proxy."""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--speed", type=float, default=1)
    parser.add_argument("--access-key-id", required=True)
    parser.add_argument("--access-key-secret", required=True)
    return parser.parse_args()


def main():
    arguments = options()
    emulator = Emulator(arguments.url, arguments.speed)
    failed = False
    for kind, title in sdks.ALL:
        print(title)
        emulator.post("reset", {})
        key = (arguments.access_key_id, arguments.access_key_secret)
        sdk = kind(arguments.url, *key)
        life = Life(sdk, emulator)
        try:
            life.run()
            for mismatch in sorted(set(sdk.mismatches)):
                failed = True
                print(f"  FAILED  {mismatch}")
            check_errors(sdk, kind(arguments.url, key[0], "another secret"), emulator)
            if sdk.has_async:
                response = asyncio.run(sdk.call_async("DescribeRegions", {}))
                check(response.get("Success") is True, "the asynchronous client succeeds")
                print("  ok  asyncio")
        except Exception as error:  # pylint: disable=broad-except
            failed = True
            print(f"  FAILED  {type(error).__name__}: {error}")
        print(f"{len(life.done)} of {OPERATIONS} operations: {title}")
        failed = failed or len(life.done) != OPERATIONS
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
