#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# man_facts.py ABI FORMAT MANUAL: the records and fields of a snapshot, and which of
# them can be absent, as the first tells it, their names as the second has them, and
# what the third says of both. Prints how they differ, and fails if they do.
import re
import sys

abi, header, manual = (open(name, encoding="utf-8").read() for name in sys.argv[1:])
PROC = "Snapshots of /proc"
RECORDS = ("system", "capture", "ns", "mount", "end", "cgroup", "rule")


def of_abi():
    """{record: {field: is optional}}"""
    text = abi.split('Line 1 is "mntprop VERSION".')[1].split("What:")[0]
    fields, record = {}, None
    for line in text.splitlines():
        if m := re.match(r"\t\t([a-z]+)\t", line):
            record = fields.setdefault(m[1], {})
        elif "save --source proc` writes" in line:
            record = fields.setdefault(PROC, {"source": False})
        elif m := re.match(r"\t\t  ([a-z_]+(?:, [a-z_]+)*)\t+(-?)", line):
            record.update((name, bool(m[2])) for name in m[1].split(", "))
    return fields


def of_manual():
    fields, record, name = {}, None, None
    section = ""
    for line in manual.splitlines():
        if line.startswith(".Sh "):
            section, record = line[4:], None
        elif line.startswith(".Ss "):
            title = line[4:]
            record = None
            if title in RECORDS or title == PROC:
                record = fields.setdefault(title, {})
                proc_source = title == PROC
        elif record is None or section != "SNAPSHOT":
            continue
        elif line.startswith(".It Cm "):
            name = line.split()[2]
            record[name] = None
        elif name and record.get(name, 0) is None:
            record[name] = bool(re.match(r"optional\b", line))
        elif re.match(r"\.Cm source Ns = Ns", line) and proc_source:
            record["source"] = False
    # end: in a sentence
    end = manual.split(".Ss end\n")[1].split(".Ss ")[0]
    fields["end"] = {n: False for n in re.findall(r"^\.Cm ([a-z]+)$", end, re.M)}
    # those of /proc, of which a sentence says it
    if "all optional,\n" in manual.split(".Ss " + PROC)[1]:
        for name in ("unseen", "denied", "no_init"):
            if name in fields[PROC]:
                fields[PROC][name] = True
    return fields


def of_header():
    names = dict(re.findall(r'#define MNTPROP_(F_[A-Z_]+|REC_[A-Z]+)\s+"([a-z_]+)"', header))
    return ({v for k, v in names.items() if k.startswith("F_")},
            {v for k, v in names.items() if k.startswith("REC_")})


bad = []
told, written = of_abi(), of_manual()
for record in sorted(told.keys() | written.keys()):
    a, m = told.get(record, {}), written.get(record, {})
    for name in sorted(a.keys() | m.keys()):
        if a.get(name) != m.get(name):
            bad.append(f"{record} {name}: ABI {a.get(name)}, manual {m.get(name)}"
                       " (True: can be absent, None: not there)")
fields, records = of_header()
all_written = {name for record in written.values() for name in record}
for name in sorted(fields ^ all_written):
    bad.append(f"{name}: only in one of the header and the manual")
for name in sorted(records ^ (written.keys() - {PROC})):
    bad.append(f"record {name}: only in one of the header and the manual")
if sum(map(len, told.values())) < 50:
    bad.append("the ABI was not understood")

# Words of flags, states and lists, and the names in stats: each is in both.
BARE, QUOTED = r"\b[a-z]+(?:_[a-z]+)*(?=[,;]|$)", r'"([a-z]+)"'
for what, start, end, form in (("mount", "\t\t  flags\t", "\t\t  group\t", BARE),
                               ("capture", "\t\t  stopped\t", "\t\tns\t", QUOTED)):
    text = abi.split(start)[1].split(end)[0]
    for word in re.findall(form, re.sub(r"\s+", " ", text.split(":", 1)[1])):
        if not re.search(rf"(?<![a-z_]){word}(?![a-z_])", manual):
            bad.append(f"{word}, of {what}, is not in the manual")
print("\n".join(bad))
sys.exit(bool(bad))
