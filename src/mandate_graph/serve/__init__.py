"""The server: a build on the web, for machines and people, on the IRIs of the static site."""
