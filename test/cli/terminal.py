"""Runs a command on its own terminal and prints the terminal's output.

The first argument is a text: once the terminal shows it, the command gets a SIGINT. "-" sends no signal.

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
