"""LocalStack on a free port of this machine; it says which on a line of its own, and ends with its parent.

`localstack_server.py endpoint`: who answers at that endpoint stands before this server, and runs functions and jobs.
"""

import os
import socket
import sys
import tempfile
import threading


def end_with_parent() -> None:
    """The parent holds the other end of standard input, and a killed one lets go of it as well."""
    sys.stdin.buffer.read()
    os._exit(0)


def free_port() -> int:
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


def settings(port: int) -> dict[str, str]:
    """LocalStack reads them when it is imported. https://docs.localstack.cloud/references/configuration/"""
    return {
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        # In a container or a virtual machine it would take the whole machine for its own, and empty a shared folder.
        "OVERRIDE_IN_DOCKER": "0",
        "FILESYSTEM_ROOT": tempfile.gettempdir(),
        # It asks nobody, and tells nobody, anything.
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DNS_ADDRESS": "0",
        # It knows only online which types it can make; what it has passed over has the id "unknown".
        "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
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
    # What LocalStack itself says is no part of the answer.
    output, sys.stdout = sys.stdout, sys.stderr

    import localstack_patches
    from localstack.runtime.main import main as run

    localstack_patches.apply(endpoint)
    threading.Thread(target=say_when_ready, args=(port, output), daemon=True).start()
    run()


main(sys.argv[1])
