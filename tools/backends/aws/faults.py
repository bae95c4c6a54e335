"""Faults on demand, for tests of what a client does when the real thing goes wrong.

POST /_faults adds one, or a list of them:
  {"action": "RunInstances",            which calls ("*" is any)
   "match": {"InstanceType": "m5.large"},  and of those, the ones with these form parameters
   "region": "us-east-1",               and in this region alone
   "kind": "error",                     or "drop" (no reply, nothing done), "drop-reply" (done, but no reply), "delay",
                                        "delay-reply" (done at once, told late), "stale" (what the same question was
                                        answered the last time, nothing the first time), "empty-page" (a page of nothing, with a next one)
   "code": "InsufficientInstanceCapacity", "status": 500, "message": "...",   for "error"
   "retryAfter": 3,                     seconds to wait before the next try, for "error"
   "delayMs": 0,                        before anything else, and for "delay-reply" before the reply
   "skip": 0,                           how many such calls go well first
   "times": 1}                          and how many then meet it
`status` and `message` may be left out for the codes below. GET lists what is still to come and how many were met,
DELETE takes all away; both of one region's alone with ?region=us-east-1. POST /_reset empties the account too. GET /_health answers when the server does.
"""

import json
import socket
import threading
import time
from collections import Counter
from dataclasses import replace
from urllib.parse import parse_qs

from call import Call, Reply, json_reply

KNOWN = {
    "RequestLimitExceeded": (503, "Request limit exceeded."),
    "Throttling": (400, "Rate exceeded"),
    "InsufficientInstanceCapacity": (500, "We currently do not have sufficient capacity in the Availability Zone you requested."),
    "InsufficientHostCapacity": (500, "Insufficient capacity on the host."),
    "SpotMaxPriceTooLow": (400, "Your Spot request price is lower than the minimum required."),
    "MaxSpotInstanceCountExceeded": (400, "Max spot instance count exceeded"),
    "InstanceLimitExceeded": (400, "You have requested more instances than your current instance limit."),
    "VcpuLimitExceeded": (400, "You have requested more vCPU capacity than your current vCPU limit."),
    "UnauthorizedOperation": (403, "You are not authorized to perform this operation."),
    "AuthFailure": (401, "AWS was not able to validate the provided access credentials"),
    "RequestExpired": (400, "Request has expired."),
    "InternalError": (500, "An internal error has occurred."),
    "Unavailable": (503, "The service is temporarily unavailable."),
}
KINDS = ("error", "drop", "drop-reply", "delay", "delay-reply", "stale", "empty-page")
FIELDS = {"action", "match", "region", "kind", "code", "status", "message", "retryAfter", "delayMs", "skip", "times"}
# What an empty page gives as the token of the next one, which is then the first.
FIRST_PAGE = "first-page"


class Dropped(Exception):
    """The connection ends without a reply."""


