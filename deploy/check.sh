#!/usr/bin/env bash
# Installs what the tests need and passes all of them:
#
#   bash deploy/check.sh              what every change must pass (< 25 min on 2 cores)
#   CHECK=full bash deploy/check.sh   the louder tier (<= 60 min more)
#   CHECK=soak bash deploy/check.sh   hours; says how many were done
#   bash deploy/check.sh STEP…        only these steps (names below)
#
# The last line is "N passed, N failed, N skipped". A skip says its reason.
set -uo pipefail
cd "$(dirname "$0")/.."
export CHECK="${CHECK:-ci}" GOFLAGS="${GOFLAGS:-} -buildvcs=false" LC_ALL=C.UTF-8

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
counts=$out/counts
: >"$counts"

case $CHECK in
ci) fuzz=10s tests=20m ;;
full) fuzz=2m tests=60m ;;
soak) fuzz=1h tests=24h ;;
*) echo "CHECK is ci, full or soak, not '$CHECK'" >&2; exit 2 ;;
esac

say() { printf '\n== %s (%ds)\n' "$*" "$SECONDS"; }

# one NAME COMMAND…: a step that counts as one test.
one() {
  local name=$1; shift
  if "$@" >"$out/log" 2>&1; then
    echo "   ok   $name"; echo "1 0 0" >>"$counts"
  else
    echo "   FAIL $name"; sed 's/^/   | /' "$out/log" | tail -60; echo "0 1 0" >>"$counts"
  fi
}

tests() { go test -json -timeout "$tests" "$@" 2>&1 | go run ./deploy/tally -to "$counts"; }

unformatted() { local f; f=$(git ls-files -z '*.go' | xargs -0 gofmt -l); [ -z "$f" ] || { echo "$f"; return 1; }; }

