"""From a site file to the keeper: which lines there are, and when each falls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config.site import Relay, Site, WhenLost
from drivers.relay import Options
from drivers.relay.wire import Rule, Why
from machines.instants import SECOND


def outputs(site: Site) -> tuple[Options, ...]:
    """Every output line of the lab, in the order of its machines."""
    return tuple(Options(slug, relay.line, relay.active) for slug, relay in _relays(site))


def rules(site: Site) -> Mapping[str, Rule]:
    """What each line does without a heartbeat, by machine."""
    return {slug: _rule(relay) for slug, relay in _relays(site)}


def _relays(site: Site) -> Iterator[tuple[str, Relay]]:
    for machine in site.machines:
        if machine.relay is not None:
            yield machine.slug, machine.relay


def _rule(relay: Relay) -> Rule:
    if relay.when_lost is WhenLost.HOLD:
        return Rule(round(relay.hold_at_most_h * 3600 * SECOND), Why.HELD_LONG)
    return Rule(round(relay.drop_after_s * SECOND), Why.SILENCE)
