"""`python -m tests.engines`: install what the real-engine tests need, and print where it is."""

import sys

from tests.engines.installation import ensure

if __name__ == "__main__":
    sglang = ensure()
    sys.stdout.write(f"SGLBOX_TEST_SGLANG_PYTHON={sglang.python}\nSGLBOX_TEST_TINY_MODEL={sglang.model}\n")
