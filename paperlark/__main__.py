"""``python -m paperlark``: the command line."""

from paperlark.cli import main

main()
