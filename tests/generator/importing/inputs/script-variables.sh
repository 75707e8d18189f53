#!/bin/bash
model=deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B
PORT="${PORT:-1337}"
NAME=unused
docker run -d --rm --gpus '"device=2,3"' --shm-size 1g \
    -p ${PORT}:30000 -v ./:/code -w /code --ipc=host -e LEVEL="$LEVEL" \
    lmsysorg/sglang:v0.5.23 \
    python3 -m sglang.launch_server --model-path $model --tp "${TP:-2}" --host 0.0.0.0 --port 30000
