#!/usr/bin/env bash
# tests/service/test_docs_calc.sh: the examples of docs/calc.md give what the document says, and every function has one. TAP.
#
# A block opens with ```calc FUNCTION; its lines are input and output in turn. An output {"error"...} is an input refused:
# exit 1. Numbers with a fraction are compared to nine digits, so that another mathematical library may differ in the last.
# The output {...} says only that there is an answer.
cd "$(dirname "$0")/../.." || exit 2
program=${B:-build}/narkontakt
n=0
say() { n=$((n + 1)); echo "$1 $n - $2"; }
nine_digits() {
	awk '{ rest = $0; out = ""
		while (match(rest, /-?[0-9]+(\.[0-9]+)?e[-+]?[0-9]+|-?[0-9]+\.[0-9]+/)) {
			out = out substr(rest, 1, RSTART - 1) sprintf("%.9g", substr(rest, RSTART, RLENGTH))
			rest = substr(rest, RSTART + RLENGTH)
		}
		print out rest }'
}
check() {
	local name=$1 input=$2 expected=$3 got code wanted=0
	got=$("$program" calc "$name" <<<"$input")
	code=$?
	case $expected in '{"error"'*) wanted=1 ;; '{...}') expected=$got ;; esac
	if [ "$code" -eq "$wanted" ] && [ -n "$got" ] && [ "$(nine_digits <<<"$got")" = "$(nine_digits <<<"$expected")" ]; then
		say ok "$name: ${input:0:60}"
	else
		say "not ok" "$name: ${input:0:60}"
		echo "# exit $code, expected $wanted"
		echo "# got      $got"
		echo "# expected $expected"
	fi
}
name='' input=''
while IFS= read -r line; do
	case $line in
	'```calc '*) name=${line#'```calc '} input='' ;;
	'```') name='' ;;
	*)
		[ -n "$name" ] || continue
		if [ -z "$input" ]; then input=$line; else check "$name" "$input" "$line"; input=''; fi ;;
	esac
done <docs/calc.md
for function in $(sed -nE '/^const struct calc_function/,/^};/p' src/cmd/calc_*.c | grep -oE '\{ "[a-z-]+"' | tr -d '{ "'); do
	if grep -qx '```calc '"$function" docs/calc.md; then say ok "$function has an example"; else say "not ok" "$function has an example"; fi
done
echo "1..$n"
