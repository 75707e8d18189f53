"""One suite for two servers: the simulator, and the real SGLang 0.5.23 on CPU. Both must pass all of it."""
