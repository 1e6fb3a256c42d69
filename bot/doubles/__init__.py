"""Loopback doubles of the chat services: what tests, demonstrations and benchmarks talk to."""
