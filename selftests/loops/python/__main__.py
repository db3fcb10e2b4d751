# SPDX-License-Identifier: GPL-2.0-only
"""Channels in Python's event loops: selectors and asyncio."""

import sys

import loop_asyncio
import loop_selectors
import tap

sys.exit(tap.run(loop_selectors.tests() + loop_asyncio.tests()))
