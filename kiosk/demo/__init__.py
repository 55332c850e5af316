"""The training room: two labs and their central on one computer, with fakes for devices."""
