#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""graph_scene.py SCENE [N]: prints a snapshot, for pictures of it.

containers  a host with N containers: each has a root of its own, the host's
            /tmp/path privately, shared or as a slave, in turns, and 26 mounts
            of its own that nothing propagates to
services    a host with N services as systemd makes their namespaces: all of the
            host's mounts, shared, and slaves of the host's; every third has a
            private /tmp besides
stack       N mounts, each on the root of the one before it
unlike      a host with N volumes and N containers: one has the first of them as
            a slave, one the first two, and so on
demo        the containers of make demo, before the bind mount; demo-after: after
"""

import hashlib
import sys

USER_NS = 4026531837
FIRST_NS = 4026531841


def dentry(*what):
    return hashlib.sha1(repr(what).encode()).hexdigest()[:16]


class Scene:
    def __init__(self):
        self.namespaces, self.mounts, self.last = [], {}, 0

    def ns(self, pid, comm, cgroup):
        self.namespaces.append((pid, comm, cgroup))
        return len(self.namespaces) - 1

    def mount(self, ns, parent, at, dev, root="/", kind="tmpfs", flags=()):
        self.last += 1
        self.mounts[self.last] = {
            "ns": ns, "parent": parent or self.last, "at": at, "dev": dev,
            "root": root, "kind": kind, "flags": list(flags), "group": 0,
            "peer": 0, "master": 0, "slaves": []}
        return self.last

    def mount_at(self, ns, made, at, dev, kind="tmpfs"):
        """The same by full path, on the last of those made that is above it."""
        def path(m):
            parent = self.mounts[m]["parent"]
            return (path(parent) if parent != m else "") + \
                self.mounts[m]["at"].rstrip("/")
        parent = [m for m in made if (at + "/").startswith(path(m) + "/")][-1]
        return self.mount(ns, parent, at[len(path(parent)):], dev, kind=kind)

    def shared(self, m, group):
        self.mounts[m]["flags"].append("shared")
        self.mounts[m]["group"] = group

    def peer(self, m, of):
        of = self.mounts[of]
        self.shared(m, of["group"])
        self.mounts[m]["peer"] = of["peer"] or next(
            i for i, x in self.mounts.items() if x is of)
        of["peer"] = m

    def slave(self, m, master):
        self.mounts[m]["master"] = master
        self.mounts[master]["slaves"].append(m)

    def text(self):
        out = ["mntprop 1", "system release=6.12.0 mono=1 wall=2",
               f"capture hold=1 retries=0 namespaces={len(self.namespaces)} "
               f"mounts={len(self.mounts)} complete=yes"]
        count = [0] * len(self.namespaces)
        root = [0] * len(self.namespaces)
        for i, m in self.mounts.items():
            count[m["ns"]] += 1
            root[m["ns"]] = root[m["ns"]] or i
        for nr, (pid, comm, _) in enumerate(self.namespaces):
            inum = FIRST_NS if not nr else FIRST_NS + 300 + nr
            out.append(f"ns nr={nr} inum={inum} user_ns={USER_NS} anon=0 "
                       f"root={root[nr]} nr_mounts={count[nr]} found={count[nr]} "
                       f"event=1 tasks=1 pid={pid} comm={comm}")
        for i, m in self.mounts.items():
            parent = self.mounts[m["parent"]]
            below = parent["root"].rstrip("/") + m["at"] if i != m["parent"] else "/"
            line = (f"mount id={i} ns={m['ns']} parent={m['parent']} "
                    f"mountpoint={m['at']} mp_dentry={dentry(parent['dev'], below)} "
                    f"root={m['root']} root_dentry={dentry(m['dev'], m['root'])} "
                    f"dev={m['dev'] >> 8}:{m['dev'] & 255} type={m['kind']} "
                    f"source={m['kind']} flags=" +
                    ",".join(["relatime"] + m["flags"]))
            if m["group"]:
                line += f" group={m['group']}"
            if m["peer"]:
                line += f" peer={m['peer']}"
            if m["master"]:
                line += f" master={m['master']}"
            if m["slaves"]:
                line += " slaves=" + ",".join(map(str, m["slaves"]))
            out.append(line)
        out.append(f"end namespaces={len(self.namespaces)} mounts={len(self.mounts)}")
        for nr, (pid, _, cgroup) in enumerate(self.namespaces):
            if cgroup:
                out.append(f"cgroup ns={nr} pid={pid} path={cgroup}")
        return "\n".join(out) + "\n"


def host(s, mounts):
    s.ns(1, "systemd", "/init.scope")
    root = s.mount(0, 0, "/", 0xfe01, kind="ext4")
    s.shared(root, 1)
    made = [root]
    for i, at in enumerate(mounts):
        m = s.mount_at(0, made, at, 20 + i)
        s.shared(m, 2 + i)
        made.append(m)
    return made


def containers(n, own=26):
    s = Scene()
    host(s, ["/proc", "/sys", "/run"])
    path = s.mount(0, 1, "/tmp/path", 0xfe01, "/tmp/path", "ext4")
    s.shared(path, 50)
    for i in range(n):
        name = dentry("container", i) * 4
        ns = s.ns(1000 + i, "nginx", f"/system.slice/docker-{name}.scope")
        root = s.mount(ns, 0, "/", 0x10000 + i, kind="overlay")
        m = s.mount(ns, root, "/tmp/path", 0xfe01, "/tmp/path", "ext4")
        if i % 3 == 1:
            s.peer(m, path)
        elif i % 3 == 2:
            s.slave(m, path)
        for j in range(own):
            s.mount(ns, root, f"/dev/own{j}", 0x200000 + i * own + j)
    return s


def services(n):
    s = Scene()
    mounts = host(s, ["/proc", "/sys", "/dev", "/run", "/boot", "/home",
                      "/sys/kernel/security", "/dev/shm", "/dev/pts",
                      "/sys/fs/cgroup", "/dev/hugepages", "/dev/mqueue",
                      "/sys/kernel/debug", "/sys/kernel/tracing", "/run/lock",
                      "/run/user/1000", "/var/lib/docker", "/srv", "/opt"])
    group = 100
    for i in range(n):
        ns = s.ns(500 + i, f"daemon{i}", f"/system.slice/daemon{i}.service")
        copies = {}
        for m in mounts:
            of = s.mounts[m]
            copy = s.mount(ns, copies.get(of["parent"], 0), of["at"], of["dev"],
                           kind=of["kind"])
            copies[m] = copy
            group += 1
            s.shared(copy, group)
            s.slave(copy, m)
        if i % 3 == 0:
            s.mount(ns, copies[mounts[0]], "/tmp", 0xfe01, f"/tmp/private{i}",
                    "ext4")
    return s


def stack(n):
    s = Scene()
    made = host(s, [])
    for i in range(n):
        made.append(s.mount(0, made[-1], "/", 20 + i))
    return s


def unlike(n):
    s = Scene()
    made = host(s, [f"/srv/{i}" for i in range(n)])[1:]
    for i in range(n):
        ns = s.ns(1000 + i, "nginx", "")
        root = s.mount(ns, 0, "/", 0x10000 + i, kind="overlay")
        for j, m in enumerate(made[:i + 1]):
            s.slave(s.mount(ns, root, f"/srv/{j}", 20 + j), m)
    return s


def demo(after):
    s = Scene()
    s.ns(1, "init", "")
    root = s.mount(0, 0, "/", 0xfe01, kind="ext4")
    s.shared(root, 1)
    path = s.mount(0, root, "/tmp/path", 0xfe01, "/tmp/path", "ext4")
    s.shared(path, 11)
    made = {0: path}
    for pid, name in (115, "private"), (129, "rshared"), (143, "rslave"):
        ns = s.ns(pid, name, "")
        top = s.mount(ns, 0, "/", 0x300 + ns, kind="overlay")
        s.mount(ns, top, "/proc", 0x400 + ns, kind="proc")
        made[ns] = s.mount(ns, top, "/tmp/path", 0xfe01, "/tmp/path", "ext4")
    s.peer(made[2], path)
    s.slave(made[3], path)
    if after:
        copies = {ns: s.mount(ns, made[ns], "/some/path", 0xfe01, "/some/path",
                              "ext4") for ns in (0, 2, 3)}
        s.peer(copies[0], root)
        s.peer(copies[2], copies[0])
        s.slave(copies[3], copies[0])
    return s


def main():
    scene, n = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    s = {"containers": lambda: containers(n), "services": lambda: services(n),
         "stack": lambda: stack(n), "unlike": lambda: unlike(n),
         "demo": lambda: demo(False), "demo-after": lambda: demo(True)}[scene]()
    sys.stdout.write(s.text())


if __name__ == "__main__":
    main()
