#!/usr/bin/env bash
# bench/program.sh [sqlite|postgresql]: the whole program over HTTP, beside the bare libraries in the same run
#
# CONTACTS=N makes the database (kept in $B/bench-N.db or $B/bench-N.pg between runs; what is measured is a copy). SECONDS_EACH=S, ROUNDS=R: the
# best of R times S seconds. Ratios mean more than figures: loader and server share the machine. A line says what, how much,
# the target where there is one, and whether it was met in this run. For PostgreSQL the server is a private one (pg-start),
# with fsync on and a gigabyte of buffers, since it is to serve a million contacts.
set -eu
engine=${1:-sqlite}
root=$(cd "$(dirname "$0")/.." && pwd)
b=${B:-$root/build}
n=${CONTACTS:-20000}
each=${SECONDS_EACH:-2} rounds=${ROUNDS:-3}
mkdir -p "$b"; work=$(mktemp -d "$b/bench-work.XXXXXX")
program=$b/narkontakt
port=$((20000 + RANDOM % 20000))
url=http://127.0.0.1:$port
server="" bare_server="" streams="" pgdir=""


finish() {
	for pid in $server $bare_server $streams; do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	[ -z "$pgdir" ] || { "$root/tests/service/pg-stop" "$pgdir" >/dev/null 2>&1 || true; rm -rf "$pgdir"; }
	rm -rf "$work"
}
trap finish EXIT

say() { printf '%s\n' "$*"; }
# num EXPRESSION [FORMAT]
num() { awk "BEGIN { printf \"${2:-%.0f}\", $1 }"; }
# verdict VALUE at-least|at-most TARGET
verdict() {
	if awk "BEGIN { exit !($1 $([ "$2" = at-least ] && echo '>=' || echo '<=') $3) }"; then say "met"; else say "NOT MET"; fi
}
# wait_for URL: until it answers
wait_for() { for _ in $(seq 2000); do curl -sf -o /dev/null "$1" && return 0; sleep 0.005; done; say "no answer from $1" >&2; exit 1; }
rss() { awk -v k="$2" '$1 == k ":" { printf "%.0f\n", $2 / 1024 }' "/proc/$1/status"; }
cpu_of() { awk '{ print $14 + $15 }' "/proc/$1/stat" 2>/dev/null || echo 0; }
# What the server and PostgreSQL's processes have used, hundredths of a second
cpu_of_all() {
	local p sum=0
	for p in $server $([ -z "$pgdir" ] || ps -o pid= --ppid "$(head -n 1 "$pgdir/data/postmaster.pid")"); do sum=$((sum + $(cpu_of "$p"))); done
	echo $sum
}

