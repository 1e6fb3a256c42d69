"""Everything kept about a reader, of all their subscription once was: handed out, or erased."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.readers.altering import topics_of
from paperlark.profile import is_own
from paperlark.render import figures
from paperlark.render.words import called

if TYPE_CHECKING:
    from bot.readers.office import Office, Reader
    from paperlark.subscription import Subscription
    from paperlark.vote import Vote

_log: Final = structlog.get_logger(__name__)


def said(office: Office, reader: Reader) -> str:
    """What there is, as a clause: ``3 votes, saved papers, the subscription and what was sent``."""
    lives = office.lives(reader)
    number = sum(len(office.store.votes.votes_of(each.voter)) for each in lives)
    own = "your topics and their digests, " if any(is_own(each.profile) for each in lives) else ""
    return f"{figures.many(number, 'vote')}, saved papers, {own}the subscription and what was sent"


def erase(office: Office, reader: Reader) -> None:
    """Forget all of it; links of old mails then mean nobody. Interrupted, it can be done again."""
    store = office.store
    for life in office.lives(reader)[::-1]:
        store.votes.forget_of(life.voter)
        store.saved.forget_of(life.voter)
        if life.id:
            store.readers.forget(life.key, life.id)
            store.erase_own(life.profile)
            office.unqueue(life.id)
            _log.info("reader erased", profile=called(life.profile))


def as_json(office: Office, reader: Reader) -> str:
    """All of it as an indented JSON object; empty lists where everything was erased."""
    own, store, lives = reader.subscription, office.store, office.lives(reader)
    saved = {k: v for each in lives for k, v in store.saved.kept_for(each.voter).items()}
    topics = topics_of(office, reader.id) if reader.id else None
    settled = (store.subscriptions.settled(each.id) for each in lives[::-1])
    found: dict[str, Any] = {
        "schema": 1,
        "reader": reader.voter,
        "subscription": _told(own) if own else None,
        "ended": reader.id if reader.id and not own else None,
        "before": [each.id for each in lives[1:]],
        "topics": topics.source if topics else None,
        "dates": {day.isoformat(): word for days in settled for day, word in days.items()},
        "votes": [_vote(vote) for each in lives for vote in store.votes.votes_of(each.voter)],
        "saved": {paper: at.isoformat() for paper, at in saved.items()},
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _told(own: Subscription) -> dict[str, Any]:
    return {
        "target": str(own.target),
        "profile": own.profile,
        "at": f"{own.at:%H:%M}",
        "tz": own.zone,
        "days": list(own.days),
        "state": own.state,
        "since": own.since.isoformat(),
        "until": own.until.isoformat() if own.until else None,
        "confirmed": own.made_at.isoformat() if own.made_at else None,
    }


def _vote(vote: Vote) -> dict[str, Any]:
    return {
        "at": vote.at.isoformat(),
        "paper": vote.paper,
        "verdict": int(vote.verdict),
        "door": vote.door,
        "digest": vote.digest.isoformat() if vote.digest else None,
        "rank": vote.rank,
        "score": vote.score,
    }