step_lint() {
  one gofmt unformatted
  one "go vet" go vet ./...
  one staticcheck go tool -modfile=.tools.mod staticcheck ./...
  one "go.mod is tidy" go mod tidy -diff
  # The chart in the types of Kubernetes, the compose file in docker compose's own
  # library: some minutes to build, so in the louder tiers.
  [ "$CHECK" = ci ] || one "the chart decodes strictly" go run -modfile=.charts.mod ./deploy/helm/strict/main.go deploy/helm/testdata/*.yaml
  [ "$CHECK" = ci ] || one "the compose file loads" go run -modfile=.charts.mod ./deploy/image/strict/main.go deploy/image/compose.yaml
}

# The npm packages of the lock file, and the types of all TypeScript. What it
# does is tested by go test, which bundles it: the step test.
step_web() {
  local web=deploy/webbuild dir
  if ! command -v npm >/dev/null; then
    echo "   skipped: TypeScript: no npm on this machine"; echo "0 0 1" >>"$counts"; return
  fi
  if [ ! "$web/node_modules/.package-lock.json" -nt "$web/package-lock.json" ]; then
    one "npm ci" npm ci --prefix "$web"
  fi
  while read -r dir; do
    one "types of $dir" "$web/node_modules/.bin/tsc" -p "$dir"
  done < <(git ls-files '*tsconfig.json' | xargs -n1 dirname)
}

# The longest packages first, so that the others fill the second core beside
# them. The mutants have a step of their own.
# So has the soak, which sleeps for most of its minutes: beside all others.
step_test() {
  tests -run '^TestSoak$' ./server/internal/e2e/ &
  tests -skip '^Test(Mutants|Soak)$' ./server/internal/e2e/... ./server/internal/sim/... ./...
  wait
}

# The race detector over what runs concurrently; -short keeps the simulation
# small. The skipped ones ask one request after the other.
step_race() {
  tests -race -short -skip '^Test(Flow|AccessMatrix|Token|Cookies|Desk|Hostile_B|Grants|Flat)' ./server/internal/httpapi/... ./syncproto/client/... ./server/internal/store/... ./server/internal/syncsvc/... \
    ./server/internal/months/... ./server/internal/auth/... ./server/internal/blob/... ./server/internal/backup/... ./server/internal/app/...
}

step_mutants() { CHECK_MUTANTS=1 tests -run '^TestMutants$' ./server/internal/sim/; }

# fuzz_one DIR NAME: one target, one worker. Compiling and starting takes as long
# as fuzzing in the quick tier, so two targets run side by side. Before Go 1.27 the fuzzer
# sometimes takes the end of its own time for a failure (go.dev/issue/75804: "context deadline
# exceeded", no input written): that is run once more.
fuzz_one() {
  local log=$out/fuzz.$2
  play() { go test -run '^$' -fuzz "^$2\$" -fuzztime "$fuzz" -fuzzminimizetime 10x -parallel 1 "$1" >"$log" 2>&1; }
  if play "$@" || { grep -q '^ *context deadline exceeded$' "$log" && ! grep -q 'Failing input' "$log" && play "$@"; }; then
    echo "   ok   fuzz $1 $2 $fuzz"; echo "1 0 0" >>"$counts"
  else
    { echo "   FAIL fuzz $1 $2 $fuzz"; tail -60 "$log" | sed 's/^/   | /'; } ; echo "0 1 0" >>"$counts"
  fi
}

step_fuzz() {
  local targets
  targets=$(git grep -oE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | sed -E 's|^(.*)/[^/]+:func (.*)$|./\1 \2|')
  [ -n "$targets" ] || { echo "   no fuzz target found"; echo "0 1 0" >>"$counts"; return; }
  export -f fuzz_one; export out counts fuzz
  xargs -P 2 -L 1 bash -c 'fuzz_one "$@"' _ <<<"$targets"
}

# The README's first command at full size, and the run that breaks things.
step_demo() {
  local d; d=$(mktemp -d)
  go build -o "$d/banso" ./server || { echo "0 1 0" >>"$counts"; return; }
  one "demo: 5,397 team-months, 2,698,500,000 đồng" bash deploy/check_demo.sh "$d/banso" "$d"
  one "demo --broken: exactly who was to lose loses" "$d/banso" demo --broken --exit --scale 0.05 --addr 127.0.0.1:0 --data "$d/broken"
  rm -rf "$d"
}

# What the tests use beyond Go. A test that misses it says so and is skipped.
# pdftoppm draws the papers so that their pictures can be compared; Chromium is
# the phone of the journeys.
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v strace >/dev/null || missing+=(strace)
command -v pdftoppm >/dev/null || missing+=(poppler-utils)
# The proxies that stand in front are tried as they are, promtool tries the alerts.
command -v systemd-analyze >/dev/null || missing+=(systemd)
command -v caddy >/dev/null || missing+=(caddy)
PATH=$PATH:/usr/sbin command -v nginx >/dev/null || missing+=(nginx-light)
for tool in curl jq rsync; do command -v "$tool" >/dev/null || missing+=("$tool"); done # the runbook's
command -v promtool >/dev/null || missing+=(prometheus)
if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq >/dev/null 2>&1; apt-get install -y -qq "${missing[@]}" >/dev/null 2>&1 || echo "${missing[*]} could not be installed"
fi

# A real S3 server for the backups' tests. Its source takes a minute to build: in
# the louder tiers only, where none is installed.
if [ "$CHECK" != ci ] && ! command -v versitygw >/dev/null; then
  GOBIN=$out/bin GOFLAGS= go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 >"$out/versitygw" 2>&1 || echo "versitygw could not be built"
  PATH=$PATH:$out/bin
fi

# Lighthouse audits the phone app there too; it is large, and apart from what every run installs.
if [ "$CHECK" != ci ] && command -v npm >/dev/null; then
  (cd deploy/webbuild/lighthouse && npm ci --ignore-scripts --silent) >"$out/lighthouse" 2>&1 || echo "lighthouse could not be installed"
fi

# docker compose without its daemon reads the compose file.
if [ "$CHECK" != ci ] && ! command -v docker-compose >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get install -y -qq --no-install-recommends docker-compose >/dev/null 2>&1 || echo "docker-compose could not be installed"
fi

if [ "$CHECK" != ci ] && ! command -v helm >/dev/null; then
  GOBIN=$out/bin GOFLAGS= go install -modfile=.charts.mod helm.sh/helm/v3/cmd/helm >"$out/helm" 2>&1 || echo "helm could not be built"
  PATH=$PATH:$out/bin
fi

all="lint web test race mutants fuzz demo"
for step in ${*:-$all}; do
  case " $all " in *" $step "*) ;; *) echo "no step '$step'; there are: $all" >&2; exit 2 ;; esac
  say "$step"
  "step_$step"
done

read -r passed failed skipped < <(awk '{p+=$1; f+=$2; s+=$3} END {print p+0, f+0, s+0}' "$counts")
say "done, CHECK=$CHECK"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
