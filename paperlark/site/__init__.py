"""The pages of the archive: from a path to bytes, whoever asks.

The bot's small server answers requests with it; what writes a folder of files can do the same.
Nothing here knows HTTP beyond a status and a content type.
"""

from paperlark.site.answers import Answer
from paperlark.site.site import Site

__all__ = ["Answer", "Site"]
