#!/usr/bin/env bash
# The deployed journey on an emulator of AWS: npm run test:deployed:emulated [-- --verbose]
# Says so and ends well when the emulator cannot be had: it comes from Python's package index.
set -euo pipefail
cd "$(dirname "$0")/../.."

port="${EMULATOR_PORT:-4566}"
work="$(mktemp -d)"
emulator=
stop() {
  if [ -n "$emulator" ]; then
    kill -TERM -- "-$emulator" 2>/dev/null || true
    wait "$emulator" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

venv="${EMULATOR_VENV:-$work/venv}"
if ! [ -x "$venv/bin/python" ]; then
  if ! { python3 -m venv "$venv" &&
    timeout 300 "$venv/bin/pip" install --quiet --disable-pip-version-check \
      --requirement test/deployed/emulator-requirements.txt; } >"$work/pip.log" 2>&1; then
    echo "the deployed journey is left out: the emulator (ministack) cannot be installed here: $(tail -1 "$work/pip.log")"
    exit 0
  fi
fi

# Functions run on the Node of this repository, whatever the machine has.
export PATH="$PWD/node_modules/.bin:$PATH"
set -m
# Started from an empty environment: a function must find there what the template gives it, and nothing else.
env -i PATH="$PATH" HOME="$work" TMPDIR="$work" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \
  AUTH=true LAMBDA_EXECUTOR=local BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 GATEWAY_PORT="$port" IOT_MTLS_PORT=0 \
  "$venv/bin/python" test/deployed/serve_emulator.py >"$work/emulator.log" 2>&1 &
emulator=$!
set +m
for _ in $(seq 100); do
  if curl -fs "http://127.0.0.1:$port/_ministack/health" >/dev/null; then break; fi
  if ! kill -0 "$emulator" 2>/dev/null; then break; fi
  sleep 0.2
done

if ! env AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \
  AWS_REGION=us-east-1 node test/deployed/journey.ts "$@"; then
  echo "== the emulator's last words"
  grep -v ' INFO ' "$work/emulator.log" | tail -60
  exit 1
fi
# Whatever a role may not do is a fault, even where a retry or another path hid it.
if grep 'not allowed:' "$work/emulator.log"; then
  echo "a function used what its role does not grant"
  exit 1
fi
