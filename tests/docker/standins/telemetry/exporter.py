"""An exporter that tells nothing but that it is there: `-port N` as NATS' takes it, `--address :N` as DCGM's."""

import sys

import serving


def main() -> None:
    """Until it is stopped."""
    words = sys.argv[1:]
    flag = next(flag for flag in ("-port", "--address") if flag in words)
    serving.serve({"/metrics": serving.metrics}, port=int(words[words.index(flag) + 1].lstrip(":")))
    serving.until_stopped()


if __name__ == "__main__":
    main()
