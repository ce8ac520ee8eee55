"""Matplotlib's cache, found and filled before a kernel does it: that would say so on its page.

Where the home cannot be written to, matplotlib takes a temporary folder, warns, and puts it into
the environment, which the kernels inherit; where the cache is new, it takes seconds, and warns too.
"""

import logging


def prepare():
    """Import what looks for the cache and fills it; its warnings are of no interest here."""
    logger = logging.getLogger("matplotlib")
    level, logger.level = logger.level, logging.ERROR
    try:
        from matplotlib import font_manager  # noqa: F401
    finally:
        logger.level = level
