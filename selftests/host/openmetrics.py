#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""openmetrics.py PAGE FIGURES: whether it is a page of them.

By the letter of OpenMetrics 1.0, as far as gauges without labels go: families
one after the other, TYPE, UNIT and HELP once before the sample, a unit at the
end of the name, numbers, and the end.  FIGURES are NAME=NUMBER, by comma.
"""

import re
import sys


def check(text):
    lines = text.split("\n")
    assert lines.pop() == "" and lines.pop() == "# EOF"
    values, name, meta = {}, None, {}
    for line in lines:
        m = re.fullmatch(r"# (TYPE|UNIT|HELP) ([a-z][a-z0-9_]*) (.+)", line)
        if m:
            key, of, value = m.groups()
            if of != name:
                assert name is None or name in values, line
                assert of not in values, line
                name, meta = of, {}
            assert key not in meta and name not in values, line
            meta[key] = value
            if key == "TYPE":
                assert value == "gauge", line
            elif key == "UNIT":
                assert value == "seconds" and name.endswith("_" + value), line
            else:
                assert "\\" not in value and value.endswith("."), line
            continue
        m = re.fullmatch(r"([a-z][a-z0-9_]*) (-?\d+(\.\d+)?)", line)
        assert m and m[1] == name and name not in values, line
        assert {"TYPE", "HELP"} <= set(meta), line
        assert ("UNIT" in meta) == name.endswith("_seconds"), line
        assert name.startswith("mntprop_"), line
        values[name] = float(m[2])
    return {key[len("mntprop_"):]: value for key, value in values.items()}


values = check(open(sys.argv[1]).read())
wanted = eval("dict(" + sys.argv[2] + ")")
sys.exit({k: values.get(k) for k in wanted} != wanted)
