#!/usr/bin/env bash
# bench/open311.sh: the list of requests by Open311, beside the same server's smallest answer in the same run
#
# CONTACTS=N as in bench/web.sh, whose database is used (20000). Every category is made to show its requests. Each line: what,
# requests a second, p50, p99, share of the bare answer, bytes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
b=${B:-$root/build}
n=${CONTACTS:-20000}
made=$b/bench-$n.db
db=$b/bench-open311.db
port=$((20000 + RANDOM % 20000))
url=http://127.0.0.1:$port
[ -e "$made" ] || "$b/narkontakt" init --demo --contacts "$n" --db "$made"
cp "$made" "$db"
"$b/narkontakt" migrate --db "$db" >/dev/null
sqlite3 "$db" "UPDATE category SET open311 = 'words'"
"$b/narkontakt" serve --demo --contacts 1 --db "$db" --listen 127.0.0.1:$port 2>"$b/bench.log" &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -f "$db" "$db"-*' EXIT
until curl -sf -o /dev/null $url/healthz; do sleep 0.05; done
echo "Open311, $n contacts"
bare=""
measure() {
	local what=$1 path=$2 out rate
	curl -s -o /dev/null "$url$path"
	out=$(wrk -t1 -c8 -d3s --latency "$url$path")
	rate=$(echo "$out" | awk '/Requests\/sec/ { print $2 }')
	[ -n "$bare" ] || bare=$rate
	printf '%-34s %9s/s  p50 %-8s p99 %-8s %s of bare, %s bytes%s\n' "$what" "$rate" \
		"$(echo "$out" | awk '$1 == "50%" { print $2 }')" "$(echo "$out" | awk '$1 == "99%" { print $2 }')" \
		"$(awk -v a="$rate" -v b="$bare" 'BEGIN { printf "%.1f %%", 100 * a / b }')" \
		"$(curl -s "$url$path" | wc -c)" "$(echo "$out" | awk '/Non-2xx/ { print "  ERRORS " $0 }')"
}
number=$(curl -s "$url/open311/v2/requests.json?page_size=1" | grep -o 'K-[0-9]*-[0-9]*' | head -n 1)
measure "bare: /healthz" /healthz
measure "services" /open311/v2/services.json
measure "one request ($number)" "/open311/v2/requests/$number.json"
measure "list, a page of 50" "/open311/v2/requests.json?page_size=50"
measure "list, the tenth page of 50" "/open311/v2/requests.json?page_size=50&page=10"
measure "list, of one service, open" "/open311/v2/requests.json?page_size=50&service_code=1&status=open"
measure "list, all 1,000" /open311/v2/requests.json
measure "list, all 1,000 as XML" /open311/v2/requests.xml
