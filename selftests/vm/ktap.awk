# SPDX-License-Identifier: GPL-2.0-only
#
# Makes KTAP (Documentation/dev-tools/ktap.rst of the kernel) of what guest/check says:
# each program is a test, and what it prints is its subtests, two blanks further in.
# PROGRAMS is how many there will be.  A line comes out as soon as it is known; the exit
# status is 1 if a program failed, or if not all of them were run.
#
# A program fails if one of its results is "not ok", if results are missing from its plan,
# if it has no plan, or by its exit status; 4 is a skip, as in kselftest.h.

function say(text) {
	print text
	fflush()
}

function run(name) {
	program = name
	plan = -1
	seen = bad = 0
	reason = ""
	say("  KTAP version 1")
	say("  # Subtest: " name)
}

# finish STATUS: says how the program ended.
function finish(status,	why) {
	if (status == "timeout")
		why = "timeout"
	else if (bad)
		why = bad " not ok"
	else if (plan < 0)
		why = "no plan"
	else if (seen < plan)
		why = plan - seen " results are missing"
	else if (status != 0 && status != 4)
		why = "exit status " status
	done++
	if (why != "") {
		say("# " program ": " why)
		say("not ok " done " " program)
		failed++
	} else if (status == 4 || plan == 0) {
		say("ok " done " " program " # SKIP " (reason == "" ? "no reason given" : reason))
		skipped++
	} else {
		say("ok " done " " program)
		passed++
	}
	program = ""
}

BEGIN {
	say("KTAP version 1")
	say("1.." PROGRAMS)
}

/^mntprop-vm: run / { run($3); next }
/^mntprop-vm: exit / { finish($4); next }
/^mntprop-vm: / { next }

# It is said already.
/^K?TAP version/ { next }

/^1\.\.[0-9]+/ {
	plan = substr($1, 4) + 0
	if (plan == 0) {
		reason = $0
		sub(/^[^#]*#? *([Ss][Kk][Ii][Pp])? */, "", reason)
		next
	}
	# KTAP has it first; of those that print it last nobody needs it.
	if (seen)
		next
}

/^ok / { seen++ }
/^not ok / { seen++; bad++ }

{ say(program == "" ? "# " $0 : "  " $0) }

END {
	if (program != "") {
		plan = seen + 1
		finish(1)
	}
	for (lost = PROGRAMS - done; lost > 0; lost--) {
		say("not ok " ++done " was not run")
		failed++
	}
	say(sprintf("# Totals: pass:%d fail:%d xfail:0 xpass:0 skip:%d error:0",
		    passed, failed, skipped))
	exit failed || !passed
}
