// SPDX-License-Identifier: GPL-2.0-only
/* When the module may call a function through an address that it found. */
#include "check.h"
#include "policy.h"

#define NR_CASES 32

static struct mntprop_call_facts facts(unsigned int bits)
{
	return (struct mntprop_call_facts){
		.kcfi = bits & 1,
		.bti = bits & 2,
		.ibt = bits & 4,
		.probed = bits & 8,
		.at_entry = bits & 16,
	};
}

static void test_allowed(void)
{
	unsigned int bits, allowed = 0;

	for (bits = 0; bits < NR_CASES; bits++) {
		struct mntprop_call_facts f = facts(bits);

		if (mntprop_call_forbidden(&f))
			continue;
		allowed++;
		CHECK(!f.kcfi && !f.bti && !f.ibt);
		CHECK(f.probed && f.at_entry);
	}
	CHECK(allowed == 1);
}

/* Of several reasons the one that no other kernel command line can change. */
static const char *wanted(const struct mntprop_call_facts *f)
{
	if (f->kcfi)
		return "kCFI";
	if (f->bti)
		return "BTI";
	if (f->ibt)
		return "IBT";
	return f->probed ?
		       "a kprobe that does not tell where the function starts" :
		       "a kernel without kprobes";
}

static void test_reasons(void)
{
	unsigned int bits;

	for (bits = 0; bits < NR_CASES; bits++) {
		struct mntprop_call_facts f = facts(bits);
		const char *why = mntprop_call_forbidden(&f);

		if (why)
			CHECK_STR(why, wanted(&f));
	}
}

static const struct check_test tests[] = {
	{ "one case of 32 is allowed", test_allowed },
	{ "the others have a reason", test_reasons },
};

int main(void)
{
	return check_all(tests, sizeof(tests) / sizeof(tests[0]));
}
