"""Keeps LocalStack's port for the gateway and for LocalStack itself: LocalStack checks no signature."""

import hmac
from urllib.parse import urlsplit

from botocore.httpsession import URLLib3Session
from localstack.aws.app import LocalstackAwsGateway

# The gateway sends it, too: localstack-server.ts.
_HEADER = "x-demand-server-token"


def apply(token: str, port: int) -> None:
    """Applies both patches. Only a sender that knows `token` gets an answer at `port`."""
    _refuse_others(token)
    _send_token(token, port)


def _refuse_others(token: str) -> None:
    create = LocalstackAwsGateway.__init__

    def refuse(chain, context, response) -> None:
        given = context.request.headers.get(_HEADER, "")
        if not hmac.compare_digest(given.encode(), token.encode()):
            chain.respond(403, {"message": "Only the gateway may send requests to this server"})
            chain.terminate()

    def create_guarded(self, *args, **kwargs) -> None:
        create(self, *args, **kwargs)
        self.request_handlers.insert(0, refuse)

    LocalstackAwsGateway.__init__ = create_guarded


def _send_token(token: str, port: int) -> None:
    """LocalStack's services call each other through this port."""
    send = URLLib3Session.send

    def send_with_token(self, request):
        if urlsplit(request.url).port == port:
            request.headers[_HEADER] = token
        return send(self, request)

    URLLib3Session.send = send_with_token
