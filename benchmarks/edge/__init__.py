"""The edge beside other ways to put replicas behind one port: `make bench-edge`."""
