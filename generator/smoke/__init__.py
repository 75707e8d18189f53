"""Does what runs serve? Asked through the edge, as a client would ask."""
