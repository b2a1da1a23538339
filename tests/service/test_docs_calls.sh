#!/usr/bin/env bash
# tests/service/test_docs_calls.sh: the events and files of docs/admin.md, as they stand there, sent to a server; today's date for the
# document's, our address for the example's
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
dir=$(mktemp -d)
server=""
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
n=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
cd "$dir" || exit 2
export NARKONTAKT_DB=$dir/t.db
mkdir bin; ln -s "$program" bin/narkontakt; PATH=$dir/bin:$PATH
day=$(TZ=Europe/Stockholm date -d '-1 day' +%F)
zone=$(TZ=Europe/Stockholm date -d '-1 day' +%:z)
narkontakt init 2>/dev/null
chapter() { sed -n '/^## Calls from the exchange/,/^## /p' "$root/docs/admin.md"; }
typed() { chapter | sed -nE "s/^ {4}(narkontakt calls $1 .*)\$/\1/p" | sed 's| --db /var/lib/narkontakt/narkontakt.db||'; }
bash -c "$(typed exchange)"; ok $? "the exchange is added"
token=$(bash -c "$(typed token)"); ok $? "its token is made"
chapter | sed -nE 's/^ {4}(\{"call_id".*)$/\1/p' | sed -e "s/2027-01-11/$day/" -e "s/+01:00/$zone/" >events.jsonl
[ "$(wc -l <events.jsonl)" = 6 ]; ok $? "six events stand in the document"
port=$("$root/tests/service/free-port")
narkontakt serve --listen "127.0.0.1:$port" 2>log & server=$!
for _ in $(seq 100); do curl -sf -o /dev/null "http://127.0.0.1:$port/healthz" && break; sleep 0.1; done
line=$(chapter | sed -nE 's/^ {4}(curl .*)$/\1/p' | sed "s|https://kontakt.kommun.example|http://127.0.0.1:$port|")
answer=$(TOKEN=$token bash -c "${line/curl /curl -s }")
[ "$answer" = '{"taken": 6, "known": 0, "bad": []}' ]; ok $? "they are taken: $answer"
answer=$(TOKEN=$token bash -c "${line/curl /curl -s }")
[ "$answer" = '{"taken": 0, "known": 6, "bad": []}' ]; ok $? "and not twice: $answer"
answer=$(TOKEN=wrong bash -c "${line/curl /curl -s -o /dev/null -w %\{http_code\} }")
[ "$answer" = 401 ]; ok $? "another token opens nothing: $answer"
chapter | sed -nE 's/^ {4}(call_id;.*|c-2[12];.*)$/\1/p' | sed "s/2027-01-11/$day/" >calls.csv
said=$(bash -c "$(typed 'import --exchange VX1 --format csv')"); ok $? "the CSV file is read: $said"
[ "$said" = "taken 2, known 0, left out 0, bad 0" ]; ok $? "both of its calls"
printf 'call_id;kind;at;number\n1;missed;x;1\n' >bad.csv
said=$(narkontakt calls import --exchange VX1 bad.csv 2>&1); [ $? = 1 ] && grep -q '^bad.csv:2: at: ' <<<"$said"; ok $? "a bad line is named: $said"
printf 'a;b\n1;2\n' >columns.csv
narkontakt calls import --exchange VX1 columns.csv 2>&1 | grep -q 'call_id, kind, at and number'; ok $? "and wrong columns"
narkontakt calls import --exchange VX9 calls.csv >out 2>&1; [ $? = 1 ] && grep -q 'VX9.*no such exchange' out; ok $? "an unknown exchange: $(cat out)"
narkontakt list calls --json >list; [ "$(wc -l <list)" = 6 ]; ok $? "six calls are listed"
for key in exchange call_id number at kind seconds callback; do grep -q "\"$key\": " list || bad=1; done
[ -z "${bad:-}" ]; ok $? "with the keys that are promised"
[ "$(grep -c '"callback": "K-' list)" = 1 ]; ok $? "one call-back: the withheld number has none"
narkontakt list contacts --json | grep -q '"state": "answered"'; ok $? "and it ended when we called"
narkontakt verify >out; ok $? "verify: $(cat out)"
echo "1..$n"