# load CONNECTIONS URL [WRK OPTION...]: the best of the rounds; sets $rate, $p50, $p99 (ms)
load() {
	local connections=$1 where=$2 out one used
	shift 2
	rate=0 p50=0 p99=0 refused="" cost=0
	for _ in $(seq "$rounds"); do
		used=$(cpu_of_all)
		out=$(wrk -t1 -c"$connections" -d"${each}s" --timeout 10s --latency "$@" "$where" 2>&1)
		one=$(awk '/Requests\/sec/ { print $2 }' <<<"$out")
		refused=$(grep -E 'Non-2xx|answered with|Socket errors' <<<"$out" | head -n 1 || true)
		awk "BEGIN { exit !(${one:-0} > $rate) }" || continue
		rate=$one
		cost=$(awk -v used=$(($(cpu_of_all) - used)) '/requests in/ && $1 > 0 { printf "%.2f", used * 10 / $1 }' <<<"$out")
		read -r p50 p99 < <(awk 'function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
			$1 == "50%" { a = ms($2) } $1 == "99%" { z = ms($2) } END { print a, z }' <<<"$out")
	done
	[ -z "$refused" ] || say "  ERRORS: $refused"
}
# On PostgreSQL also what each cost the processor, since its processes share it with the loader.
row() {
	[ "$engine" = sqlite ] || set -- "$1" "$cost ms of the processor each  ${2:-}"
	printf '%-46s %9.0f/s  p50 %6.2f  p99 %7.2f ms  %s\n' "$1" "$rate" "$p50" "$p99" "${2:-}"
}

# sign_in ACCOUNT: prints the cookie
sign_in() {
	local jar=$work/jar token
	rm -f "$jar"
	token=$(curl -s -c "$jar" -b "$jar" $url/logga-in | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d'"' -f4)
	curl -s -c "$jar" -b "$jar" -o /dev/null -d "csrf=$token&account=$1" $url/logga-in/demo
	awk '$6 == "session" { print "session=" $7 }' "$jar"
}
# account_of TITLE: the first on the demo's sign-in page
account_of() {
	curl -s $url/logga-in | awk -v t="$1" '/name="account"/ { split($0, a, "\""); id = a[6] } index($0, t) { print id; exit }'
}
token_of() { curl -s -b "$1" "$url$2" | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d'"' -f4; }

# start DATABASE
start() {
	printf 'trusted-proxy 127.0.0.1\nlog-level error\n' >"$work/conf"
	local from
	from=$(date +%s%N)
	"$program" serve --config "$work/conf" --demo --contacts 1 --db "$1" --listen 127.0.0.1:$port 2>"$work/log" >/dev/null &
	server=$!
	wait_for $url/
	started=$((($(date +%s%N) - from) / 1000000))
	guide=$(sign_in "$(account_of "Kommunvägledare, KS")")
	registrar=$(sign_in "$(account_of "Registrator, KS")")
}
stop() { kill "$server"; wait "$server" 2>/dev/null || true; server=""; }

# The night's work, done beforehand: a server that starts on a new day would do it while the pages are measured.
night() { "$program" tick --db "$1" --now "$(date -Iseconds)" >/dev/null; }

# A matter with twelve events, opened and retitled by the registrar; sets $matter
open_matter() {
	local token where version
	token=$(token_of "$registrar" /arenden/ny)
	where=$(curl -s -b "$registrar" -o /dev/null -w '%{redirect_url}' $url/arenden/ny --data-urlencode "csrf=$token" \
		-d "authority=2&unit=&title=Belysning+i+parken&classification=&appeal_kind=none&initiator=individual")
	matter=$(grep -oE 'arenden/[0-9]+' <<<"$where" | cut -d/ -f2)
	for i in $(seq 2 14); do
		[ "$(curl -s -b "$registrar" $url/arenden/$matter | grep -o '<li><time' | wc -l)" -lt 12 ] || break
		version=$(curl -s -b "$registrar" $url/arenden/$matter | grep -o 'name="version" value="[0-9]*"' | head -n 1 | cut -d'"' -f4)
		token=$(token_of "$registrar" /arenden/$matter)
		curl -s -b "$registrar" -o /dev/null $url/arenden/$matter/rubrik --data-urlencode "csrf=$token" \
			-d "version=$version&title=Belysning+i+parken+$i&title_public=Belysning"
	done
}

# A visitor's form; sets what bench/form.lua reads
open_form() {
	local jar=$work/visitor page
	rm -f "$jar"
	page=$(curl -s -c "$jar" -b "$jar" $url/kontakt)
	FORM_CSRF=$(grep -o 'name="csrf" value="[^"]*"' <<<"$page" | head -n 1 | cut -d'"' -f4)
	FORM_OPENED=$(($(date +%s) - 60))
	FORM_COOKIE=$(awk '$6 ~ /nk_visitor/ { print $6 "=" $7 }' "$jar")
	export FORM_CSRF FORM_OPENED FORM_COOKIE
}
pages_of() {	# names and addresses, one a line
	cat <<-END
		matter	$registrar	/arenden/$matter
		contact	$guide	/kontakter/$number
		worklist of 50	$guide	/arbetslista?lista=alla
		search, a word	$guide	/sok?q=lampan
		search, two words	$guide	/sok?q=trasig+lampan
		search, prefix of two letters	$guide	/sok?q=la
	END
}
prepare() {
	number=$(curl -s -b "$guide" "$url/arbetslista?lista=alla" | grep -o 'K-[0-9]*-[0-9]*' | head -n 1)
	open_matter
	# What the file system has let go is read once.
	pages_of | while IFS=$'\t' read -r _ cookie where; do for _ in 1 2 3; do curl -s -b "$cookie" -o /dev/null "$url$where"; done; done
}

# --- the database -----------------------------------------------------------------------------------------------------

say "== $engine, $n contacts, $(nproc) cores, $(date +%F)"
db=$work/bench.db
if [ "$engine" = sqlite ]; then
	[ -e "$b/bench-$n.db" ] || { "$program" init --demo --contacts "$n" --db "$b/bench-part.db" && mv "$b/bench-part.db" "$b/bench-$n.db"; }
	"$program" migrate --db "$b/bench-$n.db" >/dev/null	# it may be of an older program
	from=$(date +%s)
	night "$b/bench-$n.db"
	say "the night's work (the whole chain of events is verified), on one core: $(($(date +%s) - from)) s, or 0 when it was done today"
	cp --reflink=auto "$b/bench-$n.db" "$db"
	cat "$db" >/dev/null
else
	kept=$b/bench-$n.pg
	if [ ! -e "$kept" ]; then
		pgdir=$(mktemp -d /tmp/nk-bench-pg.XXXXXX)
		db=$(PG_OPTIONS="-c shared_buffers=1GB -c max_wal_size=8GB -c autovacuum=off" "$root/tests/service/pg-start" "$pgdir") || { say "PostgreSQL is not installed"; exit 0; }
		from=$(date +%s)
		"$program" init --demo --contacts "$n" --db "$db" 2>/dev/null
		psql -q "$db" -c "VACUUM ANALYZE"	# as the server does by itself in the hour after
		"$root/tests/service/pg-stop" "$pgdir" keep "$kept"
		say "made in $(($(date +%s) - from)) s"
	fi
	pgdir=$(mktemp -d /tmp/nk-bench-pg.XXXXXX)
	db=$(PG_FROM=$kept PG_FSYNC=on PG_OPTIONS="-c shared_buffers=1GB -c max_wal_size=4GB" "$root/tests/service/pg-start" "$pgdir") || { say "PostgreSQL is not installed"; exit 0; }
	"$program" migrate --db "$db" >/dev/null
	from=$(date +%s)
	night "$db"
	say "the night's work: $(($(date +%s) - from)) s"
fi
sync
best=0
for _ in $(seq "$rounds"); do
	[ -z "$server" ] || stop
	start "$db"
	[ "$best" -gt 0 ] && [ "$best" -le "$started" ] || best=$started
done
started=$best
say "start to first page $started ms$([ "$engine" != sqlite ] || echo " (target 100: $(verdict "$started" at-most 100))"); memory idle $(rss $server VmRSS) MB (target 48: $(verdict "$(rss $server VmRSS)" at-most 48))"
prepare

# --- pages ------------------------------------------------------------------------------------------------------------

load 8 "$url/healthz"; row "the program's smallest answer, /healthz"
if [ "$engine" = sqlite ]; then
	bytes=$(curl -s -b "$registrar" $url/arenden/$matter | wc -c)
	"$b/bench/bench_bare" "$db" $((port + 1)) "$bytes" "$matter" & bare_server=$!
	wait_for http://127.0.0.1:$((port + 1))/page
	load 8 http://127.0.0.1:$((port + 1))/page; row "bare libmicrohttpd, $bytes bytes"
	load 8 http://127.0.0.1:$((port + 1))/matter; row "bare SQL of a matter + bare libmicrohttpd"
	ceiling=$rate
	load 8 "$url/arenden/$matter" -H "Cookie: $registrar"
	row "one matter's page, $(curl -s -b "$registrar" $url/arenden/$matter | grep -o '<li><time' | wc -l) events" "$(num "100 * $rate / $ceiling") % of bare (target 50: $(verdict "100 * $rate / $ceiling" at-least 50)); target 8000: $(verdict "$rate" at-least 8000)"
	kill $bare_server; wait $bare_server 2>/dev/null || true; bare_server=""
else
	load 8 "$url/arenden/$matter" -H "Cookie: $registrar"; row "one matter's page"
fi
load 8 "$url/kontakter/$number" -H "Cookie: $guide"; row "one contact ($number)"
load 8 "$url/arbetslista?lista=alla" -H "Cookie: $guide"
row "worklist of 50" "$([ "$engine" != sqlite ] || echo "target 5000: $(verdict "$rate" at-least 5000)")"
load 8 "$url/"; row "start page, a visitor"
search() {
	local what path
	for path in lampan trasig+lampan la; do
		case $path in lampan) what="a word" ;; la) what="prefix of two letters" ;; *) what="two words" ;; esac
		load 8 "$url/sok?q=$path" -H "Cookie: $guide"
		row "search, $what$1" "$([ "$engine" != sqlite ] || echo "target p99 10 ms: $(verdict "$p99" at-most 10)")"
	done
}
search ""
open_form
wrk -t1 -c1 -d"$((3 * rounds * each + 2))s" -s "$root/bench/form.lua" "$url/kontakt" >"$work/writer" 2>&1 & writer=$!
search ", with a writer"
wait $writer
say "  (the writer meanwhile: $(awk '/Requests\/sec/ { printf "%.0f", $2 }' "$work/writer") forms/s)"

