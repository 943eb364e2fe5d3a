#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""graph_dom.py FILE SNAPSHOT CHECK: whether a picture is as CHECK says.

FILE is an SVG, or what a browser made of a page (its DOM as HTML).  CHECK is a
Python expression of these names:

mounts      {id: classes} of the boxes of mounts that are there
new         [classes] of those of mounts that would be there
texts       {id of the box: its texts}
names       [texts of its heading] of each namespace
edges       [classes] of the links
groups      {number: texts} of the groups that are nodes
words       all text of the picture
tags        names of all elements
title       on top of it
snapshot    {id: fields} of the mounts in SNAPSHOT, read here, not by the tool
"""

import re
import sys
from collections import Counter  # for CHECK
from html.parser import HTMLParser
from xml.etree import ElementTree


class Node:
    def __init__(self, tag, attributes):
        self.tag, self.get = tag, attributes.get
        self.children, self.text = [], ""

    def all(self):
        yield self
        for child in self.children:
            yield from child.all()


class Page(HTMLParser):
    """The tree that a browser's serialised DOM stands for: every end is there."""

    VOID = {"meta", "br", "link", "img", "input", "hr"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open = [Node("top", {})]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        node = Node(tag, dict(attributes))
        self.open[-1].children.append(node)
        if tag not in self.VOID:
            self.open.append(node)

    def handle_startendtag(self, tag, attributes):
        self.open[-1].children.append(Node(tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert tag == self.open[-1].tag, (tag, self.open[-1].tag)
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].text += data


def from_xml(element):
    node = Node(element.tag.split("}")[-1], dict(element.items()))
    node.text = element.text or ""
    node.children = [from_xml(child) for child in element]
    return node


def read(path):
    text = open(path, encoding="utf-8").read()
    if path.endswith(".svg"):
        return from_xml(ElementTree.fromstring(text))
    return Page(text).open[0]


def fields(path):
    found = {}
    for line in open(path, encoding="utf-8", errors="surrogateescape",
                     newline="\n"):
        words = line.rstrip("\n").split(" ")
        if words[0] == "mount":
            of = dict(word.split("=", 1) for word in words[1:])
            found[int(of["id"])] = of
    return found


def texts_of(node):
    return [n.text.replace("\xa0", " ") for n in node.all() if n.tag == "text"]


def main():
    top = read(sys.argv[1])
    nodes = list(top.all())
    tags = {n.tag for n in nodes}
    of = {}
    for n in nodes:
        for word in (n.get("class") or "").split():
            of.setdefault(word, []).append(n)
    classes = lambda n: set(n.get("class").split())
    mounts, texts = {}, {}
    for n in of.get("mount", []):
        number = int(re.fullmatch(r"m(\d+)", n.get("id"))[1])
        assert number not in mounts
        mounts[number] = classes(n)
        texts[n.get("id")] = texts_of(n)
    for n in of.get("new", []):
        texts[n.get("id")] = texts_of(n)
    new = [classes(n) for n in of.get("new", [])]
    names = [texts_of(n) for n in of.get("namespace", [])]
    edges = [classes(n) for n in of.get("edge", [])]
    groups = {int(n.get("id")[len("group"):]): texts_of(n)
              for n in of.get("group", [])}
    title = " ".join(texts_of(of["picture"][0]))
    words = " ".join(t for n in nodes if n.tag == "text" for t in [n.text])
    snapshot = fields(sys.argv[2])
    if not eval("(" + sys.argv[3] + ")", {**globals(), **locals()}):
        print("mounts", mounts, "new", new, "names", names, "edges", edges,
              "groups", groups, "title", title, "texts", texts, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
