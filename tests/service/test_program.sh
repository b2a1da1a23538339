#!/usr/bin/env bash
# tests/service/test_program.sh: the command line as the contracts have it, on SQLite and PostgreSQL
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
dir=$(mktemp -d)
n=0
pgdir=$(mktemp -d /tmp/nk-pg.XXXXXX)	# the server runs as another user: not below a folder of ours
pg=""
trap '[ -n "$pg" ] && "$root/tests/service/pg-stop" "$pgdir"; rm -rf "$dir" "$pgdir"' EXIT
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
is() { if [ "$1" = "$2" ]; then ok 0 "$3"; else ok 1 "$3"; echo "# got '$1', expected '$2'"; fi; }
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }

"$program" --version >/dev/null; is $? 0 "--version"
"$program" nosuch 2>/dev/null; is $? 2 "an unknown subcommand is usage"
"$program" list contacts --db "$dir/none.db" 2>/dev/null; is $? 1 "a database that is not there has failed"
"$program" list --db "$dir/none.db" 2>"$dir/err"; is "$?:$(head -c 18 "$dir/err")" "2:narkontakt: list: " "errors are narkontakt: what: why" || true
"$program" mail --nonsense </dev/null 2>/dev/null; is $? 64 "mail: usage is sysexits 64"
printf 'x\n' | "$program" mail --db /nonexistent/x.db 2>/dev/null; is $? 75 "mail: nothing could be stored, try again"

"$program" init --db "$dir/plain.db"; is $? 0 "init without a demo"
is "$(printf 'From: a@example.org\nSubject: x\n\nHej\n' | "$program" mail --db "$dir/plain.db" | grep -c '^contact K-')" 1 "and a mail can come in at once"

mail() { "$program" mail --db "$db" --to kontakt@lillan.example --now 2027-01-11T08:12:00+01:00; }
one_database() {
	local name=$1
	db=$2
	"$program" init --db "$db" --demo --contacts 20 --base-url https://kontakt.lillan.example 2>/dev/null; is $? 0 "$name: init"
	is "$("$program" list contacts --db "$db" --json | wc -l)" 20 "$name: twenty contacts"
	"$program" init --db "$db" --demo --contacts 20 2>/dev/null
	is "$("$program" list contacts --db "$db" --json | wc -l)" 20 "$name: a second init adds nothing"
	local first
	first=$(printf 'From: Demo Anna <demo.anna@example.org>\nTo: kontakt@lillan.example\nSubject: Oplogad =?utf-8?q?v=C3=A4g?=\nMessage-ID: <one@example.org>\n\nNär plogas det?\n' | mail)
	is "${first%% *}" contact "$name: a mail is a contact"
	is "$(printf 'From: Demo Anna <demo.anna@example.org>\nTo: kontakt@lillan.example\nSubject: Oplogad =?utf-8?q?v=C3=A4g?=\nMessage-ID: <one@example.org>\n\nNär plogas det?\n' | mail)" "duplicate ${first#* }" "$name: the same bytes are not taken twice"
	is "$(printf 'From: Demo Anna <demo.anna@example.org>\nSubject: Re: [%s]\nMessage-ID: <two@example.org>\n\nHej igen.\n' "${first#* }" | mail)" "reply ${first#* }" "$name: a number from the same sender is a reply"
	is "$(printf 'From: Somebody <else@example.org>\nSubject: Re: [%s]\nMessage-ID: <three@example.org>\n\nHej.\n' "${first#* }" | mail | cut -d' ' -f1)" contact "$name: a guessed number from another is not"
	local from
	from=$("$program" list outbox --db "$db" --json | grep -F "${first#* }" | grep -o 'kontakt+[^"]*' | head -n 1)
	is "$(printf 'From: demo.anna@work.example\nTo: kontakt+%s@lillan.example\nSubject: hej\nMessage-ID: <four@example.org>\n\nFrån jobbet.\n' "$(echo "${first#* }" | tr A-Z a-z)-aaaaaaaaaa" | mail | cut -d' ' -f1)" contact "$name: a forged token leads nowhere"
	"$program" show "${first#* }" --db "$db" --json | grep -q '"answer_by": "2027-01-14T00:00:00+01:00"'; is $? 0 "$name: e-mail is promised in two working days"
	"$program" tick --db "$db" --now 2027-01-14T00:00:00+01:00 >/dev/null; is $? 0 "$name: tick"
	"$program" show "${first#* }" --db "$db" --json | grep -q '"overdue": 1'; is $? 0 "$name: overdue 1 at midnight"
	"$program" tick --db "$db" --now 2027-01-18T00:00:00+01:00 >/dev/null
	"$program" list contacts --db "$db" --json --now 2027-01-18T00:00:01+01:00 | grep -F "${first#* }" | grep -q '"overdue": 2'; is $? 0 "$name: overdue 2 three working days later"
	is "$(printf '' | mail | cut -d' ' -f1)" contact "$name: an empty mail is numbered too"
	head -c 4000 /dev/urandom | mail >/dev/null; is $? 0 "$name: noise is taken"
	"$program" verify --db "$db" >/dev/null; is $? 0 "$name: verify finds nothing"
}
one_database sqlite "$dir/t.db"
"$program" backup "$dir/copy.db" --db "$dir/t.db"; is $? 0 "backup"
"$program" restore "$dir/copy.db" --db "$dir/back.db" >/dev/null; is $? 0 "restore"
is "$("$program" list events --db "$dir/back.db" --json | md5sum)" "$("$program" list events --db "$dir/t.db" --json | md5sum)" "what was restored is the same"
# A mail that came while no server ran lies in the write-ahead log: it stays beside with the rest.
printf 'From: a@example.org\nTo: b@example.org\nSubject: late\nMessage-ID: <late@example.org>\n\nWords.\n' | "$program" mail --db "$dir/back.db" >/dev/null
"$program" restore "$dir/copy.db" --db "$dir/back.db" >/dev/null; is $? 0 "restore over a database that has a mail"
is "$("$program" list contacts --db "$dir/back.db" --json | grep -c '"late"') $("$program" list contacts --db "$dir/back.db.before-restore" --json | grep -c '"late"')" "0 1" "what was there stays beside, with its last mail"
if url=$("$root/tests/service/pg-start" "$pgdir" 2>/dev/null); then
	pg=1
	one_database postgresql "$url"
else
	skip postgresql "not installed"
fi
echo "1..$n"
