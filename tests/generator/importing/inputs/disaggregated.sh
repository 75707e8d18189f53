CUDA_VISIBLE_DEVICES=0 sglang serve Qwen/Qwen3-8B --disaggregation-mode prefill --disaggregation-ib-device mlx5_0 &
CUDA_VISIBLE_DEVICES=1 sglang serve Qwen/Qwen3-8B --disaggregation-mode decode --port 30001 &
CUDA_VISIBLE_DEVICES=2 sglang serve Qwen/Qwen3-8B --disaggregation-mode decode --port 30002 &
python3 -m sglang_router.launch_router --pd-disaggregation --prefill http://127.0.0.1:30000 8998 \
    --decode http://127.0.0.1:30001 --decode http://127.0.0.1:30002 --policy cache_aware --port 8000
