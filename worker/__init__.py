"""Paper side of paperlark: fetch, rank and publish. Synchronous throughout."""
