"""Pages that nobody would write: what must hold for each of them, and a search for one where it does not."""
