#!/usr/bin/env bash
# tests/service/test_docs_open311.sh: the curl lines of docs/admin.md, typed one after another at a demonstration server
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
dir=$(mktemp -d)
server=""
trap '[ -n "$server" ] && kill "$server" && wait "$server" 2>/dev/null; rm -rf "$dir"' EXIT
n=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' "$dir/out" | head -n 20; fi; }
port=$("$root/tests/service/free-port")
url=http://127.0.0.1:$port
cd "$dir" || exit 2
"$program" serve --demo --db "$dir/t.db" --listen 127.0.0.1:$port --base-url "$url" 2>log &
server=$!
for _ in $(seq 600); do curl -sf -o /dev/null "$url/healthz" && break; sleep 0.1; done

# The system owner makes a key, by the page.
csrf() { grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d'"' -f4; }
token=$(curl -s -c jar -b jar "$url/logga-in" | csrf)
account=$(curl -s -b jar "$url/logga-in" | tr '\n' ' ' | sed 's/<li/\n<li/g' | grep 'Systemförvaltare' | grep -o 'name="account" value="[0-9]*"' | grep -o '[0-9]*' | head -n 1)
curl -s -c jar -b jar -o /dev/null -d "csrf=$token&account=$account" "$url/logga-in/demo"
token=$(curl -s -b jar "$url/admin/open311" | csrf)
curl -s -b jar --data-urlencode "csrf=$token" -d "name=Prov&per_minute=60" "$url/admin/open311/ny" >out
key=$(grep -o '<code class="nk-code" data-focus[^>]*>[^<]*' out | sed 's/.*>//')
[ ${#key} -ge 40 ]; ok $? "a key is made and shown"

lines=$(sed -nE 's/^ {4}(curl .*kommun\.example\/open311.*)$/\1/p' "$root/docs/admin.md")
[ "$(printf '%s\n' "$lines" | wc -l)" -ge 7 ]; ok $? "docs/admin.md has lines to type"
while IFS= read -r line; do
	command=${line//https:\/\/kontakt.kommun.example/$url}
	command=${command//KEY/$key}
	bash -c "${command/curl /curl -sf }" >out 2>&1; ok $? "$line"
done <<<"$lines"
grep -q '"service_request_id":"K-' out; ok $? "and the last shows what the key has reported"
"$program" list contacts --db "$dir/t.db" --json | tail -n 1 | grep -q '"channel": "api"'; ok $? "which is a contact"
echo "1..$n"