# --- in: forms --------------------------------------------------------------------------------------------------------

for clients in 8 32; do
	open_form
	load $clients "$url/kontakt" -s "$root/bench/form.lua"
	ours=$rate
	if [ "$engine" = sqlite ]; then
		bare=$("$b/bench/bench_store" --bare "$db" $clients)
		row "web form in, durable, $clients clients" "bare group commit $bare/s: $(num "100 * $ours / $bare") % (target 60: $(verdict "100 * $ours / $bare" at-least 60))"
	else
		row "web form in, durable, $clients clients"
	fi
done

# --- in: mail, a process a message ------------------------------------------------------------------------------------

# best_mails NAME [AT_ONCE]: bench_pipe starts the processes as a mail server does; it also says how fast empty ones start
best_mails() {
	local best=0 best_empty=0 one empty
	for _ in $(seq "$rounds"); do
		read -r one empty < <("$b/bench/bench_pipe" "$program" "$db" 150 "${2:-1}")
		[ "${one:-0}" -le $best ] || { best=$one; best_empty=$empty; }
	done
	printf '%-46s %9d/s  (a process that does nothing: %d/s)  %s\n' "$1" $best $best_empty "$([ "$engine" != sqlite ] || echo "target 150: $(verdict $best at-least 150)")"
}
best_mails "narkontakt mail, a process each, server running"
best_mails "  the same, 8 at once" 8
say "memory under load $(rss $server VmHWM) MB (target 256: $(verdict "$(rss $server VmHWM)" at-most 256))"

