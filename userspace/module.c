// SPDX-License-Identifier: GPL-2.0-only
/* mntprop load, mntprop unload: put the module in and out */
#include <errno.h>
#include <libkmod.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "command.h"
#include "file.h"
#include "ksyms.h"
#include "refusal.h"

#define MODULE "mntprop"
#define KALLSYMS "/proc/kallsyms"
#define FILES "/sys/kernel/debug/mntprop/*"

/* Where System.map may be: the kernel's release stands between these. */
static const struct {
	const char *before, *after;
} maps[] = {
	{ "/boot/System.map-", "" },
	{ "/usr/lib/debug/boot/System.map-", "" },
	{ "/lib/modules/", "/System.map" },
	{ "/lib/modules/", "/build/System.map" },
};

static const char *release(void)
{
	static struct utsname uts;

	uname(&uts);
	return uts.release;
}

/* What goes wrong we say ourselves. */
static void say_nothing(void *data, int priority, const char *file, int line,
			const char *fn, const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line;
	(void)fn, (void)format, (void)args;
}

static struct kmod_ctx *new_context(void)
{
	const char *no_config = NULL;
	struct kmod_ctx *ctx;

	errno = 0;
	ctx = kmod_new(NULL, &no_config);
	if (!ctx)
		fatal("libkmod: %s", strerror(errno ? errno : ENOMEM));
	kmod_set_log_fn(ctx, say_nothing, NULL);
	return ctx;
}

/* What libkmod could not do, which returns a negative errno. */
static noreturn void kmod_failed(const char *what, int rc)
{
	fatal("%s: libkmod: %s", what, strerror(-rc));
}

static struct kmod_module *from_name(struct kmod_ctx *ctx)
{
	struct kmod_module *mod;
	int rc = kmod_module_new_from_name(ctx, MODULE, &mod);

	if (rc)
		kmod_failed(MODULE, rc);
	return mod;
}

static bool is_loaded(void)
{
	struct kmod_ctx *ctx = new_context();
	struct kmod_module *mod = from_name(ctx);
	bool loaded;

	loaded = kmod_module_get_initstate(mod) == KMOD_MODULE_LIVE;
	kmod_module_unref(mod);
	kmod_unref(ctx);
	return loaded;
}

static struct kmod_module *from_path(struct kmod_ctx *ctx, const char *path)
{
	struct kmod_module *mod;
	int rc;

	if (access(path, R_OK))
		fatal("%s: %s", path, strerror(errno));
	rc = kmod_module_new_from_path(ctx, path, &mod);
	if (rc)
		kmod_failed(path, rc);
	return mod;
}

/* Of the tree that this program was built in; NULL if it was not. */
static char *path_in_tree(void)
{
	char tool[PATH_MAX], *path;
	ssize_t len = readlink("/proc/self/exe", tool, sizeof(tool) - 1);

	if (len < 0)
		return NULL;
	tool[len] = 0;
	*strrchr(tool, '/') = 0;
	if (asprintf(&path, "%s/../" MODULE ".ko", tool) < 0)
		out_of_memory();
	if (!access(path, F_OK))
		return path;
	free(path);
	return NULL;
}

/* What depmod has found, compressed or not. */
static struct kmod_module *installed(struct kmod_ctx *ctx)
{
	struct kmod_list *list = NULL;
	struct kmod_module *mod = NULL;
	int rc = kmod_module_new_from_lookup(ctx, MODULE, &list);

	/* without the files of depmod(8) it has nothing to look in */
	if (rc < 0 && rc != -ENOENT && rc != -ENOSYS)
		kmod_failed(MODULE, rc);
	if (list)
		mod = kmod_module_get_module(list);
	kmod_module_unref_list(list);
	if (mod && !kmod_module_get_path(mod)) {
		kmod_module_unref(mod);
		mod = NULL;
	}
	return mod;
}

static struct kmod_module *find_module(struct kmod_ctx *ctx,
				       const struct options *o)
{
	char *in_tree = o->module ? NULL : path_in_tree();
	struct kmod_module *mod;

	if (o->module || in_tree)
		mod = from_path(ctx, o->module ? o->module : in_tree);
	else
		mod = installed(ctx);
	if (!mod)
		fatal(MODULE
		      ".ko: not in /lib/modules/%s; make install or the package mntprop-dkms puts it there, --file names another",
		      release());
	free(in_tree);
	return mod;
}

