"""What is compared: the tasks, ours and each peer's way to do them, and what is made of the figures.

A module ``with_PEER`` imports its peer and the standard library and nothing of this project, because it runs in the
peer's own Python; ``ours`` is the project's.
"""
