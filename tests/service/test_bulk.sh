#!/usr/bin/env bash
# tests/service/test_bulk.sh: a large demonstration is loaded another way than a small one, and is the same to the letter:
# the same contacts, the same events, the same chain
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
dir=$(mktemp -d)
pgdir=$(mktemp -d /tmp/nk-pg.XXXXXX)
pg=""
trap '[ -n "$pg" ] && "$root/tests/service/pg-stop" "$pgdir"; rm -rf "$dir" "$pgdir"' EXIT
n=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
at=2026-11-01T12:00:00+01:00
# The small one ends in the midst of a batch: its last events are left out.
compare() {
	local name=$1 small=$2 large=$3 lines
	for db in "$small" "$large"; do
		"$program" list events --json --db "$db" >"$dir/events.$(basename "$db")"
		"$program" list contacts --json --db "$db" | head -n 400 >"$dir/contacts.$(basename "$db")"
	done
	lines=$(($(wc -l <"$dir/events.$(basename "$small")") - 10))
	[ "$lines" -gt 1000 ] && cmp -s <(head -n $lines "$dir/events.$(basename "$small")") <(head -n $lines "$dir/events.$(basename "$large")")
	ok $? "$name: the same $lines events with the same hashes"
	cmp -s "$dir/contacts.$(basename "$small")" "$dir/contacts.$(basename "$large")"; ok $? "$name: the same contacts"
	"$program" verify --db "$large" --now $at >/dev/null; ok $? "$name: every invariant holds"
}
"$program" init --demo --contacts 400 --now $at --db "$dir/small" 2>/dev/null
"$program" init --demo --contacts 5000 --now $at --db "$dir/large" 2>/dev/null; ok $? "sqlite: five thousand"
compare sqlite "$dir/small" "$dir/large"
"$program" init --demo --contacts 5100 --now $at --db "$dir/large" 2>/dev/null
"$program" verify --db "$dir/large" --now $at >/dev/null; ok $? "sqlite: it goes on in the ordinary way after it"
[ "$("$program" list contacts --json --db "$dir/large" | grep -o '"number": "[^"]*"' | sort -u | wc -l)" = 5100 ]; ok $? "sqlite: every number once"
if url=$("$root/tests/service/pg-start" "$pgdir" 2>/dev/null); then
	pg=1
	"$program" init --demo --contacts 5000 --now $at --db "$url" 2>/dev/null
	"$program" list events --json --db "$url" | head -n 1000 | cmp -s - <(head -n 1000 "$dir/events.small"); ok $? "postgresql: the same events"
	"$program" verify --db "$url" --now $at >/dev/null; ok $? "postgresql: every invariant holds"
else
	ok 0 "postgresql # SKIP not installed"
fi
