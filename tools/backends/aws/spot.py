"""The requests behind spot instances, and their end. moto starts spot instances without a request and takes none away.

POST /_interrupt {"instance": "i-...", "noticeMs": 2000} gives notice to a spot instance and ends it after that time; 0 ends
it at once, without notice.
"""

import json
import threading
from datetime import datetime, timezone
from xml.sax.saxutils import escape

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import StateReason

from call import Reply, json_reply

TAKEN = "Server.SpotInstanceTermination"


class Spot:
    def __init__(self, app):
        self.app = app
        self.notices = {}

    def __call__(self, call):
        if call.env["PATH_INFO"] == "/_interrupt":
            return self.interrupt(json.loads(call.body))
        if call.env["PATH_INFO"] == "/moto-api/reset":
            self.notices.clear()
        if call.action == "DescribeSpotInstanceRequests":
            return self.describe(call)
        if call.action == "StopInstances":
            return self.refuse_stop(call) or self.app(call)
        return self.app(call)

    @staticmethod
    def refuse_stop(call):
        """moto stops them; EC2 does not, as there is no request that would start them again."""
        spot = {one.id for one in spot_instances(ec2_backends[DEFAULT_ACCOUNT_ID][call.region])}
        for name, value in call.form.items():
            if name.startswith("InstanceId.") and value in spot:
                return call.error(400, "UnsupportedOperation", f"You can't stop the Spot Instance '{value}' because it "
                                  "is associated with a one-time Spot Instance request.")
        return None

    def interrupt(self, asked):
        found = [(region, one) for region, backend in ec2_backends[DEFAULT_ACCOUNT_ID].items()
                 for one in spot_instances(backend) if one.id == asked["instance"]]
        if not found:
            return json_reply({"error": "there is no such spot instance"}, 400)
        _, instance = found[0]
        notice = asked.get("noticeMs", 120_000)
        self.notices[instance.id] = datetime.now(timezone.utc)
        threading.Timer(notice / 1000, terminate, [instance]).start()
        return json_reply({"instance": instance.id, "noticeMs": notice})

    def describe(self, call):
        wanted = filters(call.form)
        requests = [self.request_of(one) for one in spot_instances(ec2_backends[DEFAULT_ACCOUNT_ID][call.region])]
        for name, values in wanted.items():
            key = {"status-code": "code", "instance-id": "instance"}.get(name)
            if key is None:
                return call.error(400, "InvalidParameterValue", f"The filter '{name}' is invalid")
            requests = [one for one in requests if one[key] in values]
        items = "".join(
            f"<item><spotInstanceRequestId>{one['id']}</spotInstanceRequestId><state>{one['state']}</state>"
            f"<status><code>{one['code']}</code><updateTime>{one['time']}</updateTime></status>"
            f"<instanceId>{escape(one['instance'])}</instanceId><type>one-time</type></item>"
            for one in requests
        )
        text = (
            '<DescribeSpotInstanceRequestsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<spotInstanceRequestSet>{items}</spotInstanceRequestSet></DescribeSpotInstanceRequestsResponse>"
        )
        return Reply(200, "text/xml;charset=UTF-8", text.encode())

    def request_of(self, instance):
        gone = instance.state == "terminated"
        noticed = self.notices.get(instance.id)
        taken = "instance-terminated-no-capacity" if noticed else "instance-terminated-by-user"
        time = noticed or datetime.now(timezone.utc)
        return {
            "id": instance.id.replace("i-", "sir-"),
            "instance": instance.id,
            "state": "closed" if gone else "active",
            "code": taken if gone else "marked-for-termination" if noticed else "fulfilled",
            "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }


def spot_instances(backend):
    return [one for reservation in list(backend.reservations.values()) for one in reservation.instances
            if one.lifecycle == "spot"]


def terminate(instance):
    if instance.state != "terminated":
        instance.terminate()
        instance.state_reason = StateReason(f"{TAKEN}: Spot instance termination", TAKEN)


def filters(form):
    """Filter.1.Name, Filter.1.Value.1 and so on, as names and their values."""
    names = {key.split(".")[1]: value for key, value in form.items() if key.startswith("Filter.") and key.endswith(".Name")}
    return {
        name: [value for key, value in form.items() if key.startswith(f"Filter.{number}.Value.")]
        for number, name in names.items()
    }