/* Whether @is_it says so of anything that modinfo(8) shows as @key. */
static bool any_info(struct kmod_module *mod, const char *key,
		     bool (*is_it)(const char *value, const void *arg),
		     const void *arg)
{
	const char *path = kmod_module_get_path(mod);
	struct kmod_list *list = NULL, *entry;
	bool found = false;
	int rc = kmod_module_get_info(mod, &list);

	if (rc < 0)
		fatal("%s: not a kernel module: %s", path, strerror(-rc));
	kmod_list_foreach(entry, list)
	{
		if (!strcmp(kmod_module_info_get_key(entry), key) &&
		    is_it(kmod_module_info_get_value(entry), arg))
			found = true;
	}
	kmod_module_info_free_list(list);
	return found;
}

static bool is_same(const char *value, const void *name)
{
	return !strcmp(value, name);
}

/* "NAME:DESCRIPTION" */
static bool is_parameter(const char *value, const void *name)
{
	size_t len = strcspn(name, "=");

	return !strncmp(value, name, len) && value[len] == ':';
}

/* "RELEASE FEATURES", of the kernel that it was built for */
static bool is_release(const char *value, const void *name)
{
	size_t len = strlen(name);

	return !strncmp(value, name, len) && value[len] == ' ';
}

/* The kernel would only grumble about a parameter that there is not. */
static void check_module(struct kmod_module *mod, const struct options *o)
{
	const char *path = kmod_module_get_path(mod);
	int i;

	if (!any_info(mod, "name", is_same, MODULE))
		fatal("%s: is another module; --file names the one of mntprop",
		      path);
	for (i = 0; i < o->nr_args; i++) {
		if (!strchr(o->args[i], '=') ||
		    o->args[i][strcspn(o->args[i], " \t\n\"")])
			fatal("%s: not PARAM=VALUE; see mntprop load --help",
			      o->args[i]);
		if (!any_info(mod, "parm", is_parameter, o->args[i]))
			fatal("%s: %s has no such parameter; modinfo shows those that there are",
			      o->args[i], path);
	}
}

static int read_map(const char *path, const struct ksyms_table *kallsyms,
		    struct ksyms *found, struct error *err)
{
	struct ksyms_table map = { .name = path };
	char *text;
	int rc;

	if (file_read(path, &text, &map.len, err))
		return -1;
	map.text = text;
	rc = ksyms_find_in_map(&map, kallsyms, found, err);
	free(text);
	return rc;
}

/* The first that belongs to this kernel; @err is set if there are any others. */
static int search_maps(const struct ksyms_table *kallsyms, struct ksyms *found,
		       struct error *err)
{
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		snprintf(path, sizeof(path), "%s%s%s", maps[i].before,
			 release(), maps[i].after);
		if (!access(path, F_OK) &&
		    !read_map(path, kallsyms, found, err))
			return 0;
	}
	return -1;
}

/*
 * Returns -1 with @err set if not all are known.  That is no failure yet: most
 * kernels let the module find them.  But a map that was asked for has to fit,
 * also where nothing is missing.
 */
static int find_addresses(const char *map, struct ksyms *found,
			  struct error *err)
{
	struct ksyms_table kallsyms = { .name = KALLSYMS };
	char *text;
	int rc;

	*found = (struct ksyms){};
	if (file_read(KALLSYMS, &text, &kallsyms.len, err))
		return -1;
	kallsyms.text = text;
	rc = ksyms_find(&kallsyms, found, err);
	if (map) {
		rc = read_map(map, &kallsyms, found, err);
		if (rc)
			fatal("%s", err->text);
	} else if (rc) {
		rc = search_maps(&kallsyms, found, err);
	}
	free(text);
	return rc;
}

static bool is_given(const struct options *o, const char *param)
{
	size_t len = strlen(param);
	int i;

	for (i = 0; i < o->nr_args; i++) {
		if (!strncmp(o->args[i], param, len) && o->args[i][len] == '=')
			return true;
	}
	return false;
}

/* Those given, then the addresses that are not among them. */
static char *parameters(const struct options *o, const struct ksyms *found)
{
	struct text out = { .separator = " ", .encode = o->print };
	int i;

	for (i = 0; i < o->nr_args; i++) {
		text_next(&out);
		text_add(&out, "%s", o->args[i]);
	}
	for (i = 0; i < NR_KSYMS; i++) {
		if (!found->address[i] || is_given(o, ksym_names[i].param))
			continue;
		text_next(&out);
		text_add(&out, "%s=%#llx", ksym_names[i].param,
			 (unsigned long long)found->address[i]);
	}
	return out.data;
}

