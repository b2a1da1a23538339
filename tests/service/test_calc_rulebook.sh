#!/usr/bin/env bash
# tests/service/test_calc_rulebook.sh: the vectors of the rule book, section 2.6, asked from the shell. TAP.
#
# function, n, from, the last day, and where it differs the day before it was moved (end_day).
cd "$(dirname "$0")/../.." || exit 2
program=${B:-build}/narkontakt
number=0
while read -r function n from last end; do
	number=$((number + 1))
	said=$("$program" calc "$function" <<<"{\"from\": \"$from\", \"n\": $n}")
	got=$(sed -n 's/^{"date": "\([0-9-]*\)".*/\1/p' <<<"$said")
	day=$(sed -n 's/.*"end_day": "\([0-9-]*\)".*/\1/p' <<<"$said")
	verdict=ok
	[ "$got" = "$last" ] || verdict='not ok'
	if [ -n "${end:-}" ]; then
		[ "$day" = "$end" ] || verdict='not ok'
		grep -qF "{\"date\": \"$end\", \"why\":" <<<"$said" || verdict='not ok'
	elif [ "$function" = days ] || [ "$function" = weeks ] || [ "$function" = months ]; then
		[ "$day" = "$last" ] || verdict='not ok'
	fi
	echo "$verdict $number - $function $n from $from"
	[ "$verdict" = ok ] || echo "# $said, expected $last $end"
done <<'TABLE'
working-days 1 2026-12-22 2026-12-23
working-days 1 2026-12-23 2026-12-28
working-days 5 2026-12-23 2027-01-05
working-days 2 2026-12-30 2027-01-05
working-days 1 2027-01-05 2027-01-07
working-days 2 2027-03-24 2027-03-30
working-days 1 2027-05-05 2027-05-07
working-days 5 2027-06-24 2027-07-02
working-days 2 2026-10-30 2026-11-03
weeks 3 2026-09-04 2026-09-25
weeks 3 2026-12-03 2026-12-28 2026-12-24
weeks 3 2026-12-10 2027-01-04 2026-12-31
weeks 3 2026-12-15 2027-01-05
weeks 3 2027-03-05 2027-03-30 2027-03-26
weeks 3 2027-04-15 2027-05-07 2027-05-06
weeks 3 2027-06-04 2027-06-28 2027-06-25
weeks 4 2026-11-26 2026-12-28 2026-12-24
weeks 4 2027-02-26 2027-03-30 2027-03-26
months 6 2026-08-31 2027-03-01 2027-02-28
months 6 2026-09-15 2027-03-15
days 14 2026-11-30 2026-12-14
days 14 2026-12-10 2026-12-28 2026-12-24
days 14 2027-03-12 2027-03-30 2027-03-26
days 2 2027-03-04 2027-03-08 2027-03-06
days 2 2026-12-22 2026-12-28 2026-12-24
days 2 2027-05-04 2027-05-07 2027-05-06
latest-before 1 2027-02-22 2027-02-15
latest-before 1 2027-04-05 2027-03-25 2027-03-29
TABLE
while read -r posted last final; do
	number=$((number + 1))
	said=$("$program" calc legality-review <<<"{\"posted\": \"$posted\"}")
	if [ "$said" = "{\"last_day\": \"$last\", \"final_from\": \"$final\"}" ]; then verdict=ok; else verdict='not ok'; fi
	echo "$verdict $number - final after $posted"
	[ "$verdict" = ok ] || echo "# $said, expected $last $final"
done <<'TABLE'
2026-09-04 2026-09-25 2026-09-26
2026-12-03 2026-12-28 2026-12-29
2026-12-10 2027-01-04 2027-01-05
2026-12-15 2027-01-05 2027-01-06
2027-03-05 2027-03-30 2027-03-31
2027-04-15 2027-05-07 2027-05-08
2027-06-04 2027-06-28 2027-06-29
TABLE
echo "1..$number"
