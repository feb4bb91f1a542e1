"""A first, small version."""

import json


def problem(status, detail, *, kind="", root="/", accept=None, **more):
    return {"Content-Type": "application/problem+json"}, (
        json.dumps({"type": f"{root}problems#{kind}", "status": status, "detail": detail}) + "\n"
    ).encode()
