"""Two or more people on one document at the same time: a host, who has the file, and guests."""
