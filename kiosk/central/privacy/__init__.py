"""What the central forgets of people, and when; what it tells them; what it hands out to them."""