# --- event streams ----------------------------------------------------------------------------------------------------

# A server that has just started: what one had at its busiest stays its own, and would hide the streams.
stop
start "$db"
load 8 "$url/arenden/$matter" -H "Cookie: $registrar"; alone=$rate
before=$(awk '$1 == "VmRSS:" { print $2 }' /proc/$server/status)
"$b/bench/bench_streams" $port "/kontakter/$number/handelser" "$guide" 1000 >"$work/streams" & streams=$!
for _ in $(seq 200); do [ ! -s "$work/streams" ] || break; sleep 0.1; done
if [ -s "$work/streams" ]; then
	each_kb=$(num "($(awk '$1 == "VmRSS:" { print $2 }' /proc/$server/status) - $before) / 1000" %.1f)
	load 8 "$url/arenden/$matter" -H "Cookie: $registrar"
	say "1,000 idle event streams: $each_kb kB each (target 16: $(verdict "$each_kb" at-most 16)); a matter's page $(num "$alone / $rate" %.2f) times slower (target 1.2: $(verdict "$alone / $rate" at-most 1.2))"
else
	say "1,000 idle event streams: NOT MET, they were not all opened"
fi
kill $streams; wait $streams 2>/dev/null || true; streams=""
stop
[ "$engine" = sqlite ] || exit 0
best_mails "narkontakt mail, a process each, no server"

# --- in: mail from a Maildir ------------------------------------------------------------------------------------------

"$b/bench/bench_intake" "$db"

# --- large against small ----------------------------------------------------------------------------------------------

[ "$n" != 10000 ] || exit 0
declare -A large
rm -f "$db"*
cp --reflink=auto "$b/bench-$n.db" "$db"
measure_all() {	# prints name and rate
	start "$1"
	prepare
	pages_of | while IFS=$'\t' read -r what cookie where; do
		load 8 "$url$where" -H "Cookie: $cookie"
		printf '%s\t%s\n' "$what" "$rate"
	done
	stop
}
measure_all "$db" >"$work/large"
small=$b/bench-10000.db
[ -e "$small" ] || { "$program" init --demo --contacts 10000 --db "$b/bench-part.db" 2>/dev/null && mv "$b/bench-part.db" "$small"; }
"$program" migrate --db "$small" >/dev/null
night "$small"
cp --reflink=auto "$small" "$work/small.db"
measure_all "$work/small.db" >"$work/small"
say "the same pages with 10,000 contacts:"
paste "$work/large" "$work/small" | while IFS=$'\t' read -r what a _ z; do
	printf '  %-44s %9.0f/s, %.0f/s here: %s times (target 1.5: %s)\n' "$what" "$z" "$a" "$(num "$z / $a" %.2f)" "$(verdict "$z / $a" at-most 1.5)"
done
