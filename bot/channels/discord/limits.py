"""Discord's limits, in characters unless said otherwise; `text` measures as the strictest reading.

Sources: discord.com/developers/docs: resources/message, components/reference, topics/rate-limits,
interactions/receiving-and-responding; the total of Components V2 stands in docs.discord.food,
resources/components.
"""

from __future__ import annotations

from typing import Final

CONTENT: Final = 2_000
COMPONENTS: Final = 40
"""Components of one message, those within others counted."""
TOTAL: Final = 4_000
"""All texts of a message of components."""
ROW: Final = 5
"""Buttons of a row."""
SECTION: Final = 3
"""Texts beside one button."""
CUSTOM_ID: Final = 100
"""A button's own name, unique in a message."""
LABEL: Final = 80
URL: Final = 512
EMBEDS: Final = 10
EMBED_TOTAL: Final = 6_000
"""All texts of all embeds of a message."""
EMBED_TITLE: Final = 256
EMBED_DESCRIPTION: Final = 4_096
EMBED_AUTHOR: Final = 256
EMBED_FOOTER: Final = 2_048
MODAL_TITLE: Final = 45
MODAL_PARTS: Final = 5
FIELD_LABEL: Final = 45
FIELD_HINT: Final = 100
INPUT: Final = 4_000
"""What a person can type into one field."""
OPTIONS: Final = 25
OPTION: Final = 100
"""An option's label, its value, or its description."""
CHOICES: Final = 25
"""Suggestions while somebody types."""
THREAD: Final = 100
"""A thread's name."""
NONCE: Final = 25

V2: Final = 1 << 15
"""The flag of a message of components."""
EPHEMERAL: Final = 1 << 6
"""The flag of an answer that only the asker sees."""
NOBODY: Final[dict[str, list[str]]] = {"parse": []}
"""Whom a message of ours may call."""
COLOUR: Final = 0xA9430B

# Our own measures: how much of each part is shown.
HEADER: Final = 150
TITLE: Final = 300
NAMES: Final = 200
REASON: Final = 400
TAGS: Final = 150
PROFILE: Final = 64
NOTES: Final = 5
