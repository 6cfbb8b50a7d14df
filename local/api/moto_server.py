"""Runs moto's server, prints its endpoint on the first line, and ends with the parent process.

`moto_server.py [endpoint]`: the endpoint of a gateway in front of this server. The gateway runs functions and jobs.
moto checks no signature, so a server behind a gateway listens on a socket file that only this user can open. A server
without a gateway listens on a free port.
"""

import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import urllib.parse

import moto.backends
import moto_uploads
from moto.moto_server import werkzeug_app
from werkzeug.serving import BaseWSGIServer, make_server


def end_with_parent(folder: str | None) -> None:
    """Ends this process when standard input closes. The parent holds its other end, and loses it even when killed."""
    sys.stdin.buffer.read()
    end(folder)


def end(folder: str | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def spare_work() -> None:
    """moto lists its folders for each request, and writes a line that nobody reads."""
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def answer_no_web_page() -> None:
    """moto lets the scripts of every web page read its answers."""
    werkzeug_app.DISABLE_GLOBAL_CORS = True


# A socket file refuses a connection while so many others wait. A port would let it wait as well.
_WAITING_CONNECTIONS = 4096


def listen(host: str, port: int = 0) -> BaseWSGIServer:
    BaseWSGIServer.request_queue_size = _WAITING_CONNECTIONS
    app = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)
    return make_server(host, port, app, threaded=True)


def main() -> None:
    endpoint = sys.argv[1] if len(sys.argv) > 1 else None
    # `mkdtemp` gives the folder to this user alone.
    folder = None if endpoint is None else tempfile.mkdtemp(prefix="aws-api-")
    signal.signal(signal.SIGTERM, lambda *_: end(folder))
    # Ctrl-C goes to the parent, too. The parent still needs this server to end its jobs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, args=(folder,), daemon=True).start()
    spare_work()
    answer_no_web_page()
    moto_uploads.apply()
    if endpoint is None:
        server = listen("127.0.0.1")
        print(f"http://127.0.0.1:{server.port}", flush=True)
    else:
        # moto's own state machines send their calls to this port.
        os.environ["MOTO_PORT"] = endpoint.rsplit(":", 1)[1]
        import moto_patches

        moto_patches.apply(endpoint)
        socket_file = os.path.join(folder, "moto.sock")
        server = listen(f"unix://{socket_file}")
        print(f"unix:{urllib.parse.quote(socket_file)}", flush=True)
    server.serve_forever()


main()
