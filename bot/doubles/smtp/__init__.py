"""A submission server on loopback: STARTTLS, AUTH, and whatever can go wrong at each step."""
