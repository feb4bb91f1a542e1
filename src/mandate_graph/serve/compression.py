"""A first, small version."""

import zlib


def worthwhile(media, size):
    return size is None or size > 1000
