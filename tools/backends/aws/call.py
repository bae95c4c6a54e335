"""One call of the API and one reply, as plain values that each layer may read and change."""

import io
import json
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Reply:
    status: int
    kind: str
    body: bytes
    headers: tuple = ()

    @property
    def ok(self):
        return self.status < 400


@dataclass(frozen=True)
class Call:
    env: dict
    body: bytes
    form: dict = field(default_factory=dict)

    @staticmethod
    def read(env):
        body = env["wsgi.input"].read(int(env.get("CONTENT_LENGTH") or 0))
        form = dict(parse_qsl(body.decode("latin1"), keep_blank_values=True)) if b"Action=" in body else {}
        return Call(env, body, form)

    @property
    def action(self):
        """RunInstances, for the query protocol of EC2 and for the JSON protocols of its neighbours."""
        return self.form.get("Action") or self.env.get("HTTP_X_AMZ_TARGET", "").split(".")[-1]

    @property
    def region(self):
        scope = self.env.get("HTTP_AUTHORIZATION", "").split("/")
        return scope[2] if len(scope) > 2 else ""

    def with_form(self, **changes):
        form = {**self.form, **changes}
        return replace(self, form=form, body=urlencode(form).encode())

    def without_form(self, name):
        form = {key: value for key, value in self.form.items() if key != name}
        return replace(self, form=form, body=urlencode(form).encode())

    def environ(self):
        return {**self.env, "wsgi.input": io.BytesIO(self.body), "CONTENT_LENGTH": str(len(self.body))}

    def error(self, status, code, message):
        """An error in the shape that the caller's protocol has for it."""
        if self.form:
            text = (
                '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
                f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
                "</Error></Errors><RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>"
            )
            return Reply(status, "text/xml;charset=UTF-8", text.encode())
        return json_reply({"__type": code, "message": message}, status)


def json_reply(value, status=200):
    return Reply(status, "application/json", json.dumps(value).encode())
