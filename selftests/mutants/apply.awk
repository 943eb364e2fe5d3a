# SPDX-License-Identifier: GPL-2.0-only
#
# awk -v FILE=NAME -f apply.awk TABLE fs/NAME.c: the source with the bugs of the table.
# Fails if one would not change exactly one line.
BEGIN { FS = "\t" }

function fail(text) {
	print "apply.awk: " text >"/dev/stderr"
	failed = 1
}

# What replaces the text that begins at this place of the line.
function replaced(line, at, from, to,	text) {
	gsub(/@/, "mutant(\"" name[i] "\")", to)
	while (at_old = index(to, "%")) {
		text = text substr(to, 1, at_old - 1) from
		to = substr(to, at_old + 1)
	}
	return substr(line, 1, at - 1) text to substr(line, at + length(from))
}

FNR == NR {
	if (/^#/ || split($2, place, ":") != 2)
		next
	if (NF != 5)
		fail($1 ": " NF " columns")
	if (place[1] != FILE)
		next
	name[++n] = $1
	where[n] = place[2]
	from[n] = $3
	to[n] = $4
	next
}

# A definition has its name at the beginning of a line, and no semicolon before its brace.
# (what ends in a colon is a label)
/^[A-Za-z]/ && !/:$/ {
	head = $0
	inside = ""
}
head != "" && /;$/ { head = "" }
/^\{/ {
	for (i = 1; i <= n; i++)
		if (match(head, "(^|[^A-Za-z0-9_])" where[i] "[(,]"))
			inside = where[i]
	head = ""
}
/^\}/ { inside = "" }

{
	line = $0
	for (i = 1; inside != "" && i <= n; i++) {
		if (where[i] != inside)
			continue
		at = index($0, from[i])
		if (!at)
			continue
		if (index(substr($0, at + 1), from[i]))
			fail(name[i] ": twice in a line")
		if (line != $0 && !(at = index(line, from[i])))
			fail(name[i] ": another bug is there already")
		else
			line = replaced(line, at, from[i], to[i])
		count[i]++
	}
	print line
}

# Their own header comes after the others.
/^#include "internal.h"/ { print "#include \"mutant.h\"" }

END {
	for (i = 1; i <= n; i++)
		if (count[i] != 1)
			fail(name[i] ": would change " count[i] + 0 " lines of " where[i])
	exit failed
}
