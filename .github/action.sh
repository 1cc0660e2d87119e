#!/usr/bin/env bash
# Runs orch for action.yml: annotations on standard output, the report in the step's summary, the exit status as an
# output. Inputs come as environment variables, so that nothing in them is read as shell.
set -euo pipefail

args=("${ORCH_COMMAND:-validate}")
while IFS= read -r line; do
  if [ -n "$line" ]; then args+=("$line"); fi
done <<< "${ORCH_FILES:-}"$'\n'"${ORCH_ARGS:-}"

summary=$(mktemp)
trap 'rm -f "$summary"' EXIT
args+=(--quiet --fail-on "${ORCH_FAIL_ON:-error}" --format github --output "markdown=$summary")
if [ -n "${ORCH_SARIF:-}" ]; then args+=(--output "sarif=$ORCH_SARIF"); fi
if [ -n "${ORCH_REPORT:-}" ]; then args+=(--report "$ORCH_REPORT"); fi

status=0
orch "${args[@]}" || status=$?
# Other steps' words stay: the summary is appended to.
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$summary" >> "$GITHUB_STEP_SUMMARY"; fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "status=$status" >> "$GITHUB_OUTPUT"; fi
exit "$status"
