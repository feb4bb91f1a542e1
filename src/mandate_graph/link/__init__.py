"""Proposals: things of ours matched against other people's vocabularies, for a person to decide."""
