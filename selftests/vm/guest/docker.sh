# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # names for the scripts that source it
#
# Containers by Docker, and by the OCI runtimes below it.  Source it in a guest that
# has them (see image).
rootfs=/opt/busybox
bundles=/run/bundles

# daemon NAME SOCKET COMMAND...: runs it until daemons_stop, and waits for it to
# listen.
daemon() {
	local name=$1 socket=$2
	shift 2
	"$@" >"/var/log/$name" 2>&1 3>&- </dev/null &
	daemons="$! ${daemons:-}"
	until [ -S "$socket" ]; do
		if ! kill -0 "${daemons%% *}" 2>/dev/null; then
			echo "$name does not start:"
			tail -n 20 "/var/log/$name"
			return 1
		fi
		sleep 0.2
	done
}

# docker_start: Docker, and in it an image of busybox, which by itself sleeps.
# Leaves the daemon's pid in $dockerd.
docker_start() {
	local socket=/run/containerd/containerd.sock applet

	if ! command -v dockerd >/dev/null; then
		echo "this guest has no Docker"
		return 1
	fi
	mkdir -p /var/log $rootfs/{bin,proc,sys,dev,tmp}
	ln -sfn /run /var/run
	cp /bin/busybox $rootfs/bin/
	for applet in sh ls mkdir mount sleep test touch true umount; do
		ln -sf busybox $rootfs/bin/$applet
	done
	# Left to itself, dockerd starts this, and is soon out of patience.
	cat >/etc/containerd.toml <<-END
		version = 2
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
	END
	daemon containerd $socket containerd --config /etc/containerd.toml ||
		return 1
	# There is no module for bridges, packet filters and overlays.
	daemon dockerd /run/docker.sock dockerd --containerd=$socket \
		--bridge=none --iptables=false --ip6tables=false \
		--storage-driver=vfs || return 1
	dockerd=${daemons%% *}
	tar -C $rootfs -c . | docker import \
		-c 'ENV PATH=/bin' -c 'CMD ["sleep", "1000000"]' - busybox >/dev/null
}

# docker_pid CONTAINER: of its first process.
docker_pid() {
	docker inspect -f '{{.State.Pid}}' "$1"
}

# oci_start RUNTIME NAME OPTIONS ROOTFS-PROPAGATION: starts it with /tmp/path in it,
# a mount with these options (of JSON: with quotes); the last may be "".  Prints its
# id, which looks like Docker's.
oci_start() {
	local runtime=$1 name=$2 options=$3 propagation=$4 id

	id=$(printf %s "$name" | sha256sum | cut -d' ' -f1)
	mkdir -p "$bundles/$id"
	cat >"$bundles/$id/config.json" <<-END
		{
			"ociVersion": "1.0.2",
			"process": {
				"user": { "uid": 0, "gid": 0 },
				"args": [ "/bin/sleep", "1000000" ],
				"cwd": "/"
			},
			"root": { "path": "$rootfs" },
			"mounts": [ {
				"destination": "/proc",
				"type": "proc",
				"source": "proc"
			}, {
				"destination": "/tmp/path",
				"source": "/tmp/path",
				"options": [ "rbind", $options ]
			} ],
			"linux": {
				"cgroupsPath": "/oci/$id",
				${propagation:+"\"rootfsPropagation\": \"$propagation\","}
				"namespaces": [ { "type": "mount" }, { "type": "pid" } ]
			}
		}
	END
	if ! "$runtime" run -d -b "$bundles/$id" "$id" \
		>"$bundles/$id/log" 2>&1 3>&- </dev/null; then
		echo "$runtime: $name does not start:" >&2
		cat "$bundles/$id/log" >&2
		return 1
	fi
	echo "$id"
}

# oci_pid RUNTIME ID: of its first process.
oci_pid() {
	"$1" state "$2" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p'
}

# containers_remove: all of them, of every runtime.
containers_remove() {
	local runtime id

	docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1
	for runtime in runc crun; do
		for id in $($runtime list -q); do
			$runtime delete -f "$id"
		done
	done
}

daemons_stop() {
	local pid

	for pid in ${daemons:-}; do
		kill "$pid"
		wait "$pid"
	done
	daemons=
}
