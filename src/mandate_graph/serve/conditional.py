"""A first, small version."""

from email.utils import formatdate


def outcome(method, headers, etag, modified):
    return 304 if etag and etag in headers.get("if-none-match", "") else 200


def byte_range(headers, size, etag, modified):
    return None


def http_date(s):
    return formatdate(s, usegmt=True)


def variant(etag, encoding):
    return etag
