"""The people of the central: members, organisations, memberships, badges, clearances."""
