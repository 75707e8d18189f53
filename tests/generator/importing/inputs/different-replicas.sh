sglang serve Qwen/Qwen3-8B --tp 2 --context-length 16k &
sglang serve Qwen/Qwen3-8B --tp 2 --context-length 64k --port 30001 &
