#!/usr/bin/env python3
"""Verifies the hashes of an organization's events, one JSON object a line, in their order, on standard input.

The lines are those of GET /v1/events?organization_id=..., or of its audit log exported as jsonl. Prints what is wrong;
the exit code is 1 then, or where there is no event at all.
"""
import hashlib
import json
import sys


class Digits(str):
    """A number as it is shown."""


def canonical(value):
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    return json.dumps(value, ensure_ascii=False)


def event_of(line):
    shown = json.loads(line, parse_int=Digits, parse_float=Digits)
    if "event_id" in shown:  # an entry of the audit log
        event = {"id": shown["event_id"], "type": shown["action"]}
        same = "sequence occurred_at organization_id workspace_id actor subject request_id changes previous_hash hash"
        return event | {name: shown[name] for name in same.split()}
    return shown


previous, count, wrong = "0" * 64, 0, 0
for event in map(event_of, sys.stdin):
    if event["id"] is None:  # a refusal, which is no event
        continue
    count += 1
    before, stated = event.pop("previous_hash"), event.pop("hash")
    found = hashlib.sha256((before + "\n" + canonical(event)).encode()).hexdigest()
    if before != previous or found != stated:
        wrong += 1
        print(event["id"] + (" is not as it was written" if found != stated else " does not follow the one before"))
    previous = stated
print(f"{count} events, {wrong} wrong")
sys.exit(0 if count and not wrong else 1)
