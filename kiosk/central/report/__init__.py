"""The yearly report, and what is closed: months added up, shown, frozen, looked at again."""
