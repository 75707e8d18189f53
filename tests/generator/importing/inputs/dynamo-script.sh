#!/bin/bash
trap cleanup EXIT INT TERM
ENABLE_OTEL=false
export HF_TOKEN=never-shown
if [ "$ENABLE_OTEL" = true ]; then
    export DYN_LOGGING_JSONL=true
fi
OTEL_SERVICE_NAME=dynamo-frontend DYN_ROUTER_MODE=kv \
python3 -m dynamo.frontend &
DYNAMO_PID=$!
CUDA_VISIBLE_DEVICES=1 DYN_SYSTEM_PORT=8082 OTEL_SERVICE_NAME=decode python3 -m dynamo.sglang \
  --model-path Qwen/Qwen3-0.6B --page-size 16 --tp 1 --disaggregation-mode decode \
  --disaggregation-bootstrap-port 12345 --disaggregation-transfer-backend nixl --enable-metrics &
DYN_SYSTEM_PORT=8081 python3 -m dynamo.sglang \
  --model-path Qwen/Qwen3-0.6B --page-size 16 --tp 1 --disaggregation-mode prefill \
  --disaggregation-bootstrap-port 12345 --disaggregation-transfer-backend nixl --enable-metrics
