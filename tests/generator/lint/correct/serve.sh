#!/usr/bin/env bash
set -euo pipefail
export HF_HOME=/data/huggingface
# --max-radix-cache-len was an idea once
cat > /tmp/notes <<'NOTES'
sglang serve --not-a-flag
NOTES
for port in 30000 30001; do
  nohup python3 -m sglang.launch_server --model-path Qwen/Qwen3-8B --port "$port" --log-level info > "log-$port" 2>&1 &
done
curl -sf "http://127.0.0.1:30000/health_generate" || exit 1
