"""A Matrix homeserver on loopback: its client-server API, its limits and its faults."""

from bot.doubles.matrix.double import MatrixDouble

__all__ = ["MatrixDouble"]
