"""Invents corpora: pages in every form that the reader knows, as many as one asks for, always the same.

``chance`` draws, ``words`` holds what can be said and named, ``items`` makes one paragraph in both languages, ``plan``
says what stands on a page, ``layout`` prints it as the site does, ``files`` writes files and the manifest.
"""
