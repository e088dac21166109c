#!/usr/bin/env bash
# check_demo.sh BINARY DIR: runs the full demo and compares what it decided
# with the published figures of 2023 (QĐ 1845/QĐ-UBND): 771 teams × 7 months.
set -euo pipefail
"$1" demo --exit --json --addr 127.0.0.1:0 --data "$2/demo" >"$2/demo.json"
cat "$2/demo.json"
for want in '"communes": *173' '"village_teams": *1356' '"registered_teams": *771' '"team_months": *5397' '"total_vnd": *2698500000' '"listed_vnd": *2698500000' '"left_vnd": *0' '"lines": *5397' '"problems": *0'; do
  grep -qE "$want" "$2/demo.json" || { echo "not in the result: $want"; exit 1; }
done
"$1" check --data "$2/demo"
# The README shows this very run.
activities=$(grep -oE '"activities": *[0-9]+' "$2/demo.json" | grep -oE '[0-9]+$')
grep -q "^$activities hoạt động / activities;" README.md || { echo "README.md shows another run than this one of $activities activities"; exit 1; }
