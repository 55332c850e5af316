"""The order of the printers' queue, and why a job does not start at a printer."""

from __future__ import annotations

from enum import StrEnum


class Hindrance(StrEnum):
    """Why a job cannot start at a printer now. Each has its sentence on the tablet."""

    JOURNAL = "journal"  #: the kiosk's disk does not answer
    FAULT = "fault"
    MAINTENANCE = "maintenance"
    OFFLINE = "offline"  #: OctoPrint does not answer, or has no printer
    SWITCHED_OFF = "switched-off"  #: its relay keeps it off: a session switches it on
    OLD = "old"  #: its last news is too old
    BUSY = "busy"  #: it prints, or starts another job
    PLATE = "plate"  #: nobody said that the plate is empty
    ELSEWHERE = "elsewhere"  #: the job is for another printer
    MODEL = "model"  #: sliced for another printer
    BED = "bed"  #: larger than the bed
    NOZZLE = "nozzle"
    HEAT = "heat"  #: hotter than the printer may be
    FIRMWARE = "firmware"  #: sliced for another firmware
    MATERIAL = "material"  #: another filament is loaded: change it first
    COLOUR = "colour"
    GRAMS = "grams"  #: not enough is left on the spool
    APPROVAL = "approval"  #: an animator has to approve it
    OWNER = "owner"  #: its owner has as many printers as one may have
    TURN = "turn"  #: others come before
    FILE = "file"  #: its file is not on the kiosk's disk any more


class Standing(StrEnum):
    """Why a job stands where it does: the first that tells it from the one behind."""

    PRIORITY = "priority"  #: an animator put it first, and said why
    FRONT = "front"  #: printed again after a failure
    MOVED = "moved"  #: an animator moved it
    FIRST = "first"  #: the first job of its owner
    FURTHER = "further"  #: not the first: behind everybody's first
    HOURS = "hours"  #: its owner printed less lately
    EARLIER = "earlier"  #: brought before
