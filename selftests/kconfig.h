/* SPDX-License-Identifier: GPL-2.0-only */
/* What the running kernel was configured with. */
#ifndef MNTPROP_TEST_KCONFIG_H
#define MNTPROP_TEST_KCONFIG_H

#include <stdbool.h>

/* Whether $MNTPROP_CONFIG, or a file where distributions put it, tells. */
bool kconfig_known(void);

/* Whether @symbol (without CONFIG_) is y; dies if that is not known. */
bool kconfig_has(const char *symbol);

#endif
