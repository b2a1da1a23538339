#!/usr/bin/env bash
# tests/service/test_two_servers.sh: what one program writes the pages of another hear of (src/db/hear.h): two servers on one
# PostgreSQL, and `narkontakt mail` beside a server on SQLite
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
dir=$(mktemp -d)
pgdir=$(mktemp -d /tmp/nk-pg.XXXXXX)
n=0 pg="" pids=""
finish() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	wait 2>/dev/null
	[ -z "$pg" ] || "$root/tests/service/pg-stop" "$pgdir"
	rm -rf "$dir" "$pgdir"
}
trap finish EXIT
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }

# serve NAME DATABASE: starts one; ${url[NAME]}
declare -A url
serve() {
	local port
	port=$("$root/tests/service/free-port")
	url[$1]=http://127.0.0.1:$port
	"$program" serve --demo --contacts 150 --db "$2" --listen "127.0.0.1:$port" >"$dir/$1.out" 2>"$dir/$1.err" &
	pids="$pids $!"
	for _ in $(seq 300); do curl -sf -o /dev/null "${url[$1]}/healthz" && return; sleep 0.1; done
	echo "# $1 does not answer"; cat "$dir/$1.err"
}
# get NAME PATH, post NAME PATH FIELD...: as the one who is signed in there
get() { curl -s --max-time 20 -b "$dir/$1.jar" -c "$dir/$1.jar" "${url[$1]}$2"; }
token() { get "$1" "$2" | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d'"' -f4; }
post() {
	local who=$1 where=$2
	shift 2
	curl -s --max-time 20 -o /dev/null -b "$dir/$who.jar" -c "$dir/$who.jar" "${url[$who]}$where" "$@"
}
# sign_in NAME TITLE: the first account with that title
sign_in() {
	local account
	account=$(get "$1" /logga-in | awk -v t="$2" '/name="account"/ { split($0, a, "\""); id = a[6] } index($0, t) { print id; exit }')
	post "$1" /logga-in/demo --data-urlencode "csrf=$(token "$1" /logga-in)" -d "account=$account"
}
# listen NAME PATH FILE: what the stream says, into the file
listen() { curl -sN -b "$dir/$1.jar" "${url[$1]}$2" >"$3" & pids="$pids $!"; for _ in $(seq 100); do grep -q retry "$3" && return; sleep 0.05; done; }
# within SECONDS COMMAND...: until it is true
within() {
	local tries=$(($1 * 10))
	shift
	for _ in $(seq "$tries"); do "$@" && return 0; sleep 0.1; done
	return 1
}
heard() { [ "$(grep -c '^event: change' "$1")" -gt "${2:-0}" ]; }
shows() { get "$1" "$2" | grep -q "$3"; }
numbers() { get "$1" '/arbetslista?lista=alla' | grep -o 'K-[0-9]*-[0-9]*' | sort -u; }
shows_not() { ! shows "$@"; }
count() { grep -c '^event: change' "$1" || true; }

# --- two servers on one PostgreSQL ------------------------------------------------------------------------------------

if db=$("$root/tests/service/pg-start" "$pgdir" 2>/dev/null); then
	pg=1
	serve a "$db"
	serve b "$db"
	sign_in a "Kommunvägledare, KS"
	for title in "Handläggare, TN" "Registrator, KS" "Enhetschef, TN" "Kommundirektör, KS"; do	# somebody who may read one that she may read too
		rm -f "$dir/b.jar"
		sign_in b "$title"
		number=$(comm -12 <(numbers a) <(numbers b) | head -n 1)
		[ -z "$number" ] || break
	done
	listen b "/kontakter/$number/handelser" "$dir/stream"
	listen b /arbetslista/handelser "$dir/list"
	get a "/kontakter/$number" >/dev/null
	within 10 heard "$dir/stream"; ok $? "who opens a contact at one server is heard of at the other"
	within 10 shows b "/kontakter/$number" "har den öppen"; ok $? "and seen there"
	shows b '/arbetslista?lista=alla' "har den öppen"; ok $? "in the worklist too"
	post a "/kontakter/$number/utkast" --data-urlencode "csrf=$(token a "/kontakter/$number")" -d text=Hej
	within 10 shows b "/kontakter/$number" "skriver"; ok $? "that she writes"
	was=$(count "$dir/stream")
	post a "/kontakter/$number/narvaro" --data-urlencode "csrf=$(token a "/kontakter/$number")" -d borta=1
	within 10 heard "$dir/stream" "$was"; ok $? "that she leaves is heard"
	within 10 shows_not b "/kontakter/$number" "nk-present"; ok $? "and seen"

	was=$(count "$dir/stream") list=$(count "$dir/list")
	post a "/kontakter/$number/anteckning" --data-urlencode "csrf=$(token a "/kontakter/$number")" --data-urlencode "note_text=Ringde vaktmästaren."
	within 10 heard "$dir/stream" "$was"; ok $? "a note at one is heard at the other"
	within 10 heard "$dir/list" "$list"; ok $? "by the worklist too"
	was=$(count "$dir/list")
	printf 'From: a@example.org\nTo: kontakt@lillan.example\nSubject: prov\nMessage-ID: <two@example.org>\n\nEtt prov.\n' | "$program" mail --db "$db" >/dev/null
	within 10 heard "$dir/list" "$was"; ok $? "a mail taken in by a program of its own is heard at once"

	# The hearer's connection is cut: it comes back, and says that something may have been missed.
	was=$(count "$dir/stream")
	psql -qAt -h "$pgdir" -U nk nk -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'" >/dev/null
	within 20 heard "$dir/stream" "$was"; ok $? "who lost her connection looks again when she has it back"
	sleep 1
	was=$(count "$dir/stream")
	post a "/kontakter/$number/narvaro" --data-urlencode "csrf=$(token a "/kontakter/$number")" -d borta=1
	within 10 heard "$dir/stream" "$was"; ok $? "and hears as before"
	for p in $pids; do kill "$p" 2>/dev/null; done
	wait 2>/dev/null
	pids=""
else
	skip "two servers on one PostgreSQL" "not installed"
fi

# --- a program beside a server on SQLite ------------------------------------------------------------------------------

serve c "$dir/c.db"
sign_in c "Kommunvägledare, KS"
listen c /arbetslista/handelser "$dir/list"
sleep 2.5		# the server has looked once
was=$(count "$dir/list")
printf 'From: a@example.org\nTo: kontakt@lillan.example\nSubject: prov\nMessage-ID: <one@example.org>\n\nEtt prov.\n' | "$program" mail --db "$dir/c.db" >/dev/null
within 10 heard "$dir/list" "$was"; ok $? "SQLite: the server hears that another program took in a mail"
sleep 3
was=$(count "$dir/list")
sleep 3
[ "$(count "$dir/list")" = "$was" ]; ok $? "and nothing when nobody has written"
echo "1..$n"
