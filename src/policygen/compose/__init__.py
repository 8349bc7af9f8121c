"""An edition and an adoption to one document: filled, arranged, adapted, numbered, its references resolved."""
