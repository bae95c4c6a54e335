"""Where moto is kinder or looser than EC2, and what it says differently."""

import calendar
import re
import time

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.ec2.utils import filter_dict_attribute_mapping

from call import Reply

# Filters that EC2 has and moto refuses.
filter_dict_attribute_mapping.update({"client-token": "client_token", "instance-lifecycle": "lifecycle"})
# How large the disks of moto's images are.
IMAGE_GIB = "8"
# What moto writes for an instance that was launched without a token.
NO_TOKEN = b"<clientToken>ABCDE</clientToken>"

# moto writes some times with a blank, without a zone or with microseconds; strict clients refuse those.
XML_TIME = re.compile(rb">(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(Z|\+00:00)?(?=<)")
# The JSON protocols send seconds since 1970, moto sends text.
JSON_TIME = re.compile(
    rb'"(createdAt|modifiedAt|RequestedDateTime|ExpiresAfter)": *"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:00)?"'
)


def xml_time(found):
    millis = (found[3] or b".000")[:4].ljust(4, b"0")
    return b">" + found[1] + b"T" + found[2] + millis + b"Z"


def json_time(found):
    text = (found[2] + b" " + found[3]).decode()
    return b'"%s": %d' % (found[1], calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S")))


class Manners:
    def __init__(self, app):
        self.app = app

    def __call__(self, call):
        if call.action == "RunInstances":
            problem = self.bad_counts(call)
            if problem:
                return problem
            # EC2 launches as many as it can up to MaxCount; moto launches MinCount.
            call = call.with_form(MinCount=call.form["MaxCount"], **self.type_of_template(call), **self.disk_sizes(call))
        if call.action in ("CreateTags", "DeleteTags"):
            problem = self.unknown_instance(call)
            if problem:
                return problem
        return self.polite(call, self.ask(call))

    @staticmethod
    def unknown_instance(call):
        """moto keeps tags of instances that it does not know."""
        known = {one.id for reservation in list(ec2_backends[DEFAULT_ACCOUNT_ID][call.region].reservations.values())
                 for one in reservation.instances}
        for name, value in call.form.items():
            if name.startswith("ResourceId.") and value.startswith("i-") and value not in known:
                return call.error(400, "InvalidInstanceID.NotFound", f"The instance ID '{value}' does not exist")
        return None

    @staticmethod
    def bad_counts(call):
        for name in ("MinCount", "MaxCount"):
            if not call.form.get(name, "").isdigit() or int(call.form[name]) < 1:
                return call.error(400, "MissingParameter" if name not in call.form else "InvalidParameterValue",
                                  f"The request must contain the parameter {name}, a whole number above 0")
        if int(call.form["MinCount"]) > int(call.form["MaxCount"]):
            return call.error(400, "InvalidParameterValue", "MinCount is greater than MaxCount")
        return None

    @staticmethod
    def type_of_template(call):
        """The instance type that a launch template gives to a call that names none; moto takes m1.small."""
        names = {"LaunchTemplate.LaunchTemplateId", "LaunchTemplate.LaunchTemplateName"} & set(call.form)
        if "InstanceType" in call.form or not names:
            return {}
        wanted = {name.split(".")[1]: call.form[name] for name in [*names, "LaunchTemplate.Version"] if name in call.form}
        try:
            version = ec2_backends[DEFAULT_ACCOUNT_ID][call.region]._get_template_from_args(wanted)
        except Exception:  # an unknown template: moto finds the same and words the error
            return {}
        return {"InstanceType": version.data["InstanceType"]} if "InstanceType" in version.data else {}

    @staticmethod
    def disk_sizes(call):
        """A disk that is given no size is as large as its image's; moto refuses the call."""
        ebs = {name.rsplit(".", 1)[0] for name in call.form if re.match(r"BlockDeviceMapping\.\d+\.Ebs\.", name)}
        sized = {name.rsplit(".", 1)[0] for name in call.form if name.endswith((".Ebs.VolumeSize", ".Ebs.SnapshotId"))}
        return {f"{one}.VolumeSize": IMAGE_GIB for one in ebs - sized}

    def ask(self, call):
        seen = {}

        def start(status, headers, _=None):
            seen.update(status=int(status.split()[0]), headers=headers)

        try:
            chunks = self.app(call.environ(), start)
            body = b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()
        except NotImplementedError as cause:
            return call.error(501, "NotImplemented", f"moto: {cause}")
        headers = {name.lower(): value for name, value in seen["headers"]}
        return Reply(seen["status"], headers.get("content-type", "text/xml"), body)

    @staticmethod
    def polite(call, reply):
        if not reply.ok and reply.body.lstrip()[:9].lower() == b"<!doctype":
            return call.error(501, "NotImplemented", f"moto: answered {reply.status} without saying why")
        body = JSON_TIME.sub(json_time, XML_TIME.sub(xml_time, reply.body))
        body = body.replace(NO_TOKEN, b"<clientToken></clientToken>")
        return Reply(reply.status, reply.kind, body)
