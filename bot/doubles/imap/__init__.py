"""A mailbox on this machine, read by IMAP, for tests."""
