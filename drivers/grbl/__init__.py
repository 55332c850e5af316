"""A laser under GRBL 1.1 (and those that speak alike), on a serial port.

Mode *tap*: this computer owns the port, and the sender (LightBurn "GRBL (LAN)",
LaserGRBL "Telnet", bCNC `socket://`) connects to `tap_port`; bytes pass
unchanged. Mode *ask*: nobody else drives, and we ask. A tap is a part of the
way from the sender to the laser, never of its safety.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "grbl"

MODES = ("tap", "ask")


@dataclass(frozen=True, slots=True)
class Options:
    """One laser. `port` is its name under /dev/serial/by-id, which survives unplugging."""

    port: str
    mode: str = "tap"  #: tap or ask
    baudrate: int = 115200
    tap_port: int = 2300  #: TCP port for the sender; 0: any free one
    tap_listen: str = "0.0.0.0"
    beam_left_on_after_s: float = 5.0  #: beam on at standstill for so long is told
    dead_man: bool = True  #: put the beam out when nobody is connected any more

    def __post_init__(self) -> None:
        """Raises ValueError with a sentence."""
        if not self.port:
            raise ValueError('port = "": expected such as /dev/serial/by-id/usb-Arduino_Uno-if00')
        if self.mode not in MODES:
            raise ValueError(f"mode = {self.mode!r}: expected tap or ask")
        if self.baudrate <= 0:
            raise ValueError(f"baudrate = {self.baudrate}: expected a number such as 115200")
        if not 0 <= self.tap_port <= 65535:
            raise ValueError(f"tap_port = {self.tap_port}: expected 0 to 65535")
        if not 0.5 <= self.beam_left_on_after_s <= 600:
            raise ValueError(
                f"beam_left_on_after_s = {self.beam_left_on_after_s:g}: expected 0.5 to 600 seconds"
            )
