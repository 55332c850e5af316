"""What holds for every test: a property is judged by what it finds, not by a clock.

Hypothesis stops an example after 200 ms, and a strategy that is slow to draw; on a computer
that does something else meanwhile, that says nothing of us. What must be quick is
measured in a test of its own, or in `tests/bench`.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "any computer", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any computer")
