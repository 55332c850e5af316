"""The relay keeper: a process of its own that alone owns the output lines.

It outlives the kiosk, and knows what each line does when the kiosk falls silent.
"""
