"""What a lab forgets: who did what, once it has been kept as long as the site says; and members
who asked to be erased, at once, in a file put back from a backup too."""
