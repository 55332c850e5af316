"""The pages of a lab: the touch screen (`/`), the tablet (`/tablet`), and what keeps them live."""
