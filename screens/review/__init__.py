"""What two people need who go through a document together: seats, the reviewer's screen, the inbox."""
