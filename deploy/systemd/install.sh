#!/usr/bin/env bash
# Installs Bản Số as a service, or a newer version over an older one:
#
#   sudo bash deploy/systemd/install.sh              this machine
#   bash deploy/systemd/install.sh --root DIR        into a folder (an image, a look)
#   … --binary FILE                                  instead of building it
#   … --no-start                                     only put it in place
#
# It asks nothing. It keeps settings that are there, and replaces the binary by
# a rename, so that a running server is not disturbed; the old one stays beside
# it as banso.old. Then it restarts the server: the socket stays open meanwhile,
# nobody is refused.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root= binary= start=yes
while [ $# -gt 0 ]; do
  case $1 in
  --root) root=${2:?--root DIR}; start=no; shift 2 ;;
  --binary) binary=${2:?--binary FILE}; shift 2 ;;
  --no-start) start=no; shift ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
  echo "Run it as root / Hãy chạy bằng quyền root: sudo bash $0" >&2
  exit 1
fi

if [ -z "$binary" ]; then
  command -v go >/dev/null || { echo "No Go to build with: give --binary FILE / Chưa có Go: hãy dùng --binary FILE" >&2; exit 1; }
  binary=$(mktemp -d)/banso
  trap 'rm -rf "$(dirname "$binary")"' EXIT
  (cd "$here/../.." && CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$binary" ./server)
fi
"$binary" version >/dev/null # one that doesn't run must not take the place of one that does

put() { install -D -m "$1" "$2" "$root$3"; echo "  $3"; }
keep() { if [ -e "$root$3" ]; then echo "  $3 (kept / giữ nguyên)"; else put "$@"; fi; }

echo "Bản Số $("$binary" version)"
if [ -e "$root/usr/local/bin/banso" ]; then cp -f "$root/usr/local/bin/banso" "$root/usr/local/bin/banso.old"; fi
put 0755 "$binary" /usr/local/bin/banso.new
mv -f "$root/usr/local/bin/banso.new" "$root/usr/local/bin/banso"
for unit in banso.service banso.socket banso-doctor.service banso-doctor.timer; do
  put 0644 "$here/$unit" "/etc/systemd/system/$unit"
done
install -d -m 0755 "$root/etc/banso"
keep 0644 "$here/banso.yaml" /etc/banso/banso.yaml
install -d -m 0700 "$root/etc/banso/secrets"
put 0644 "$here/banso.sysusers" /usr/lib/sysusers.d/banso.conf

[ "$start" = yes ] || exit 0
systemd-sysusers
systemctl daemon-reload
systemctl enable -q banso.socket banso.service banso-doctor.timer
systemctl start banso.socket banso-doctor.timer
systemctl restart banso.service
for _ in $(seq 100); do
  if curl -fsS -o /dev/null http://127.0.0.1:8080/readyz 2>/dev/null; then break; fi
  sleep 0.1
done
journalctl -u banso -n 5 --no-pager -o cat || true
runuser -u banso -- /usr/local/bin/banso doctor --config /etc/banso/banso.yaml || true
echo "Next: TLS in front, see deploy/proxy / Tiếp theo: TLS ở phía trước, xem deploy/proxy"
