#!/usr/bin/env bash
# bench/web.sh: pages a second of the whole program, beside the same server's smallest answer in the same run
#
# CONTACTS=N makes the database (default 20000; kept in $B/bench-N.db between runs). Ratios mean more than figures: the loader
# and the server share the machine. Each line: what, requests a second, p50, p99, share of the bare answer.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
b=${B:-$root/build}
n=${CONTACTS:-20000}
db=$b/bench-$n.db
port=$((20000 + RANDOM % 20000))
url=http://127.0.0.1:$port
[ -e "$db" ] || "$b/narkontakt" init --demo --contacts "$n" --db "$db"
start=$(date +%s%N)
"$b/narkontakt" serve --demo --contacts 1 --db "$db" --listen 127.0.0.1:$port 2>"$b/bench.log" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
until curl -sf -o /dev/null $url/; do sleep 0.005; done
echo "start to first page: $((($(date +%s%N) - start) / 1000000)) ms, $n contacts; memory idle $(awk '/VmRSS/ { print int($2 / 1024) }' /proc/$server/status) MB"
jar=$b/bench.jar
rm -f "$jar"
token=$(curl -s -c "$jar" -b "$jar" $url/logga-in | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d'"' -f4)
account=$(curl -s -b "$jar" $url/logga-in | grep -B3 -A4 'name="account"' | tr '\n' ' ' | grep -o 'name="account" value="[0-9]*"[^/]*gledare' | grep -o 'value="[0-9]*"' | head -n 1 | cut -d'"' -f2)
curl -s -c "$jar" -b "$jar" -o /dev/null -d "csrf=$token&account=${account:-1}" $url/logga-in/demo
cookie=$(awk '$6 == "session" { print "session=" $7 }' "$jar")
bare=""
measure() {
	local what=$1 path=$2 out rate
	curl -s -b "$cookie" -o /dev/null "$url$path"
	out=$(wrk -t1 -c8 -d3s --latency -H "Cookie: $cookie" "$url$path")
	rate=$(echo "$out" | awk '/Requests\/sec/ { print $2 }')
	[ -n "$bare" ] || bare=$rate
	printf '%-34s %9s/s  p50 %-8s p99 %-8s %s of bare, %s bytes%s\n' "$what" "$rate" \
		"$(echo "$out" | awk '$1 == "50%" { print $2 }')" "$(echo "$out" | awk '$1 == "99%" { print $2 }')" \
		"$(awk -v a="$rate" -v b="$bare" 'BEGIN { printf "%.0f %%", 100 * a / b }')" \
		"$(curl -s -b "$cookie" "$url$path" | wc -c)" "$(echo "$out" | awk '/Non-2xx/ { print "  ERRORS " $0 }')"
}
number=$(curl -s -b "$cookie" "$url/arbetslista?lista=alla" | grep -o 'K-[0-9]*-[0-9]*' | head -n 1)
measure "bare: /healthz" /healthz
measure "start page, visitor" /
measure "worklist of 50" "/arbetslista?lista=alla"
measure "one contact ($number)" "/kontakter/$number"
measure "search, a word" "/sok?q=lampan"
measure "search, two words" "/sok?q=trasig+lampan"
measure "search, prefix of two letters" "/sok?q=la"
echo "memory under load $(awk '/VmHWM/ { print int($2 / 1024) }' /proc/$server/status) MB"
mails=$(mktemp -d)
for i in $(seq 100); do printf 'From: Demo <demo%d@example.org>\nTo: kontakt@lillan.example\nSubject: prov %d\nMessage-ID: <bench-%s-%d@example.org>\n\nEtt prov.\n' "$i" "$i" "$RANDOM$RANDOM" "$i" >"$mails/$i"; done
began=$(date +%s%N)
for i in $(seq 100); do "$b/narkontakt" mail --db "$db" <"$mails/$i" >/dev/null; done
echo "narkontakt mail, a process each: $((100 * 1000000000 / ($(date +%s%N) - began)))/s"
rm -rf "$mails"
