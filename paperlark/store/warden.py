"""The warden of an embedded server: stops it when its last user was killed and could not.

The server's parent, a process that runs by itself: ``python -I -S warden.py PID`` in the data
folder. It knows nothing of paperlark and imports little, for it is there as long as the server: one
look a second, nine megabytes. It holds the server's lock with it, so that the next server, which
brings a warden of its own, waits for the end of both.

It keeps open what it looks at: of a data folder that has been deleted it still sees the last user
go, and it ends its own child by number, never whoever listens at that address by now.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from typing import Final, NoReturn

PACE_S: Final = 1.0
"""So long a server may outlive its last user, and a little more."""
FAREWELL_S: Final = 10.0
"""How long the door is kept shut for a server that is told to end."""


def main(server: int) -> NoReturn:
    """Watch until the server, a child of this process of that number, ends; then end too."""
    signal.signal(signal.SIGCHLD, lambda *_: _follow(server))
    _follow(server)  # it may have ended before anybody listened
    try:
        gate = os.open("start.lock", os.O_RDWR)
        users = os.open("users.lock", os.O_RDWR)
    except FileNotFoundError:  # the folder has been deleted: nobody can come any more
        os.kill(server, signal.SIGKILL)
        raise
    while True:
        time.sleep(PACE_S)
        _look(server, gate, users)


def _follow(server: int) -> None:
    """End with the server."""
    if os.waitpid(server, os.WNOHANG)[0]:
        sys.exit()


def _look(server: int, gate: int, users: int) -> None:
    """End the server if it has no user. Nobody comes or goes while the gate is held."""
    fcntl.flock(gate, fcntl.LOCK_EX)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        # One that ends in good order takes its socket away: of a folder made anew, another's.
        deleted = os.fstat(users).st_nlink == 0
        os.kill(server, signal.SIGKILL if deleted else signal.SIGTERM)
        time.sleep(FAREWELL_S)  # its end interrupts this, and everything
        fcntl.flock(users, fcntl.LOCK_UN)
    finally:
        fcntl.flock(gate, fcntl.LOCK_UN)


if __name__ == "__main__":
    main(int(sys.argv[1]))
