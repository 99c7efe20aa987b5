#!/usr/bin/env bash
# Checks the report's page and picture in a headless browser: nothing overflows or overlaps, sorting
# and filtering work. With a folder as its argument, it leaves screenshots there, light and dark, of
# 3 and of 300 plans.
set -euo pipefail
cd "$(dirname "$0")/../.."

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
    echo "skipped: Chromium is not installed"
    exit 0
fi

cargo build --quiet --example report
report=${CARGO_TARGET_DIR:-target}/debug/examples/report
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pictures=${1:-$work/pictures}
mkdir -p "$pictures"

browse() {
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
        --user-data-dir="$work/profile" "$@" 2>/dev/null
}

for plans in 3 300; do
    "$report" --plans "$plans" --html "$work/$plans.html" --svg "$work/$plans.svg" >/dev/null
    for theme in dark light; do
        # Chromium's number of the theme.
        scheme=$([[ $theme == dark ]] && echo 0 || echo 1)
        for page in html svg; do
            browse --blink-settings="preferredColorScheme=$scheme" --window-size=1440,1200 \
                --screenshot="$pictures/$plans-$theme-$page.png" "file://$work/$plans.$page"
            test -s "$pictures/$plans-$theme-$page.png"
        done
    done
done

# A copy of the page with checks, which write their result into the title.
cat >"$work/checks.html" <<'HTML'
<script>
const problems = [];
const check = (what, holds) => { if (!holds) problems.push(what); };
const visible = () => rows.filter(row => row.offsetParent !== null);
const wide = document.documentElement.scrollWidth - innerWidth;
check(`the page is ${wide} pixels too wide`, wide <= 0);
const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const labels = Array.from(document.querySelectorAll('.axis text'));
const boxes = labels.map(label => label.getBoundingClientRect());
boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
  check(`labels overlap: ${labels[i].textContent}, ${labels[i + 1 + j].textContent}`, !overlaps(a, b));
}));
check('the axis has too few labels', innerWidth < 700 || labels.length >= 5);
const head = name => Array.from(heads).find(button => button.textContent.startsWith(name));
const keys = column => Array.from(body.rows).map(row => row.cells[column].dataset.v);
const storage = head('Storage').parentNode.cellIndex;
for (const sign of [-1, 1]) {
  head('Storage').click();
  const known = keys(storage).filter(key => key !== '').map(Number);
  check(`storage is not sorted: ${sign}`, known.every((key, i) => i === 0 || sign * (key - known[i - 1]) >= 0));
  check('unknown is not last', keys(storage).slice(known.length).every(key => key === ''));
}
head('Plan').click();
const names = keys(1);
check('names are not sorted', names.every((name, i) => i === 0 || names[i - 1].localeCompare(name) <= 0));
const all = visible().length;
const tile = document.querySelector('.tile.unprotected');
tile.click();
check('the filter shows other verdicts', visible().every(row => row.className === 'unprotected'));
check('the filter hides too much', visible().length === Number(tile.querySelector('b').textContent));
tile.click();
check('the filter stays', visible().length === all);
search.value = names[0].toUpperCase();
search.dispatchEvent(new Event('input'));
const found = visible().length;
check(`the search finds ${found} rows`, found >= 1 && found < all);
document.title = problems.length ? 'FAILED ' + problems.join('; ') : 'CHECKED';
</script>
HTML
cat >"$work/picture.html" <<'HTML'
<script>
const problems = [];
const box = element => element.getBoundingClientRect();
const texts = Array.from(document.querySelectorAll('svg text')).slice(0, 400);
const boxes = texts.map(box);
boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
  // The lines of a font are a little higher than its letters.
  if (a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
    problems.push(`${texts[i].textContent} and ${texts[i + 1 + j].textContent} overlap`);
}));
document.title = problems.length ? 'FAILED ' + problems.join('; ') : 'CHECKED';
</script>
HTML

checked() {
    browse "$@" --dump-dom >"$work/dom"
    if ! grep -qF '<title>CHECKED</title>' "$work/dom"; then
        echo "$*: $(grep -o '<title>FAILED[^<]*' "$work/dom" || echo 'the checks did not run')" >&2
        exit 1
    fi
}
for plans in 3 300; do
    cat "$work/$plans.html" "$work/checks.html" >"$work/$plans-checked.html"
    for width in 1920 1440 1280 1024 800 520; do
        checked --window-size="$width,900" "file://$work/$plans-checked.html"
    done
    {
        printf '<!DOCTYPE html><title>not run</title>'
        cat "$work/$plans.svg" "$work/picture.html"
    } >"$work/$plans-picture.html"
    checked --window-size=1300,900 "file://$work/$plans-picture.html"
done
echo "ok: the report's page fits, sorts and filters"
