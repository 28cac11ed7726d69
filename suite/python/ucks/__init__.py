"""The program `ucks`, which this package carries, and a pytest plugin for it."""

import os
import shutil
import sysconfig


def program() -> str:
    """Returns the path of the program: of the one that this package installed, or else of the one on the PATH."""
    name = "ucks.exe" if os.name == "nt" else "ucks"
    own = os.path.join(sysconfig.get_path("scripts"), name)
    found = own if os.path.exists(own) else shutil.which("ucks")
    if found is None:
        raise FileNotFoundError("there is no program `ucks`; install the package again")
    return found
