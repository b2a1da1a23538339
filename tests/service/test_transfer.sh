#!/usr/bin/env bash
# tests/service/test_transfer.sh: the demo out of SQLite into PostgreSQL and back, by the commands an administrator types
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
shared=${NK_SHARED:-$root/../shared}
dir=$(mktemp -d)
n=0
pgdir=$(mktemp -d /tmp/nk-pg.XXXXXX)
pg=""
trap '[ -n "$pg" ] && "$root/tests/service/pg-stop" "$pgdir"; rm -rf "$dir" "$pgdir"' EXIT
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
is() { if [ "$1" = "$2" ]; then ok 0 "$3"; else ok 1 "$3"; echo "# got '$1', expected '$2'"; fi; }
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
manifest() { node -e 'const m = JSON.parse(require("fs").readFileSync("out/manifest.json")); console.log(eval(process.argv[1]))' "$1"; }
cd "$dir" || exit 2

"$program" init --db a.db --demo --contacts 400 2>/dev/null
printf 'From: a@example.org\nSubject: =?utf-8?q?=C3=A5?=\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHej\n--b\nContent-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoAAAD/\n--b--\n' |
	"$program" mail --db a.db --to kontakt@lillan.example >/dev/null
for f in "$shared"/data/mail/{mime,broken,bounce}/*; do
	[ -f "$f" ] && "$program" mail --db a.db --to kontakt@lillan.example <"$f" >/dev/null
done
# Every kind of search entry has its words (cmd/search_words_store.c).
missing=""
for kind in $(grep -rhoE 'search_put\(tx, "[a-z]+"' "$root"/src | grep -oE '"[a-z]+"' | sort -u); do
	grep -qF "{ $kind, " "$root/src/cmd/search_words_store.c" || missing="$missing $kind"
done
is "$missing" "" "each kind of search entry says where its words come from"

sqlite3 a.db "INSERT INTO setting (name, value) VALUES ('sms.secret', 'Bearer gatewayhemlighet')"
"$program" export out --db a.db 2>err; is $? 0 "export"
is "$(grep -rl gatewayhemlighet out | wc -l)" 0 "the key to somebody else's door is not in it"
is "$(grep -c '^export: contact ' err)" 1 "progress is told on standard error"
is "$(find out -type f -not -perm 0600 -o -type d -not -perm 0700)" "" "nobody else may read it"
is "$(manifest 'm.tables.reduce((n, t) => n + t.rows, 0)')" \
	"$(cat out/*.jsonl | wc -l | awk -v f="$(wc -l <out/files.jsonl)" '{ print $1 - f }')" "the manifest counts the rows"
is "$(manifest 'm.tables.map(t => t.sha256 + "  out/" + t.file).join("\n")' | sha256sum -c --quiet 2>&1)" "" "and its checksums are those of sha256sum"
is "$(find out/files -type f | while read -r f; do [ "$(sha256sum <"$f" | cut -c1-64)" = "$(basename "$f")" ] || echo "$f"; done)" "" "files are named by their SHA-256"
"$program" export out --db a.db 2>err; is "$?:$(grep -c 'is not empty' err)" 1:1 "a finished export is not written over"
"$program" import out --db a.db 2>err; is "$?:$(grep -c 'the database is not empty' err)" 1:1 "nothing goes into a database with rows"
"$program" import 2>/dev/null; is $? 2 "a folder is needed"

"$program" import out --db b.db >said 2>/dev/null; is "$?:$(grep -c ', 0 faults$' said)" 0:1 "import into SQLite, verified"
"$program" export out-b --db b.db 2>/dev/null
is "$(diff -r out out-b 2>&1)" "" "and out again: byte for byte the same"
is "$("$program" list events --db b.db --json | md5sum)" "$("$program" list events --db a.db --json | md5sum)" "the chain is the same"

# Ctrl-C as soon as a line of progress has come, and the same command again.
stop_at() {
	mkfifo fifo
	"$program" import out --db s.db >/dev/null 2>fifo & local pid=$!
	while read -r line; do
		case $line in "import: $1"*) kill -INT $pid 2>/dev/null ;; esac
		echo "$line"
	done <fifo >err
	wait $pid
	echo "$?:$(grep -c 'stopped; the same command goes on' err)"
	rm -f fifo
}
is "$(stop_at 'checking tables')" 1:1 "Ctrl-C while files are checked"
is "$(stop_at authority)" 1:1 "Ctrl-C while rows come in"
"$program" list contacts --db s.db 2>err; is "$?:$(grep -c 'import into this database was stopped' err)" 1:1 "half a database is not used"
is "$(stop_at event)" 1:1 "Ctrl-C once more, further on"
"$program" import out --db s.db >/dev/null 2>err; is "$?:$(grep -c '^import: authority ' err)" 0:0 "the same command goes on where it was"
"$program" export out-s --db s.db 2>/dev/null
is "$(diff -r out out-s 2>&1)" "" "to the same end"

cp -r out bad; f=$(find bad/files -type f | head -n 1); printf x >>"$f"
"$program" import bad --db bad.db 2>err; is "$?:$(grep -cF "$f is damaged" err)" 1:1 "a damaged file is named"
is "$(ls bad.db 2>/dev/null)" "" "and nothing was begun"

if url=$("$root/tests/service/pg-start" "$pgdir" 2>/dev/null); then
	pg=1
	"$program" import out --db "$url" >said 2>/dev/null; is "$?:$(grep -c ', 0 faults$' said)" 0:1 "import into PostgreSQL, verified"
	"$program" export out-p --db "$url" 2>/dev/null; is $? 0 "export from PostgreSQL"
	is "$(diff -r out out-p 2>&1)" "" "byte for byte the same"
	is "$(printf 'From: a@example.org\nSubject: efter flytten\n\nHej\n' | "$program" mail --db "$url" | grep -c '^contact K-')" 1 "the next contact gets the next number"
	"$program" verify --db "$url" >/dev/null; is $? 0 "and the chain goes on"
	"$program" export out-q --db "$url" 2>/dev/null
	"$program" import out-q --db q.db >said 2>/dev/null; is "$?:$(grep -c ', 0 faults$' said)" 0:1 "and back to SQLite"
	is "$("$program" list contacts --db q.db --json | md5sum)" "$("$program" list contacts --db "$url" --json | md5sum)" "with what came in since"
else
	skip "PostgreSQL" "not installed"
fi
echo "1..$n"
