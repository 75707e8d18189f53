CUDA_VISIBLE_DEVICES=0,1 vllm serve Qwen/Qwen3-32B -tp 2 --max_model_len 32K --gpu-memory-utilization 0.9 \
    --enforce-eager --kv-cache-dtype fp8 --reasoning-parser deepseek_r1 --served-model-name qwen other \
    --api-key sk-never-copied --speculative-config '{"method": "ngram"}' --no-such-flag 1 --dtype bfloat16
