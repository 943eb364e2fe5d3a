// SPDX-License-Identifier: GPL-2.0-only
/*
 * seeds FOLDER: writes inputs to begin with into FOLDER/TARGET, made of what the host
 * tests are made of.
 */
#include <string.h>
#include <sys/stat.h>

#include "builder.h"
#include "fuzz.h"
#include "ksyms.h"
#include "scenario.h"
#include "seeds.h"

#define FUNCTIONS 0xffffffff81000000ULL
#define ADDRESS 0xffffffff82000000ULL

static const char *folder;

void seeds_save(const char *target, const char *name, const void *data,
		size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, target);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
	f = fopen(path, "we");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(2);
	}
}

static void save_text(const char *target, int nr, const char *text)
{
	char name[32];

	snprintf(name, sizeof(name), "%02d", nr);
	seeds_save(target, name, text, strlen(text));
}

static void save_all(const char *target, const char *const *texts, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		save_text(target, i, texts[i]);
}

static void save_builder(const char *target, const char *name,
			 struct builder *b)
{
	fclose(b->f);
	seeds_save(target, name, b->text, b->len);
	free(b->text);
	*b = (struct builder){};
}

/* What large machines look like, in small. */
static void save_scenarios(void)
{
	size_t i;
	int ns;

	for (i = 0; i < nr_scenarios; i++) {
		struct scene sc = { .full = true };
		struct builder snapshot = {}, mountinfo = {};

		scenario_make(&sc, &scenarios[i], 8);
		scene_text(&sc, &snapshot, i % 2 ? "6.1.0" : "7.3.0");
		save_builder("snapshot", scenarios[i].name, &snapshot);
		for (ns = 0; ns < (int)sc.nr_ns && ns < 3; ns++) {
			if (ns)
				build(&mountinfo, "\n");
			scene_mountinfo(&sc, &mountinfo, ns);
		}
		save_builder("mountinfo", scenarios[i].name, &mountinfo);
		scene_free(&sc);
	}
}

static void save_snapshots(void)
{
	struct builder b = {};

	build_head(&b, 2, 4);
	build_ns(&b, 0, 1);
	build_ns(&b, 1, 0);
	build_mount(&b, 1, 1, "/", " flags=shared group=1 peer=2 slaves=3");
	build_mount(&b, 2, 1, "/a\\040b", " flags=shared group=1 peer=1");
	build_mount(&b, 3, 2, "/", " master=1 overmount=2 count=3");
	build_unattached(&b, 4, 3, "/x", " mp_state=deleted root_ino=7");
	build_end(&b, 2, 4);
	build(&b, "cgroup ns=0 pid=1 path=/init.scope\n");
	save_builder("snapshot", "built", &b);
}

static void add_symbols(struct builder *b, uint64_t shift, bool with_data)
{
	size_t i;

	build(b, "%llx T _stext\n", FUNCTIONS + shift);
	for (i = 1; i < 6; i++)
		build(b, "%llx %c f%zu\n", FUNCTIONS + shift + 64 * i,
		      "tTwW"[i % 4], i % 4);
	build(b, "%llx T _etext\n", FUNCTIONS + shift + 4096);
	for (i = 0; with_data && i < NR_KSYMS; i++)
		build(b, "%llx %c %s\n", ADDRESS + shift + 64 * i, "dTtbRR"[i],
		      ksym_names[i].symbol);
	build(b, "ffffffffc0001000 d sb_lock\t[bcache]\n");
}

static void save_ksyms(void)
{
	static const char debian[] =
		"0000000000000000 T _stext\n\n"
		"The real System.map is in the linux-image-6.1-dbg package\n";
	struct builder b = {};

	add_symbols(&b, 0x1c600000, true);
	save_builder("ksyms", "kallsyms", &b);
	add_symbols(&b, 0x1c600000, false);
	build(&b, "\n");
	add_symbols(&b, 0, true);
	save_builder("ksyms", "map", &b);
	save_text("ksyms", 0, debian);
}

static const char *const mountinfo[] = {
	"20 1 8:1 / / rw,relatime - ext4 /dev/vda1 rw,sync\n"
	"21 20 0:5 /in\\040side /a\\040b\\134\\012c ro,nosuid,noatime - fuse.sshfs h\\040ost:/x rw,lazytime\n"
	"22 21 0:6 / /a\\040b\\134\\012c/sub rw - tmpfs none rw\n"
	"23 20 0:7 /gone//deleted /d rw - tmpfs t rw\n"
	"24 20 0:4 mnt:[4026532256] /ns rw - nsfs n rw\n",
	"20 1 0:1 / / rw shared:1 - tmpfs t rw\n"
	"21 20 0:1 / /a rw shared:1 master:2 - tmpfs t rw\n"
	"22 20 0:1 / /a rw unbindable - tmpfs  rw\n\n"
	"30 29 0:1 / / rw master:1 propagate_from:3 - tmpfs t rw\n"
	"30 29 0:1 / / rw master:1 - tmpfs t rw\n",
};

static const char *const asserts[] = {
	"/tmp/path shared\n/tmp/path not private\n",
	"3f1c:/tmp/path slave-of /tmp/path\n/proc not peer-of 1201:/proc",
	"/mnt on-top-of /mnt # both\n\n/mnt/'a b' count 2\ncount 10",
	"web=3f1c\n/tmp/path/some/path absent-in web\n/x mounted-in 4026532203",
	"\"/tmp/path\" unbindable\n/a\\ b slave\nnot count 3\n/ private",
};

static const char *const words[] = {
	"predict\nbind\n/tmp/path\n/mnt",
	"predict\n-J\nrbind\n/\n/tmp/path/some",
	"predict\nmove\n/tmp/path\n/run/x\n--mount-max=12",
	"predict\n--lazy\n-R\numount\n/tmp/path\n-N\n3f1c",
	"predict\nmount\n/tmp/path/new\n-o\n+NR,BEFORE",
	"predict\nmake-shared\n/proc",
	"predict\nmake-rslave\n/tmp/path",
	"predict\nmake-private\n/tmp/path",
	"predict\nmake-runbindable\n/",
	"predict\nbeneath\n/mnt\n/tmp/path",
	"predict\n--expire\numount\n/tmp/path/some/path",
	"predict\n-R\nsetattr\nro,noatime,dev,private\n/tmp/path",
	"predict\nremount\nrw,nosuid\n/mnt",
	"predict\n-N\n4026532204\nremove\n/tmp/path/some/path",
	"predict\n-N\n4026532204\nrename\n/tmp/path\n/tmp/new",
	"why\n/tmp/path/some/path\n--to\n4026532202:/tmp/path",
	"why\n/mnt\n--to=1403\n--need\nslave",
	"tree\n--all\n-P\n/tmp/../run/./ns",
	"tree\n--to\n3f1c\n/",
	"holders\n254:1\n-n",
	"holders\n/dev/vda1\n-r",
	"holders\n/tmp/path\n--task=1302",
	"groups\n5\n--color=never",
	"ns\n--help",
	"diff\n--unified=2\na\nb",
	"check\n--tap",
	"watch\n--interval\n2",
	"graph\n--format\nsvg\n-o\nx\n--group\n1\n--predict\numount /mnt",
	"load\n-k\nx.ko\n--map\nm\n--print",
};

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	folder = argv[1];
	seeds_save_btf();
	save_scenarios();
	save_snapshots();
	save_ksyms();
	save_all("mountinfo", mountinfo, ARRAY_SIZE(mountinfo));
	save_all("assert", asserts, ARRAY_SIZE(asserts));
	save_all("words", words, ARRAY_SIZE(words));
	return 0;
}
