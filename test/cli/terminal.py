"""Runs a command on a terminal of its own, and passes on what it shows.

The first word is what it waits for: once the terminal has shown that, the command gets a SIGINT ("-": never).
"""

import os
import pty
import signal
import sys

awaited = sys.argv[1].encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

shown = b""
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    os.write(1, chunk)
    shown += chunk
    if awaited != b"-" and awaited in shown:
        awaited = b"-"
        os.kill(pid, signal.SIGINT)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
