"""Discord on loopback: its REST interface, its gateway, its limits and its faults."""

from bot.doubles.discord.double import DiscordDouble

__all__ = ["DiscordDouble"]
