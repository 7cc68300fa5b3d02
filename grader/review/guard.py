"""Who may ask the review page anything: the browser that was given its address, and no page of another site.

takes: requests, two secrets, the address that is served.
gives: a refusal, or nothing; headers for every answer.
must not know: what is reviewed.

The secret in the address keeps out who does not know it (other users of the machine among them). The check of Host
keeps out a site that lets its own name point here (DNS rebinding); the check of Origin and the second secret in every
form keep out a site that posts here from the TA's own browser.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

SECRET_BYTES = 32
LOOPBACK = "127.0.0.1"

_SHELL = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A student's page stands in a frame of its own origin, which runs nothing, fetches nothing and sends nothing.
_FRAMED = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


@dataclass(frozen=True)
class Guard:
    """The secrets of one review, and the port that it is served at."""

    port: int
    token: str = field(default_factory=_secret, repr=False)
    form_token: str = field(default_factory=_secret, repr=False)

    @property
    def address(self) -> str:
        """Where the TA's browser goes."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"

    def admits(self, path: str, headers: Mapping[str, str]) -> bool:
        """Whether a request is for this address and knows the token."""
        given = path.lstrip("/").split("/", 1)[0]
        return self._is_here(headers.get("Host", "")) and _same(given, self.token)

    def admits_change(self, headers: Mapping[str, str], form: Mapping[str, str]) -> bool:
        """Whether a form was sent from a page of ours."""
        origin = headers.get("Origin", "")
        is_ours = origin.startswith("http://") and self._is_here(origin.removeprefix("http://"))
        # A browser leaves Origin out only where it is an old one; what it then must know is in the form all the same.
        return (is_ours or not origin) and _same(form.get("token", ""), self.form_token)

    def _is_here(self, host: str) -> bool:
        return host.lower() in (f"{LOOPBACK}:{self.port}", f"localhost:{self.port}")


def headers_of(framed: bool) -> dict[str, str]:
    """What every answer says to the browser."""
    return {
        "Content-Security-Policy": _FRAMED if framed else _SHELL,
        "Cache-Control": "no-store",
        # To nobody else the address is told; with no referrer at all a browser would leave a form's Origin out.
        "Referrer-Policy": "no-referrer" if framed else "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())
