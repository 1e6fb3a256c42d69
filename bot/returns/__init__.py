"""Mail that comes back: bounces, complaints, requests to leave, and what becomes of each."""
