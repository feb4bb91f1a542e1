"""What a text says of its origin, and what it names."""
