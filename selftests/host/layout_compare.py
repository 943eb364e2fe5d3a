#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""layout_compare.py LAYOUT-DUMP BTF: the module's layout of a kernel, as
layout_dump prints it, against what bpftool reads in the same BTF.

For each fact the candidate in use must be the first one that bpftool finds by
name and by type, at the same offset; a fact that is absent has none."""

import json
import subprocess
import sys

MODIFIERS = {"TYPEDEF", "CONST", "VOLATILE", "RESTRICT", "TYPE_TAG"}


class Btf:
    def __init__(self, path):
        command = ["bpftool", "--json", "btf", "dump", "file", path]
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        self.types = {t["id"]: t for t in json.loads(output)["types"]}

    def plain(self, number):
        """The type without typedefs and qualifiers; None is void."""
        t = self.types.get(number)
        while t and t["kind"] in MODIFIERS:
            t = self.types.get(t["type_id"])
        return t

    def spell(self, number):
        """The type in the words that the module has for it."""
        t = self.plain(number)
        if not t:
            return "void"
        name = t["name"]
        if t["kind"] == "PTR":
            to = self.spell(t["type_id"])
            return to + ("*" if to.endswith("*") else " *")
        if t["kind"] == "INT":
            if name == "char":
                return name
            if t["encoding"] == "BOOL":
                return "bool"
            return f"{'s' if t['encoding'] == 'SIGNED' else 'u'}{t['nr_bits']}"
        if t["kind"] == "FWD":
            return f"{t['fwd_kind']} {name}"
        return f"{t['kind'].lower()} {'{}' if name == '(anon)' else name}"

    def members(self, t, at=0):
        """(name, bit, type) of all members, those of unnamed ones too."""
        for m in t["members"]:
            bit = at + m["bits_offset"]
            if m["name"] != "(anon)":
                yield m["name"], bit, m["type_id"], m.get("bitfield_size", 0)
                continue
            inner = self.plain(m["type_id"])
            if inner["kind"] in ("STRUCT", "UNION"):
                yield from self.members(inner, bit)

    def find_member(self, struct, member, spelling):
        """The offset of struct.member, if it is there and of this type."""
        found = [
            bit // 8
            for t in self.types.values()
            if t["kind"] == "STRUCT" and t["name"] == struct
            for name, bit, number, size in self.members(t)
            if name == member and not size and self.spell(number) == spelling
        ]
        return one_of(found)

    def find_enumerator(self, name):
        found = [
            value["val"]
            for t in self.types.values()
            if t["kind"] in ("ENUM", "ENUM64")
            for value in t["values"]
            if value["name"] == name
        ]
        return one_of(found)


def one_of(found):
    """Several that agree are one; several that do not are no answer."""
    return found[0] if found and len(set(found)) == 1 else None


def main(dump, path):
    btf = Btf(path)
    facts = {}
    for line in open(dump):
        fact, struct, member, value, spelling = line.rstrip("\n").split(" ", 4)
        facts.setdefault(fact, []).append((struct, member, value, spelling))

    bad = 0
    print("TAP version 13")
    for number, (fact, candidates) in enumerate(facts.items(), 1):
        used = expected = "absent"
        for struct, member, value, spelling in candidates:
            name = member if struct == "-" else f"{struct}.{member}"
            if struct == "-":
                seen = btf.find_enumerator(member)
            else:
                seen = btf.find_member(struct, member, spelling)
            if seen is not None and expected == "absent":
                expected = f"{name} {seen} {spelling}"
            if value != "-":
                used = f"{name} {value} {spelling}"
        if used != expected:
            bad += 1
            print(f"# the module: {used}\n# bpftool:    {expected}")
        print(f"{'ok' if used == expected else 'not ok'} {number} {fact} {used}")
    print(f"1..{len(facts)}")
    return bad or not facts


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
