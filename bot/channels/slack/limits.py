"""Slack's limits, in characters unless said otherwise; `text` measures as the strictest reading.

Sources: docs.slack.dev, reference/block-kit (blocks, block-elements, composition-objects) and
reference/views; the total stands on no page and was measured by others (bolt-js issue 2509).
"""

from __future__ import annotations

from typing import Final

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
TOTAL: Final = 12_000
"""All texts of a message, every block counted as `BLOCK_COST` besides; refused from 13,200."""
BLOCK_COST: Final = 125
HEADER: Final = 150
TEXT: Final = 3_000
"""A text object of a section or a context."""
CONTEXT_ELEMENTS: Final = 10
ACTIONS: Final = 25
BUTTON: Final = 75
VALUE: Final = 2_000
LABEL: Final = 75
"""A button's accessibility label."""
IDENTIFIER: Final = 255
"""An action_id or a block_id; each is unique in a message."""
OPTION: Final = 75
OPTION_VALUE: Final = 150
DESCRIPTION: Final = 75
OPTIONS: Final = 100
BOXES: Final = 10
"""Check boxes or radio buttons of one element."""
URL: Final = 3_000
INPUT: Final = 3_000
"""What a person can type into one field."""
PLACEHOLDER: Final = 150
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
FALLBACK: Final = 1_000
"""The top-level text: a notification shows far less; refused from 40,000."""
METADATA: Final = 255
"""One word in a message's metadata: our own bound, far under any of theirs."""

# Our own measures: how much of each part is shown. A page of five cards at their longest, with
# its head and its buttons, stays under `TOTAL`.
TITLE: Final = 300
NAMES: Final = 300
REASON: Final = 400
TAGS: Final = 200
ABOUT: Final = 500
"""Authors, category and what is unusual, together."""
NOTES: Final = 5
"""Sentences beside the verdict, each of `REASON`."""
