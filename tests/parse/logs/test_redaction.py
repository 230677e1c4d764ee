"""What is withheld of a log, and what is not."""

from __future__ import annotations

import pytest

from paritycheck.parse.logs.redaction import redact, redact_words


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("DATABASE_PASSWORD=abc123", "abc123"),
        ('{"api_key": "abc 123 def"}', "abc 123 def"),
        ("password: 'a b c'", "a b c"),
        ("postgres://user:pa55@db:5432/x", "user:pa55"),
        ("redis://:pa55@cache", "pa55"),
        ("Authorization: Bearer abcDEF123456", "abcDEF123456"),
        ("authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("key AKIAIOSFODNN7EXAMPLE used", "AKIAIOSFODNN7EXAMPLE"),
        ("ghp_" + "a1B2" * 9, "a1B2a1B2"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF", "eyJzdWIi"),
        ("secret is wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY now", "wJalrXUtnFEMI"),
        ("digest 0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "MIIE"),
        ("login --password hunter2 --user me", "hunter2"),
        ("https://x.example/cb?token=abc123&x=1", "abc123"),
        ("Set-Cookie: sid=1", "sid=1"),
    ],
)
def test_secrets_go(text: str, secret: str) -> None:
    assert secret not in redact(text)
    assert "withheld" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "ModuleNotFoundError: No module named 'backend.app.core.security_monitoring'",
        '  File "/usr/local/lib/python3.12/site-packages/sqlalchemy/engine/default.py", line 941, in run',
        "from backend.app.authentication.token_verification_middleware import verify_access_token_of_user",
        "GET /api/v1/users?page=2 HTTP/1.1",
        "basic configuration is read",
        "2026-11-22T20:08:20.123456789Z started",
        "https://docs.example.org/a/b#c",
        "password=None",
    ],
)
def test_what_a_reader_needs_stays(text: str) -> None:
    assert redact(text) == text


def test_the_word_after_a_flag_goes() -> None:
    assert redact_words(("run", "--db-password", "x y", "--user", "me")) == (
        "run",
        "--db-password",
        "[withheld]",
        "--user",
        "me",
    )
