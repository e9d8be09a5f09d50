"""Working on one document from several terminals: who is here, who waits, who may write where."""
