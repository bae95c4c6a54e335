"""main.py PORT: an EC2 API on the loopback.

moto keeps the instances. Around it, from the outside in: `faults` answers for it when a test asked for that, `tokens`
makes a repeated call with one ClientToken be one call, `spot` keeps the requests behind spot instances and takes them away,
`manners` makes its requests and replies look like EC2's.
"""

import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

from faults import Faults
from manners import Manners
from spot import Spot
from tokens import Tokens


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1, so that clients keep their connections, and no line in the log for each request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


if __name__ == "__main__":
    app = Faults(Tokens(Spot(Manners(DomainDispatcherApplication(create_backend_app)))))
    run_simple("127.0.0.1", int(sys.argv[1]), app.wsgi, threaded=True, request_handler=QuietHandler)
