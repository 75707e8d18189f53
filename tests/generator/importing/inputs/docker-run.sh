docker run -d --rm --cpus 8.5 --memory 64g --gpus '"device=0,1,2,3"' --name Sglang_Llama --shm-size 32g --ipc=host --network host \
    -p 127.0.0.1:8000:30000 -v /srv/models:/models:ro -v ~/.cache/huggingface:/models-cache \
    -e HF_HOME=/models-cache -e HF_TOKEN=hf_never_copied -e TRANSFORMERS_CACHE=/x -e NCCL_P2P_LEVEL=NVL \
    lmsysorg/sglang:v0.5.22-cu130 \
    python3 -m sglang.launch_server --model-path /models/llama-70b --tp 2 --dp 2 --port 30000 \
        --api-key sk-never-copied --max-radix-cache-len 8192 --enable-metrics
