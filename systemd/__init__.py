"""What systemd is told: units, device rules and the installer of a Pi."""
