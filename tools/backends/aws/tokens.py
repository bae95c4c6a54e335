"""ClientToken as EC2 keeps it: the same token with the same parameters is the same call, with others it is an error."""

import re
import threading

IDEMPOTENT = {"RunInstances", "CreateFleet", "CreateLaunchTemplate", "CreateLaunchTemplateVersion", "CreateVolume",
              "RequestSpotInstances", "AllocateHosts", "CreateCapacityReservation"}


class Tokens:
    def __init__(self, app):
        self.app = app
        self.done = {}
        self.locks = {}
        self.guard = threading.Lock()

    def forget(self):
        with self.guard:
            self.done.clear()

    def __call__(self, call):
        token = call.form.get("ClientToken")
        if not token or call.action not in IDEMPOTENT:
            return self.app(call)
        key = (call.region, call.action, token)
        with self.guard:
            lock = self.locks.setdefault(key, threading.Lock())
        with lock:  # of two racing calls with one token, one creates and the other reads
            if key in self.done:
                before, reply = self.done[key]
                if before == call.form:
                    return reply
                return call.error(400, "IdempotentParameterMismatch",
                                  "The client token was used before, with other parameters")
            reply = self.app(call)
            if reply.ok:
                self.done[key] = (call.form, reply)
            return reply
