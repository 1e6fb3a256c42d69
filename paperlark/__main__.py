"""``python -m paperlark``: the command line."""

import sys


def run() -> None:
    """Start the command line; Ctrl-C while it is still being loaded ends quietly."""
    try:
        from paperlark.cli import main  # noqa: PLC0415  (loading is what may be interrupted)
    except KeyboardInterrupt:
        sys.exit(130)
    main()


if __name__ == "__main__":
    run()
