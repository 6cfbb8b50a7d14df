"""Runs LocalStack on a free port, prints its endpoint on the first line, and ends with the parent process.

`localstack_server.py endpoint`: the endpoint of a gateway in front of this server. The gateway runs functions and jobs.
The environment has the gateway's keys, and `DEMAND_SERVER_TOKEN`, without which this server answers no request.
"""

import os
import socket
import sys
import tempfile
import threading


def end_with_parent() -> None:
    """Ends this process when standard input closes. The parent holds its other end, and loses it even when killed."""
    sys.stdin.buffer.read()
    os._exit(0)


def free_port() -> int:
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


def settings(port: int) -> dict[str, str]:
    """Returns environment variables. LocalStack reads them at import.

    https://docs.localstack.cloud/references/configuration/
    """
    return {
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        # Without it, LocalStack in a container or a virtual machine treats the machine as its own and empties a
        # shared folder.
        "OVERRIDE_IN_DOCKER": "0",
        "FILESYSTEM_ROOT": tempfile.gettempdir(),
        # LocalStack makes no calls to the internet.
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DNS_ADDRESS": "0",
        # LocalStack looks supported types up online. With this setting an unsupported resource has the id "unknown".
        "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "1",
        # No web page may read an answer.
        "DISABLE_CORS_HEADERS": "1",
        "AWS_DEFAULT_REGION": "us-west-2",
    }


def say_when_ready(port: int, output) -> None:
    from localstack.runtime import events

    events.infra_ready.wait()
    print(f"http://127.0.0.1:{port}", file=output, flush=True)


def main(endpoint: str) -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    port = free_port()
    os.environ.update(settings(port))
    # Standard output carries only the endpoint; LocalStack's own output goes to standard error.
    output, sys.stdout = sys.stdout, sys.stderr

    import localstack_access
    import localstack_patches
    from localstack.runtime.main import main as run

    localstack_access.apply(os.environ["DEMAND_SERVER_TOKEN"], port)
    localstack_patches.apply(endpoint)
    threading.Thread(target=say_when_ready, args=(port, output), daemon=True).start()
    run()


main(sys.argv[1])
