#!/usr/bin/env bash
# tests/service/test_systemd.sh: the unit, the socket and the words between systemd and the server
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
dir=$(mktemp -d)
pids=""
trap 'for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT
n=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
answers() { for _ in $(seq 100); do curl -sf -o /dev/null "$1" && return 0; sleep 0.1; done; return 1; }
said() { for _ in $(seq 100); do grep -qx "$1" "$dir/notified" 2>/dev/null && return 0; sleep 0.1; done; return 1; }

if command -v systemd-analyze >/dev/null; then
	mkdir -p "$dir/prefix/bin"
	cp "$program" "$dir/prefix/bin/narkontakt"
	sed "s|@prefix@|$dir/prefix|" "$root/share/systemd/narkontakt.service" >"$dir/narkontakt.service"
	SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$dir/narkontakt.service" >"$dir/out" 2>&1; code=$?
	ok $code "the unit holds no mistake"; [ $code = 0 ] || sed 's/^/# /' "$dir/out"
	# 10 is exposed to everything; a service that speaks TCP and keeps files comes to 1.something.
	systemd-analyze security --offline=1 --threshold=18 --no-pager "$dir/narkontakt.service" >"$dir/out" 2>&1; code=$?
	ok $code "its exposure is at most 1.8 of 10"; [ $code = 0 ] || grep Overall "$dir/out" | sed 's/^/# /'
else
	skip "the unit" "no systemd-analyze"
fi

"$program" init --db "$dir/t.db" 2>/dev/null
if command -v systemd-socket-activate >/dev/null; then
	port=$("$root/tests/service/free-port")
	systemd-socket-activate -l "127.0.0.1:$port" "$program" serve --db "$dir/t.db" --listen 127.0.0.1:1 </dev/null >/dev/null 2>"$dir/log" &
	activated=$!; pids="$pids $activated"
	answers "http://127.0.0.1:$port/healthz"; ok $? "the first connection to systemd's socket starts it, and is answered"
	grep -q "port=$port " "$dir/log"; ok $? "it listens there and nowhere of its own"
	kill -TERM $activated; wait $activated; ok $? "and stops when told"
else
	skip "socket activation" "no systemd-socket-activate"
fi

if command -v python3 >/dev/null; then
	python3 -u - "$dir/socket" >"$dir/notified" 2>/dev/null <<-'PY' &
	import socket, sys
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind(sys.argv[1])
	while True:
	    print(s.recv(4096).decode())
	PY
	pids="$pids $!"
	for _ in $(seq 50); do [ -S "$dir/socket" ] && break; sleep 0.1; done
	port=$("$root/tests/service/free-port")
	NOTIFY_SOCKET=$dir/socket "$program" serve --db "$dir/t.db" --listen "127.0.0.1:$port" </dev/null 2>"$dir/log" &
	server=$!; pids="$pids $server"
	said READY=1; ok $? "it says when it is ready"
	curl -sf -o /dev/null "http://127.0.0.1:$port/healthz"; ok $? "and then it is"
	kill -HUP $server
	for _ in $(seq 50); do grep -q ' reload certificate=read' "$dir/log" && break; sleep 0.1; done
	grep -q ' reload certificate=read' "$dir/log" && curl -sf -o /dev/null "http://127.0.0.1:$port/healthz"; ok $? "systemctl reload does not stop it"
	kill -TERM $server
	said STOPPING=1; ok $? "it says that it stops"
	wait $server; ok $? "and ends well"
else
	skip "sd_notify" "no python3"
fi
echo "1..$n"
