"""Runs the Python blocks of the guide's chapter on migrating against the emulator."""

import contextlib
import io
import pathlib
import re
import sys

import drive

CHAPTER = pathlib.Path(__file__).parents[2] / "docs/guide/src/migrating.md"
REGION = 'region_id="cn-hangzhou"'


def main():
    arguments = drive.options()
    blocks = re.findall(r"```python\n(.*?)```", CHAPTER.read_text(encoding="utf-8"), re.DOTALL)
    drive.check(len(blocks) == 3, f"the chapter has 3 blocks: {len(blocks)}")
    buy, show, fail = blocks
    drive.check(buy.count(REGION) == 1, f"the first block has `{REGION}`")
    protocol, address = arguments.url.rstrip("/").split("://")
    buy = buy.replace(REGION, f'{REGION}, endpoint="{address}", protocol="{protocol}"')
    names = {"key": arguments.access_key_id, "secret": arguments.access_key_secret}
    drive.Emulator(arguments.url, arguments.speed).post("reset", {})
    # The blocks of the chapter are part of this repository.
    exec(buy, names)  # pylint: disable=exec-used
    exec(show, names)  # pylint: disable=exec-used
    names["request"] = names["CreateBackupPlanRequest"](region="cn-hangzhou")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(fail, names)  # pylint: disable=exec-used
    drive.check("MissingBackupMethod" in printed.getvalue(), "the gateway's error is caught")
    print("  ok  the Python blocks of the guide")
    return 0


if __name__ == "__main__":
    sys.exit(main())
