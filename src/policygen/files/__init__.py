"""YAML with positions: read with every problem at once, added to without touching the rest."""