#define NOT_LOADED "not loaded: "

/* By whom it is signed, "" if that is not known, NULL if it is not; to be freed. */
static char *signer_of(struct kmod_module *mod)
{
	struct kmod_list *list = NULL, *entry;
	char *signer = NULL;
	bool is_signed = false;

	if (kmod_module_get_info(mod, &list) < 0)
		return NULL;
	kmod_list_foreach(entry, list)
	{
		const char *key = kmod_module_info_get_key(entry);

		if (!strcmp(key, "sig_id"))
			is_signed = true;
		else if (!strcmp(key, "signer") && !signer)
			signer = strdup(kmod_module_info_get_value(entry));
	}
	kmod_module_info_free_list(list);
	if (is_signed && !signer)
		signer = strdup("");
	return signer;
}

/* @unknown: why addresses are, NULL if none is */
static noreturn void not_loaded(struct kmod_module *mod, int e,
				struct refusal *r, const char *unknown)
{
	const char *path = kmod_module_get_path(mod);
	char *remedy, *signature;

	if (e == ENOEXEC && !any_info(mod, "vermagic", is_release, release()))
		fatal("%s: " NOT_LOADED
		      "built for another kernel; make KDIR=/lib/modules/%s/build builds it for this one",
		      path, release());
	signature = refusal_of_signature(e, r, signer_of(mod));
	if (signature)
		fatal("%s: " NOT_LOADED "%s", path, signature);
	if (!*r->said)
		fatal("%s: " NOT_LOADED "%s", path, refusal_explain(e));
	if (strncmp(r->said, NOT_LOADED, strlen(NOT_LOADED)))
		fatal("%s: " NOT_LOADED "%s (%s)", path, refusal_explain(e),
		      r->said);
	/* the remedy that it knows is what we have just tried */
	remedy = strstr(r->said, "; ");
	if (unknown && remedy && strstr(remedy, "'mntprop load'")) {
		*remedy = 0;
		fatal("%s: %s; %s", path, r->said, unknown);
	}
	fatal("%s: %s", path, r->said);
}

static int print_parameters(const struct options *o)
{
	struct ksyms found;
	struct error err;
	char *params;

	if (find_addresses(o->map, &found, &err))
		fatal("%s", err.text);
	params = parameters(o, &found);
	puts(params ? params : "");
	free(params);
	return EXIT_YES;
}

static int run_load(const struct options *o)
{
	struct kmod_ctx *ctx;
	struct kmod_module *mod;
	struct ksyms found;
	struct error err;
	struct refusal refusal;
	char *params;
	int kmsg, rc, known;

	if (o->print)
		return print_parameters(o);
	if (is_loaded()) {
		puts("mntprop: already loaded");
		return EXIT_YES;
	}
	ctx = new_context();
	mod = find_module(ctx, o);
	check_module(mod, o);
	known = !find_addresses(o->map, &found, &err);
	params = parameters(o, &found);
	kmsg = refusal_listen();
	rc = kmod_module_insert_module(mod, 0, params);
	refusal_hear(kmsg, &refusal);
	if (rc && rc != -EEXIST)
		not_loaded(mod, -rc, &refusal, known ? NULL : err.text);
	free(params);
	kmod_module_unref(mod);
	kmod_unref(ctx);
	return EXIT_YES;
}

static int run_unload(const struct options *o)
{
	struct kmod_ctx *ctx = new_context();
	struct kmod_module *mod = from_name(ctx);
	int rc;

	(void)o;
	rc = kmod_module_remove_module(mod, 0);
	if (rc == -EWOULDBLOCK)
		fatal("not unloaded: a file of it is open; fuser -v " FILES
		      " shows by whom");
	if (rc == -ENOENT)
		puts("mntprop: not loaded");
	else if (rc)
		fatal("not unloaded: %s", refusal_explain(-rc));
	kmod_module_unref(mod);
	kmod_unref(ctx);
	return EXIT_YES;
}

const struct command load_command = {
	.name = "load",
	.args = "[PARAM=VALUE]...",
	.max_args = INT_MAX,
	.options = "kmp",
	.what = "Load the module, with the addresses that it needs",
	.run = run_load,
};

const struct command unload_command = {
	.name = "unload",
	.args = "",
	.options = "",
	.what = "Remove the module",
	.run = run_unload,
};
