#!/usr/bin/env bash
# Checks the emulator's status page in a headless browser: it shows plans and backups, and escapes
# HTML in names.
set -euo pipefail
cd "$(dirname "$0")/../.."

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
    echo "skipped: Chromium is not installed"
    exit 0
fi

cargo build --quiet --example emulator --example fleet
target=${CARGO_TARGET_DIR:-target}
work=$(mktemp -d)
"$target/debug/examples/emulator" --port 0 --speed 60 \
    --access-key-id page-test --access-key-secret page-secret >"$work/log" 2>&1 &
emulator=$!
trap 'kill "$emulator" 2>/dev/null || true; rm -rf "$work"' EXIT

url=
for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$work/log")
    [[ -z $url ]] || break
    sleep 0.1
done

cat >"$work/plans.yaml" <<'YAML'
- name: "<b>orders</b>"
  region: cn-hangzhou
  class: small
  method: logical
  billing: 1 year
  source:
    mysql:
      at: { address: { host: 192.0.2.1, port: 3306 } }
      user: dbs
      password: { env: ORDERS_PASSWORD }
      objects: [orders]
  schedule: { weekly: { days: [Monday], at: "02:00" } }
YAML
ALIBABA_CLOUD_ACCESS_KEY_ID=page-test ALIBABA_CLOUD_ACCESS_KEY_SECRET=page-secret \
    ORDERS_PASSWORD=planted-secret-1f0c \
    "$target/debug/examples/fleet" --spec "$work/plans.yaml" --endpoint "$url" \
    --journal "$work/journal" >/dev/null

timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$work/profile" --dump-dom "$url/" >"$work/dom" 2>/dev/null

shows() {
    if ! grep -qF -- "$1" "$work/dom"; then
        echo "the status page does not contain: $1" >&2
        exit 1
    fi
}
shows '&lt;b&gt;orders&lt;/b&gt;'
shows 'running'
shows 'StartBackupPlan'
shows '<h2>Downloads'
shows '<td>2019-03-06</td>'
shows 'http-equiv="refresh"'
if grep -qF -e '<b>orders</b>' -e 'planted-secret' "$work/dom"; then
    echo "the status page contains unescaped HTML or a password" >&2
    exit 1
fi
echo "ok: the status page shows plans, backups, downloads and calls, without HTML of names or passwords"
