"""The desk: the web application that the centre's staff work in, on the office's own machine.

settings    what a desk is told when it starts         app         addresses and who may open them
guard       headers, hosts, bodies                     visit       one request, its page
sessions    who is signed in                           attempts    how often somebody may try
words       four languages                             server      the desk in a thread
entrance, letters, editions, guides, keepers           the rooms
"""

from __future__ import annotations

from holub.faces.desk.app import create_desk
from holub.faces.desk.server import DeskServer, run_desk
from holub.faces.desk.settings import DeskSettings

__all__ = ["DeskServer", "DeskSettings", "create_desk", "run_desk"]
