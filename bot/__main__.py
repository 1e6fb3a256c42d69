"""``python -m bot``: the bot process, from the environment's settings."""

from __future__ import annotations

import os
import sys

from paperlark import log, settings
from paperlark.errors import PaperlarkError
from paperlark.render.escape import plain
from paperlark.store.connection import connect


def main() -> int:
    """Be the bot; its exit code. What keeps it from starting is one sentence on stderr."""
    from bot import app  # noqa: PLC0415  (imports every library of the chats)

    try:
        chosen = settings.load(os.environ)
        log.configure(chosen.log.level, chosen.log.format)
        with connect(chosen.url, chosen.data_dir(os.environ)) as connection:
            app.run(chosen, connection)
    except PaperlarkError as error:
        sys.stderr.write(f"paperlark: {plain(str(error))}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
