"""Runs before all else in the built program (a runtime hook of PyInstaller): ssh, a browser or a file window that the
app starts must load the system's libraries, not those we bring along.

PyInstaller's starter points LD_LIBRARY_PATH at our folder, and whatever we start would inherit that: the system's ssh
then got our libcrypto, a browser our libX11. This process has read the variable already and needs it no more.
"""

import os

_as_it_was = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)  # the starter keeps here what was set before
os.environ.pop("LD_LIBRARY_PATH", None)
if _as_it_was:
    os.environ["LD_LIBRARY_PATH"] = _as_it_was
