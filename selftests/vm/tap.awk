# SPDX-License-Identifier: GPL-2.0-only
#
# Reads TAP and says what matters of it: failures with what the test said
# before them, skips with their reasons, figures that a passing test logged.
# Writes "passed failed skipped ended" to the file in TOTALS; ended is 1 after
# the line that a guest writes last.
#
# A plan that is not kept, or a program that ends badly without having said
# "not ok", is a failure too.  The guest's own lines begin with "mntprop-vm:"
# (guest/protocol.sh).

# Results of one plan are complete: are there as many as it promised?
function close_plan() {
	if (plan >= 0 && seen < plan) {
		report("FAIL", program ": " plan - seen " of " plan " results are missing")
		tell()
		failed += plan - seen
		broken++
	}
	plan = -1
	seen = 0
}

function report(word, text) {
	printf "  %s %s\n", word, text
}

# A loop that fails says the same a thousand times: the whole is in the log.  Lines with
# #> come first, and all of them.
function tell(	i) {
	for (i = 1; i <= chosen; i++)
		printf "       %s\n", choice[i]
	for (i = 1; i <= told && i <= 40; i++)
		printf "       %s\n", said[i]
	if (told > 40)
		printf "       ... and %d lines more\n", told - 40
	forget()
}

function tell_notes(	i) {
	for (i = 1; i <= told; i++)
		if (i in note)
			report("NOTE", program ": " test_name ": " note[i])
	forget()
}

function forget() {
	told = 0
	chosen = 0
	delete note
}

function run(name) {
	close_plan()
	program = name
	planned = broken = 0
	running = 1
	forget()
}

function result(bad, text) {
	seen++
	if (text ~ /# *[Ss][Kk][Ii][Pp]/) {
		skipped++
		sub(/^.*# *[Ss][Kk][Ii][Pp] */, "", text)
		report("SKIP", program ": " test (text == "" ? "no reason given" : text))
	} else if (bad) {
		failed++
		broken++
		report("FAIL", program ": " test text)
		tell()
	} else {
		passed++
		tell_notes()
	}
	forget()
	test = ""
}

BEGIN {
	plan = -1
	program = "tests"
}

{ sub(/\r$/, "") }

/^mntprop-vm: run / { run($3); next }

/^mntprop-vm: exit / {
	if (!planned) {
		report("FAIL", program ": printed no plan")
		tell()
		failed++
		broken++
	}
	close_plan()
	if ($4 == "timeout") {
		report("FAIL", program ": killed after " $5 " s")
		tell()
		failed++
	} else if ($4 != 0 && $4 != 4 && !broken) {
		report("FAIL", program ": exit status " $4)
		tell()
		failed++
	}
	program = "tests"
	running = 0
	next
}

/^mntprop-vm: end$/ { ended = 1; next }

/^TAP version/ { next }

/^1\.\.[0-9]+/ {
	# Before its results, or after them.
	if (seen == 0 || plan >= 0)
		close_plan()
	plan = substr($1, 4) + 0
	planned = 1
	if (plan == 0) {
		skipped++
		sub(/^[^#]*#? *([Ss][Kk][Ii][Pp])? */, "")
		report("SKIP", program ": " ($0 == "" ? "no reason given" : $0))
	}
	next
}

/^ok / { sub(/^ok +[0-9]* *-? */, ""); result(0, $0); next }
/^not ok / { sub(/^not ok +[0-9]* *-? */, ""); result(1, $0); next }

# kselftest_harness.h names a test here, and not where it was skipped.
/^# +RUN / { test_name = $3; forget(); next }
/^# +(OK|FAIL) / { next }
/^# +SKIP / { test = test_name ": "; next }
/^# (Starting|PASSED:|FAILED:|Totals:)/ { next }

/^#> / { choice[++chosen] = substr($0, 4); next }

# What TH_LOG prints is meant to be seen, whatever the result.
/^# [^ ]+\.c:[0-9]+:[^ :]+:/ {
	sub(/^# [^ ]*\//, "# ")
	said[++told] = $0
	note[told] = $0
	sub(/^[^:]*:[^:]*:[^:]*:/, "", note[told])
	next
}

{ if (told < 200) said[++told] = $0 }

END {
	close_plan()
	if (running) {
		report("FAIL", program ": was running at the end")
		tell()
		failed++
	}
	print passed + 0, failed + 0, skipped + 0, ended + 0 >TOTALS
}
