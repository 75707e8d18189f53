"""The deployments that come with the kit: compose/examples/*.yaml, and what their heads say of them."""
