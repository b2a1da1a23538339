#!/usr/bin/env bash
# tests/service/test_docs.sh: what docs/admin.md and README.md say can be typed is typed, line by line, in their order
#
# A line is an indented block's line that begins with `narkontakt `, or one of these in backticks. /var/lib/narkontakt,
# /backup, /etc and the PostgreSQL of the document are this test's own.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
dir=$(mktemp -d)
pgdir=$(mktemp -d /tmp/nk-pg.XXXXXX)
pg=""
trap '[ -n "$pg" ] && "$root/tests/service/pg-stop" "$pgdir"; rm -rf "$dir" "$pgdir"' EXIT
n=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
mkdir -p "$dir/bin" "$dir/lib" "$dir/backup" "$dir/etc"
ln -s "$program" "$dir/bin/narkontakt"
PATH=$dir/bin:$PATH
cd "$dir" || exit 2
url=$("$root/tests/service/pg-start" "$pgdir" 2>/dev/null) && pg=1

# The example configuration, with every line that is commented out put in force where it can be.
sed "s|/var/lib/narkontakt|$dir/lib|" "$root/share/narkontakt.conf" >etc/narkontakt.conf
narkontakt init --db lib/narkontakt.db 2>/dev/null
narkontakt serve --config etc/narkontakt.conf --check >out 2>&1; ok $? "the example configuration passes serve --check"
sed -E "s|^#([a-z-]+ )|\1|; s|/etc/narkontakt|$dir/etc/narkontakt|; s|/var/mail/|$dir/mail/|" etc/narkontakt.conf >etc/all.conf
mkdir -p etc/narkontakt mail/narkontakt/{new,cur,tmp}
"$root/tests/service/test-cert" etc/narkontakt && mv etc/narkontakt/cert.pem etc/narkontakt/certificate.pem
for secret in imap-password sms-secret; do echo secret >etc/narkontakt/$secret; done
narkontakt serve --config etc/all.conf --check >out 2>&1; code=$?
ok $code "and so does every line of it that is commented out"; [ $code = 0 ] || sed 's/^/# /' out
rm etc/narkontakt/sms-secret
narkontakt serve --config etc/all.conf --check 2>&1 | grep -q "sms-secret-file.*No such file"; ok $? "a file that is not there is named"
mv mail/narkontakt/new mail/narkontakt/old; echo secret >etc/narkontakt/sms-secret
narkontakt serve --config etc/all.conf --check 2>&1 | grep -q "maildir: .*/new: "; ok $? "and so is a folder that is no Maildir"
printf 'nonsense 1\n' >>etc/all.conf
narkontakt serve --config etc/all.conf --check 2>&1 | grep -q "all.conf:$(wc -l <etc/all.conf): "; ok $? "a mistake is named by file and line"

typed() {
	sed -nE 's/^ {4}(narkontakt (user|backup|restore|export|import|verify|migrate|init|list) .*)$/\1/p' "$root/docs/admin.md"
}
today=$(date +%F)
[ "$(typed | wc -l)" -ge 5 ]; ok $? "docs/admin.md has lines to type"
while IFS= read -r line; do
	command=${line//\/var\/lib\/narkontakt/$dir/lib}
	command=${command//\/backup\//$dir/backup/}
	command=${command//2027-01-11/$today}
	case $command in *postgresql://*)
		if [ -z "$pg" ]; then skip "$line" "no PostgreSQL"; continue; fi
		command="${command%%postgresql://*}'$url'" ;;
	esac
	bash -c "$command" >out 2>&1 </dev/null; code=$?
	ok $code "$line"
	[ $code = 0 ] || sed 's/^/# /' out
done < <(typed)
[ -f "backup/narkontakt-$today.db" ] && [ -f backup/narkontakt-export/manifest.json ] && [ -f lib/narkontakt.db.before-restore ]
ok $? "and leaves behind what the document says"

# Every option, key and subcommand that the documents name is one that the program knows.
unknown=""
for command in $(grep -ohE '`narkontakt [a-z]+' "$root"/README.md "$root"/docs/*.md "$root"/CHANGES.md | cut -d' ' -f2 | sort -u); do
	narkontakt -h | grep -qE "^  $command " || unknown="$unknown $command"
done
[ -z "$unknown" ]; ok $? "subcommands named in the documents exist$unknown"
unknown=""
for target in $(grep -ohE '(`|^ +)make [a-z][a-z-]*' "$root"/README.md "$root"/docs/admin.md "$root"/CONTRIBUTING.md | sed 's/.*make //' | sort -u); do
	grep -qE "^([a-z. -]+ )?$target( [a-z -]+)?:" "$root"/Makefile "$root"/mk/*.mk || unknown="$unknown $target"
done
[ -z "$unknown" ]; ok $? "make targets named in the documents exist$unknown"
unknown=""
for file in $(grep -ohE '`(docs|man|src|tests|setup|share|schema)/[A-Za-z0-9_./-]+`' "$root"/README.md "$root"/docs/*.md "$root"/CONTRIBUTING.md | tr -d '`' | sort -u); do
	[ -e "$root/$file" ] || unknown="$unknown $file"
done
[ -z "$unknown" ]; ok $? "files named in the documents are there$unknown"
echo "1..$n"
