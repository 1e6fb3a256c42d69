"""Slack on loopback: its methods, its sockets, its limits and its faults."""

from bot.doubles.slack.double import SlackDouble

__all__ = ["SlackDouble"]
