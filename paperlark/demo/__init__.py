"""What `paperlark demo` and the tests stand on: made-up papers, and an arXiv on loopback."""
