#!/usr/bin/env bash
# bench/calls.sh: call events into a database with CONTACTS=N contacts while DESKS=200 desks listen (SECONDS_EACH=15 for each part)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
b=${B:-$root/build}
n=${CONTACTS:-20000}
db=$b/bench-calls.db
port=$((20000 + RANDOM % 20000))
url=http://127.0.0.1:$port
[ -e "$b/bench-$n.db" ] || "$b/narkontakt" init --demo --contacts "$n" --db "$b/bench-$n.db"
rm -f "$db" "$db"-*
cp "$b/bench-$n.db" "$db"
"$b/narkontakt" calls exchange BENCH --name Bench --unit 3 --db "$db"
token=$("$b/narkontakt" calls token BENCH --db "$db")
"$b/narkontakt" serve --demo --contacts 1 --db "$db" --listen 127.0.0.1:$port 2>"$b/bench-calls.log" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -f "$db" "$db"-*' EXIT
until curl -sf -o /dev/null $url/; do sleep 0.02; done
jar=$b/bench-calls.jar
rm -f "$jar"
csrf=$(curl -s -c "$jar" -b "$jar" $url/logga-in | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d'"' -f4)
account=$(curl -s -b "$jar" $url/logga-in | grep -B3 -A4 'name="account"' | tr '\n' ' ' | grep -o 'name="account" value="[0-9]*"[^/]*gledare' | grep -o 'value="[0-9]*"' | head -n 1 | cut -d'"' -f2)
curl -s -c "$jar" -b "$jar" -o /dev/null -d "csrf=$csrf&account=${account:-1}" $url/logga-in/demo
cookie=$(awk '$6 == "session" { print "session=" $7 }' "$jar")
echo "$n contacts"
node "$root/bench/calls.mjs" $url "$token" "$cookie" "${DESKS:-200}" "${SECONDS_EACH:-15}" $server