class Faults:
    def __init__(self, tokens):
        self.tokens = tokens
        self.waiting = []
        self.met = Counter()
        self.answers = {}
        self.lock = threading.Lock()

    def wsgi(self, env, start):
        call = Call.read(env)
        try:
            reply = self.own(call) or self.answer(call)
        except Dropped:
            # The client sees its connection close before a byte of the reply.
            env["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionError("reply dropped on demand") from None
        headers = [("Content-Type", reply.kind), ("Content-Length", str(len(reply.body))), *reply.headers]
        start(f"{reply.status} {'OK' if reply.ok else 'Error'}", headers)
        return [reply.body]

    def own(self, call):
        method, path = call.env["REQUEST_METHOD"], call.env["PATH_INFO"]
        if path == "/_health":
            return json_reply({"ok": True})
        if path == "/_reset" and method == "POST":
            self.forget(None)
            self.answers.clear()
            self.tokens.forget()
            return self.tokens(Call({**call.env, "PATH_INFO": "/moto-api/reset", "HTTP_HOST": "localhost"}, b""))
        if path != "/_faults":
            return None
        if method == "POST":
            return self.add(call)
        region = parse_qs(call.env.get("QUERY_STRING", "")).get("region", [None])[0]
        if method == "DELETE":
            self.forget(region)
        with self.lock:
            waiting = [one for one in self.waiting if region in (None, one["region"])]
            return json_reply({"waiting": waiting, "met": self.met[region] if region else self.met.total()})

    def forget(self, region):
        """Takes away a region's faults, or all."""
        with self.lock:
            self.waiting = [one for one in self.waiting if region not in (None, one["region"])]
            self.met = Counter({name: count for name, count in self.met.items() if region not in (None, name)})

    def add(self, call):
        try:
            asked = json.loads(call.body)
            new = [checked(fault) for fault in (asked if isinstance(asked, list) else [asked])]
        except (ValueError, TypeError) as cause:
            return json_reply({"error": str(cause)}, 400)
        with self.lock:
            self.waiting = self.waiting + new
        return json_reply({"added": len(new)})

    def take(self, call):
        """The first fault that this call meets, counted down."""
        with self.lock:
            for fault in self.waiting:
                if fault["action"] not in ("*", call.action):
                    continue
                if fault["region"] not in (None, call.region):
                    continue
                if any(call.form.get(name) != value for name, value in fault["match"].items()):
                    continue
                if fault["skip"] > 0:
                    fault["skip"] -= 1
                    continue
                fault["times"] -= 1
                self.met[call.region] += 1
                self.waiting = [it for it in self.waiting if it["times"] > 0]
                return fault
        return None

    def answer(self, call):
        if call.form.get("NextToken") == FIRST_PAGE:
            return self.ask(call.without_form("NextToken"))
        fault = self.take(call) if call.action else None
        if fault is None:
            return self.ask(call)
        if fault["kind"] != "delay-reply":
            time.sleep(fault["delayMs"] / 1000)
        return getattr(self, fault["kind"].replace("-", "_"))(call, fault)

    def ask(self, call):
        """What the account says, kept for those who are to be shown it once more."""
        reply = self.tokens(call)
        if call.action.startswith("Describe"):
            self.answers[question(call)] = reply
        return reply

    def error(self, call, fault):
        headers = (("Retry-After", str(fault["retryAfter"])),) if "retryAfter" in fault else ()
        return replace(call.error(fault["status"], fault["code"], fault["message"]), headers=headers)

    def drop(self, call, fault):
        raise Dropped

    def drop_reply(self, call, fault):
        self.ask(call)
        raise Dropped

    def delay(self, call, fault):
        return self.ask(call)

    def delay_reply(self, call, fault):
        reply = self.ask(call)
        time.sleep(fault["delayMs"] / 1000)
        return reply

    def stale(self, call, fault):
        return self.answers.get(question(call)) or page(call)

    def empty_page(self, call, fault):
        return page(call, FIRST_PAGE)


def question(call):
    return (call.region, tuple(sorted(call.form.items())))


def page(call, next_token=None):
    """A page of nothing, in the shape that lists of EC2 have."""
    token = f"<nextToken>{next_token}</nextToken>" if next_token else ""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{call.action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        f"<requestId>00000000-0000-4000-8000-000000000000</requestId>{token}</{call.action}Response>"
    )
    return Reply(200, "text/xml;charset=UTF-8", text.encode())


def checked(fault):
    """The fault with every field filled in, or a ValueError: a misspelt fault would be a test that passes on nothing."""
    unknown = set(fault) - FIELDS
    kind = fault.get("kind", "error" if "code" in fault else "delay")
    if unknown or kind not in KINDS or "action" not in fault:
        raise ValueError(f"bad fault {fault}: fields are {sorted(FIELDS)}, kinds are {KINDS}")
    if kind == "error" and "code" not in fault:
        raise ValueError("an error needs a code")
    status, message = KNOWN.get(fault.get("code"), (400, "asked for by a test"))
    return {"match": {}, "region": None, "delayMs": 0, "skip": 0, "times": 1, "status": status, "message": message, **fault, "kind": kind}
