"""What goes wrong with a store, in sentences."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

LEAST_FREE_BYTES: Final = 4 * 1024 * 1024
"""A page file or a log that cannot grow leaves a little room behind."""


class StoreError(Exception):
    """The store cannot do what was asked; the message is one sentence for the user, never the password."""


def sentence_of_code(code: str, detail: str, address: str, database: str) -> str | None:
    """The sentence for a server's error code, None for a code without one of its own."""
    for pattern, sentence in _CODE_SENTENCES:
        # it begins in the code, which has no space, and may go on into what the server says
        if re.match(rf"\S*?(?:{pattern})", f"{code} {detail}"):
            return sentence.format(address=address, database=database, detail=detail)
    return None


def is_full(folder: Path) -> bool:
    """Whether there is no room left where a store keeps its data."""
    try:
        return shutil.disk_usage(folder).free < LEAST_FREE_BYTES
    except OSError:
        return False


def shown_address(uri: str) -> str:
    """An address for a message: without what might be a password, on one line."""
    return ascii(re.sub(r"//[^/]*@", "//…@", uri)[:100])


_CODE_SENTENCES: Final = (
    (
        r"Security\.(Unauthorized|AuthenticationRateLimit|CredentialsExpired)",
        "The store at {address} refused the login; check NEO4J_USERNAME and NEO4J_PASSWORD.",
    ),
    (
        r"Database\.DatabaseNotFound",
        "The store at {address} has no database {database}; set NEO4J_DATABASE to one that it has.",
    ),
    (
        r"(ForbiddenOnReadOnlyDatabase|WriteOnReadOnly|ReadOnly)",
        "The database {database} at {address} is read-only; nothing can be written to it.",
    ),
    (r"Statement\.AccessMode", "The query would write; only reading queries can be run."),
    (
        r"MemoryPool|OutOfMemory",
        "The store at {address} ran out of memory for a transaction ({detail}); give it more.",
    ),
    (r"TransactionTimedOut|LockClientStopped|Timeout", "The query took longer than it may at {address}."),
    (
        r"Schema\.ConstraintCreationFailed Failed to populate index",
        "The database {database} at {address} cannot fill an index that ringwatch needs, as when its disk is "
        "full; make room and run this again, or look into the server's log.",
    ),
    (
        r"Schema\.(ConstraintCreationFailed|ConstraintValidationFailed)",
        "The database {database} at {address} holds nodes that share what ringwatch needs to be unique "
        "({detail}); remove the doubles or use another database.",
    ),
    (
        r"Schema\.\w+AlreadyExists",
        "The database {database} at {address} has an index or a constraint where ringwatch needs its own "
        "({detail}); drop it or use another database.",
    ),
    (
        r"TransactionLogError|TransactionStartFailed|TransactionCommitFailed",
        "The database {database} at {address} cannot write its files, as when its disk is full; make room, "
        "restart the server and run this again.",
    ),
    (
        r"General\.DatabaseUnavailable",
        "The database {database} at {address} is not available; the server's log says why.",
    ),
    (r"Statement\.SyntaxError", "The query is not valid Cypher: {detail}."),
    (r"Statement\.ParameterMissing", "The query lacks a parameter: {detail}."),
)
