"""What can be asked: the question bank, its conditions and its proof."""
