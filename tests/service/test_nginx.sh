#!/usr/bin/env bash
# tests/service/test_nginx.sh: nginx in front, with the very lines that docs/admin.md gives
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || { echo "1..1"; echo "ok 1 - nginx # SKIP not installed"; exit 0; }
dir=$(mktemp -d)
server="" proxy=""
trap 'for p in $proxy $server; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT
n=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
answers() { for _ in $(seq 100); do curl -sf -o /dev/null "$1" && return 0; sleep 0.1; done; return 1; }
csrf() { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1; }

ours=$("$root/tests/service/free-port")
theirs=$("$root/tests/service/free-port")
block=$(sed -n '/^    location \/ {/,/}$/p' "$root/docs/admin.md")
[ -n "$block" ]; ok $? "docs/admin.md has a block for nginx"
cat >"$dir/nginx.conf" <<CONF
daemon off; pid $dir/pid; error_log $dir/error.log; worker_processes 1;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path $dir/1; proxy_temp_path $dir/2; fastcgi_temp_path $dir/3; uwsgi_temp_path $dir/4; scgi_temp_path $dir/5;
	server { listen 127.0.0.1:$theirs;
${block//127.0.0.1:8080/127.0.0.1:$ours}
	}
}
CONF
printf 'database %s/t.db\nlisten 127.0.0.1:%s\nbase-url http://127.0.0.1:%s\ntrusted-proxy 127.0.0.1\n' "$dir" "$ours" "$theirs" >"$dir/conf"
"$program" init --db "$dir/t.db" --demo --contacts 3 2>/dev/null
"$program" serve --config "$dir/conf" --demo --contacts 3 </dev/null 2>"$dir/log" & server=$!
answers "http://127.0.0.1:$ours/healthz"
[ "$(id -u)" = 0 ] && chmod 755 "$dir"
"$nginx" -t -q -c "$dir/nginx.conf" 2>"$dir/out"; code=$?; ok $code "nginx takes it"; [ $code = 0 ] || sed 's/^/# /' "$dir/out"
"$nginx" -c "$dir/nginx.conf" 2>>"$dir/out" & proxy=$!
url=http://127.0.0.1:$theirs
answers "$url/healthz"; ok $? "the server is reached through it"
get() { curl -s -b "$dir/jar" -c "$dir/jar" "$@"; }

token=$(get "$url/kontakt" | csrf)
[ -n "$token" ]; ok $? "the form is shown"
head -c 5000000 /dev/zero >"$dir/bild.bin"
get -o "$dir/sent" -w '%{http_code} %{redirect_url}\n' -F csrf="$token" -F text="Genom nginx." -F reply_by=none -F oppnad=1 \
	-F "files=@$dir/bild.bin" "$url/kontakt" >"$dir/code"
# the address that the answer leads to is the public one
"$program" list contacts --db "$dir/t.db" --json | grep -q '"text": "Genom nginx."'; ok $? "a form with a file of 5 MB is posted ($(cat "$dir/code"))"

# An official's worklist holds an event stream; what changes is pushed through the proxy at once.
page=$(get "$url/logga-in")
account=$(echo "$page" | sed -n 's/.*name="account" value="\([0-9]*\)".*/\1/p' | head -n 1)
get -o /dev/null --data-urlencode "csrf=$(echo "$page" | csrf)" -d "account=$account" "$url/logga-in/demo"
curl -sN -b "$dir/jar" --max-time 15 "$url/arbetslista/handelser" >"$dir/stream" & stream=$!
for _ in $(seq 50); do grep -q '^retry: ' "$dir/stream" && break; sleep 0.1; done
grep -q '^retry: ' "$dir/stream"; ok $? "an event stream opens at once"
token=$(curl -s -c "$dir/other" "$url/kontakt" | csrf)
curl -s -b "$dir/other" -c "$dir/other" -o /dev/null -F csrf="$token" -F text="En till." -F reply_by=none -F oppnad=1 "$url/kontakt"
for _ in $(seq 80); do grep -q '^event: ' "$dir/stream" && break; sleep 0.1; done
grep -q '^event: ' "$dir/stream"; ok $? "and what happens comes through it while it is open"
kill $stream 2>/dev/null
[ "$(curl -s -o /dev/null -w '%{http_code}' "$url/metrics")" = 404 ]; ok $? "what is only for this machine is not for the world"
echo "1..$n"
