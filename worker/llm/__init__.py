"""Scoring by a language model: no paper lost, no cent past the budget."""
