"""Services that end and start again as they are, one after another: `turns` says how, `Restart` does it."""
