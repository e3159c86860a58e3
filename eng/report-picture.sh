#!/usr/bin/env bash
# Draws docs/images/fleet-report.png: the demo's report as Chromium without a screen shows it.
# usage: eng/report-picture.sh [REPORT.html [PICTURE.png]]   (without a report: runs the demo)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
picture=$(realpath -m "${2:-docs/images/fleet-report.png}")
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "report-picture: no chromium; apt-get install --no-install-recommends chromium fonts-dejavu-core" >&2
  exit 3
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ $# -ge 1 ]; then
  report=$(realpath "$1")
else
  report=$scratch/fleet-report.html
  dotnet run --project samples/FleetMigration -c Release -- demo --seed 1 --report "$report" --output json >/dev/null
fi
mkdir -p "$(dirname "$picture")"
# --no-sandbox: Chromium refuses to run as root with one, and the page is our own.
"$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$scratch/profile" \
  --window-size=1280,"${HEIGHT:-1500}" --force-device-scale-factor=1 ${BROWSER_FLAGS:-} --screenshot="$picture" "file://$report" >"$scratch/log" 2>&1 || {
  cat "$scratch/log" >&2
  exit 1
}
echo "$picture"
