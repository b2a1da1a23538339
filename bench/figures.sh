#!/usr/bin/env bash
# bench/figures.sh: the figures page over CONTACTS contacts (default 20000), beside the bare SQL of the same run
#
# For one year of the whole municipality, and one month of one unit: seconds for the bare scan of what is counted, by sqlite3; for the
# page the first time (counted) and again (kept); for its CSV and a chart. The database is bench-N.db in $B, or DB=FILE.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
b=${B:-$root/build}
n=${CONTACTS:-20000}
db=${DB:-$b/bench-$n.db}
port=$((20000 + RANDOM % 20000))
url=http://127.0.0.1:$port
[ -e "$db" ] || "$b/narkontakt" init --demo --contacts "$n" --db "$db"
"$b/narkontakt" migrate --db "$db" >/dev/null
"$b/narkontakt" tick --now "$(date -u +%FT%TZ)" --db "$db" >/dev/null	# what is due is done before, not while we measure
"$b/narkontakt" serve --demo --contacts 1 --db "$db" --listen 127.0.0.1:$port 2>"$b/bench-figures.log" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
until curl -sf -o /dev/null $url/healthz; do sleep 0.05; done
jar=$b/bench-figures.jar
rm -f "$jar"
token=$(curl -s -c "$jar" -b "$jar" $url/logga-in | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d'"' -f4)
account=$(sqlite3 "$db" "SELECT account_id FROM role_grant WHERE role = 'chief_executive' LIMIT 1")
curl -s -c "$jar" -b "$jar" -o /dev/null -d "csrf=$token&account=$account" $url/logga-in/demo
cookie=$(awk '$6 == "session" { print "session=" $7 }' "$jar")
unit=$(sqlite3 "$db" "SELECT unit_id FROM contact GROUP BY unit_id ORDER BY COUNT(*) DESC LIMIT 1")
last=$(sqlite3 "$db" "SELECT date(MAX(arrived_at), 'unixepoch') FROM contact")
seconds() { curl -s -b "$cookie" -o "$b/bench-figures.out" -w '%{http_code} %{time_total} s %{size_download} bytes' "$url$1"; }
one() {
	local what=$1 from=$2 filter=$3 where=$4 q start
	q="fran=$from&till=$last$filter"
	start=$(date +%s%N)
	sqlite3 "$db" "SELECT COUNT(*), SUM(answered_at - arrived_at), SUM(answered_at <= answer_by) FROM contact INDEXED BY contact_figures WHERE kind IN ('contact', 'quarantined') AND arrived_at >= unixepoch('$from') AND arrived_at < unixepoch('$last') + 86400 $where" >"$b/bench-figures.sql"
	echo "$what ($(cut -d'|' -f1 "$b/bench-figures.sql") contacts)"
	echo "  bare SQL            $(awk -v n=$(($(date +%s%N) - start)) 'BEGIN { printf "%.3f", n / 1e9 }') s"
	echo "  page, counted       $(seconds "/siffror?$q")"
	echo "  page, kept          $(seconds "/siffror?$q")"
	echo "  its chart           $(seconds "/siffror/veckor.svg?$q")"
	echo "  CSV, counted        $(seconds "/siffror.csv?$q&per=manad")"
}
one "one year, whole municipality" "$(date -d "$last - 364 days" +%F)" "" ""
one "one month, one unit" "$(date -d "$last - 29 days" +%F)" "&enhet=$unit" "AND unit_id = $unit"
echo "memory of the server at most $(awk '/VmHWM/ { print int($2 / 1024) }' /proc/$server/status) MB"
