"""moto's server on a free port of this machine; it says which on a line of its own, and ends with its parent.

`moto_server.py [endpoint]`: who answers at that endpoint stands before this server, and runs functions and jobs.
"""

import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def end_with_parent() -> None:
    """The parent holds the other end of standard input, and a killed one lets go of it as well."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    if len(sys.argv) > 1:
        # moto's own state machines call everything there.
        os.environ["MOTO_PORT"] = sys.argv[1].rsplit(":", 1)[1]
        import moto_patches

        moto_patches.apply(sys.argv[1])
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


main()
