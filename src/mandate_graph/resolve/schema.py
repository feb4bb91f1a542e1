"""The tables of the register, which ``register`` describes.

Rows of ``page`` and ``listed`` are numbered in the order of pages (stem, capture) and of listings, whatever the order
of reading; ``numbered`` leaves room between them. What is pickled is what only the program that wrote it reads.
"""

from __future__ import annotations

__all__ = ["INDEX_OF_JOINED", "INDEX_OF_LISTED", "INDEX_OF_MANDATES", "JOINED", "LISTED"]

LISTED = """
CREATE TABLE page (
  row INTEGER PRIMARY KEY, capture TEXT, page TEXT, name TEXT, language TEXT, theme TEXT, stem TEXT, captured TEXT,
  newer TEXT, themes TEXT, shard INTEGER);
CREATE TABLE listed (
  row INTEGER PRIMARY KEY, capture TEXT, page TEXT, line INTEGER, mandate TEXT, parent TEXT, kind TEXT, document TEXT,
  section TEXT, printed_section TEXT, attribution TEXT, label TEXT, official INTEGER, footnotes INTEGER,
  "start" INTEGER, "end" INTEGER, language TEXT, theme TEXT, superseded INTEGER, text TEXT);
CREATE TABLE named (row INTEGER PRIMARY KEY, named BLOB, runs BLOB);
CREATE TABLE positional (page INTEGER, place INTEGER, mandate TEXT, claim BLOB, PRIMARY KEY (page, place));
CREATE TABLE mandate (
  key TEXT PRIMARY KEY, kind TEXT, language TEXT, text TEXT, document TEXT, section TEXT, chapeau TEXT, number TEXT,
  themes TEXT, same TEXT, first INTEGER, fullest INTEGER, named BLOB);
CREATE TABLE mints (instrument TEXT, mandate TEXT, minted BLOB, PRIMARY KEY (instrument, mandate)) WITHOUT ROWID;
CREATE TABLE theme (key TEXT, language TEXT, label TEXT, PRIMARY KEY (key, language)) WITHOUT ROWID;
"""
"""What is read, and the mandates that come of it.

``same`` is a hash that texts share which differ in case, accents and punctuation only; ``first`` is the first listing
of a mandate, ``fullest`` the one whose text is its own. ``named`` has what a text names, and the hashes of its runs of
words. ``mints`` are the texts that name an instrument by its symbol only; ``theme`` are themes that only headings name.
"""

JOINED = """
CREATE TABLE joined.problem (
  page TEXT, line INTEGER, kind TEXT, message TEXT, origin TEXT,
  PRIMARY KEY (page, line, kind, message, origin)) WITHOUT ROWID;
CREATE TABLE joined.pair (
  "left" TEXT, "right" TEXT, rank INTEGER, numbered INTEGER, found_at TEXT, left_row INTEGER, right_row INTEGER,
  score REAL, PRIMARY KEY ("left", "right", rank, numbered, found_at)) WITHOUT ROWID;
CREATE TABLE joined.offer ("left" TEXT, "right" TEXT, strength REAL, PRIMARY KEY ("left", "right")) WITHOUT ROWID;
CREATE TABLE joined.best (
  key TEXT, language TEXT, strength REAL, offers INTEGER, PRIMARY KEY (key, language)) WITHOUT ROWID;
CREATE TABLE joined.paired (mandate TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE joined.alone (
  mandate TEXT, found_at TEXT, page TEXT, line INTEGER, elsewhere TEXT, superseded INTEGER,
  PRIMARY KEY (mandate, found_at)) WITHOUT ROWID;
CREATE TABLE joined.claim (
  row INTEGER PRIMARY KEY, subject TEXT, relation TEXT, object TEXT, shard INTEGER, claim BLOB);
CREATE TABLE joined.span (
  capture TEXT, "start" INTEGER, "end" INTEGER, claim INTEGER,
  PRIMARY KEY (capture, "start", "end", claim)) WITHOUT ROWID;
CREATE TABLE joined.alike (
  document TEXT, language TEXT, found BLOB, PRIMARY KEY (document, language)) WITHOUT ROWID;
CREATE TABLE joined.change (page TEXT PRIMARY KEY, changes BLOB) WITHOUT ROWID;
"""
"""What holds mandates together, and what a person should look at.

A ``problem`` stands once for each thing that it comes of (``origin``), so that it can be taken back. ``pair`` is what
was found at stems, or by number after all stems; what was found first counts. ``offer`` is each pair once, ``best`` the
strongest offer of a mandate in a language, ``paired`` who has found a counterpart, ``alone`` who was looked for in
vain. A ``claim`` is written by one shard; a ``span`` is its evidence, which those describe that hold the capture.
``alike`` is what is nearly the same in a document, ``change`` what differs between captures of a page.
"""

INDEX_OF_LISTED = """
CREATE INDEX by_mandate ON listed (mandate, row);
CREATE INDEX by_capture ON listed (capture, page);
CREATE INDEX page_of_capture ON page (capture, page, shard);
CREATE INDEX page_of_page ON page (page, capture);
CREATE INDEX page_of_shard ON page (shard);
CREATE INDEX page_of_stem ON page (stem, row);
"""

INDEX_OF_MANDATES = """
CREATE INDEX same_texts ON mandate (same, key);
CREATE INDEX of_document ON mandate (document, language, key);
CREATE INDEX of_number ON mandate (document, number) WHERE number <> '';
CREATE INDEX of_chapeau ON mandate (chapeau) WHERE chapeau IS NOT NULL;
CREATE INDEX mints_of ON mints (mandate);
"""

INDEX_OF_JOINED = """
CREATE INDEX joined.problem_of ON problem (origin);
CREATE INDEX joined.claim_of_shard ON claim (shard);
CREATE INDEX joined.claim_of_object ON claim (object, relation);
CREATE INDEX joined.claim_of_subject ON claim (subject, relation, object);
CREATE INDEX joined.pair_of_right ON pair ("right");
CREATE INDEX joined.pair_of_place ON pair (numbered, found_at);
CREATE INDEX joined.offer_of_right ON offer ("right");
CREATE INDEX joined.alone_of_place ON alone (found_at);
"""
