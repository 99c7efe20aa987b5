#!/usr/bin/env bash
# Calls every operation of both API versions of the emulator with the vendor's Python SDKs, in both
# signature versions.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v python3 >/dev/null; then
    echo "skipped: python3 is not installed, which the vendor's SDKs need"
    exit 0
fi

target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/vendor"
target=$(cd "$target" && pwd)
here=tests/vendor
venv=$target/vendor/venv

# Create the environment once per list of packages.
stamp=$(cksum <$here/requirements.txt)
if [[ ! -f $venv/stamp || $(<"$venv/stamp") != "$stamp" ]]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r $here/requirements.txt
    echo "$stamp" >"$venv/stamp"
fi

cargo build --quiet --example emulator

speed=600
log=$(mktemp)
"$target/debug/examples/emulator" --port 0 --speed $speed --seed 1 \
    --access-key-id vendor-test --access-key-secret vendor-secret >"$log" 2>&1 &
emulator=$!
trap 'kill "$emulator" 2>/dev/null || true; rm -f "$log"' EXIT

url=
for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$log")
    [[ -z $url ]] || break
    kill -0 "$emulator" 2>/dev/null || break
    sleep 0.1
done
if [[ -z $url ]]; then
    echo "the emulator did not start:" >&2
    cat "$log" >&2
    exit 1
fi

# No bytecode caches next to the sources.
for driver in drive drive2021 guide; do
    PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" $here/$driver.py --url "$url" --speed $speed \
        --access-key-id vendor-test --access-key-secret vendor-secret
done

kill -TERM "$emulator"
if ! wait "$emulator"; then
    echo "the emulator did not exit cleanly:" >&2
    cat "$log" >&2
    exit 1
fi
