// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka.h"

jmp_buf *plain_failed;
