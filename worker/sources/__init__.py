"""Where announcements come from: one package a source, and the documents they all read."""
