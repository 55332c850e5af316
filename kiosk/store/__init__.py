"""The lab's file: one writer, the journal and its chain, what survives a power cut."""
