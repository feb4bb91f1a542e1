"""The server: a build on the web, for machines and people, on the IRIs of the static site.

A front process speaks HTTP (``listening``, ``app``, ``routes``, ``sending``) and never touches an engine. A keeper
holds the data of a build (``keeper``, ``holding``) and makes workers of itself (``work``, ``confined``), which the
front gives jobs to (``edition``, ``pool``, ``spool``, ``frames``). What requests mean is read by pure functions
(``protocol``, ``negotiation``, ``conditional``).
"""

from mandate_graph.serve.edition import Plan
from mandate_graph.serve.logs import AccessLog, Stderr, Teller
from mandate_graph.serve.running import Talk, serve
from mandate_graph.serve.settings import Settings, read_settings, state_folder

__all__ = ["AccessLog", "Plan", "Settings", "Stderr", "Talk", "Teller", "read_settings", "serve", "state_folder"]
