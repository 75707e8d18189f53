"""The real SGLang server on CPU, with a tiny random-weight model, for tests."""
