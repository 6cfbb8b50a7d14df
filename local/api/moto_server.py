"""Runs moto's server on a free port, prints its endpoint on the first line, and ends with the parent process.

`moto_server.py [endpoint]`: the endpoint of a gateway in front of this server. The gateway runs functions and jobs.
"""

import logging
import os
import sys
import threading

import moto.backends
import moto_uploads
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def end_with_parent() -> None:
    """Ends this process when standard input closes. The parent holds its other end, and loses it even when killed."""
    sys.stdin.buffer.read()
    os._exit(0)


def spare_work() -> None:
    """moto lists its folders for each request, and writes a line that nobody reads."""
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def main() -> None:
    spare_work()
    moto_uploads.apply()
    threading.Thread(target=end_with_parent, daemon=True).start()
    if len(sys.argv) > 1:
        # moto's own state machines send their calls to this port.
        os.environ["MOTO_PORT"] = sys.argv[1].rsplit(":", 1)[1]
        import moto_patches

        moto_patches.apply(sys.argv[1])
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


main()
