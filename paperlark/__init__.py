"""paperlark: the day's new arXiv papers, ranked for a research group, where it already talks."""

__version__ = "0.1.0"
