#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# completion_pty.py SCRIPT STUB LINE...: types each LINE, in which a tabulator
# completes, to an interactive bash in this folder that has SCRIPT, and prints the
# arguments that it starts STUB, a folder with a mntprop, with.
import os
import pty
import select
import sys
import time

script, stub, lines = sys.argv[1], sys.argv[2], sys.argv[3:]
said = os.path.abspath("said")
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(
        INPUTRC="/dev/null", TERM="dumb", HISTFILE="", PS1="", SAID=said,
        PATH=stub + ":" + os.environ["PATH"])
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])


def drain(seconds):
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            os.read(terminal, 65536)


def wait_for_size(more_than):
    for _ in range(600):
        if os.path.exists(said) and os.path.getsize(said) > more_than:
            return
        drain(0.05)
    sys.exit("bash does not start it")


def type_line(line):
    before = os.path.getsize(said) if os.path.exists(said) else 0
    os.write(terminal, line.encode() + b"\n")
    wait_for_size(before)


type_line("PS1=; . '%s'; mntprop" % script)
for line in lines:
    type_line(line)
os.write(terminal, b"exit\n")
try:
    drain(10)
except OSError:  # EIO: it has gone
    pass
os.close(terminal)
os.waitpid(pid, 0)
sys.stdout.write(open(said, encoding="utf-8").read())
