"""A first, small version."""

from typing import NamedTuple


class Form(NamedTuple):
    key: str
    media: str
    profile: str = ""


def _items(h):
    out = []
    for it in h.split(","):
        n, *ps = [p.strip() for p in it.split(";")]
        q = 1.0
        for p in ps:
            if p.lower().startswith("q="):
                try:
                    q = float(p[2:])
                except ValueError:
                    q = 1.0
        out.append((n.lower(), q))
    return out


def choose(accept, offers):
    if not accept:
        return offers[0]
    its = _items(accept)
    best = None
    bw = 0
    for o in offers:
        w = 0
        s = -1
        for n, q in its:
            sp = 2 if n == o.media else 1 if n == o.media.split("/")[0] + "/*" else 0 if n == "*/*" else -1
            if sp > s:
                s = sp
                w = q
        if s >= 0 and w > bw:
            best = o
            bw = w
    return best


def languages(h, there):
    return there[0]


def encoding(h):
    return "gzip" if h and "gzip" in h else ""
