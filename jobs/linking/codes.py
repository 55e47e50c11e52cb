"""One-time codes as they are made, typed and kept."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from typing import Final

LENGTH: Final = 8
ALPHABET: Final = "2346789ABCDEFGHJKMNPQRTVWXYZ"
"""No 0 beside O, 1 beside I and L, 5 beside S, U beside V: 28 signs, 3.8e11 codes."""

_SALT = b"recap link code"
_COST = {"n": 2**12, "r": 8, "p": 1}
"""About ten milliseconds: trying all codes against a stolen digest takes far longer than one is valid."""
_LOOKALIKES = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")
_SEPARATORS = re.compile(r"[\s\-–—_.·`*]+")


def new() -> str:
    """A code, to be shown once."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """`ABCD-EFGH`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def read(text: str) -> str | None:
    """The code that somebody typed, in whatever case, width or keyboard; None: it can't be one."""
    folded = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOKALIKES)
    return folded if len(folded) == LENGTH and set(folded) <= set(ALPHABET) else None


def digest(code: str) -> str:
    """What is kept of a code: scrypt (RFC 7914), the same for the same code so that it can be found."""
    return hashlib.scrypt(code.encode(), salt=_SALT, n=_COST["n"], r=_COST["r"], p=_COST["p"], dklen=32).hex()
