"""What holds for every test: a property is judged by what it finds, not by a clock.

Hypothesis stops an example after 200 ms, and a strategy that is slow to draw; on a computer
that does something else meanwhile, that says nothing of us. What must be quick is
measured in a test of its own, or in `tests/bench`.

A template is compiled once in a run: nearly every test of a page has an application of its
own, and compiling for each took two fifths of their time (2026-11-25).
"""

from __future__ import annotations

from types import CodeType

from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache

settings.register_profile(
    "any computer", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any computer")


class Compiled(BytecodeCache):
    """In memory, by the template's file and what stands in it."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str, bool], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get(_name(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self._codes[_name(bucket)] = bucket.code


def _name(bucket: Bucket) -> tuple[str, str, bool]:
    return bucket.key, bucket.checksum, bucket.environment.trim_blocks


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
