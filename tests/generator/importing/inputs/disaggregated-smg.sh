CUDA_VISIBLE_DEVICES=0 sglang serve Qwen/Qwen3-8B --disaggregation-mode prefill --disaggregation-bootstrap-port 8998 &
CUDA_VISIBLE_DEVICES=1 sglang serve Qwen/Qwen3-8B --disaggregation-mode prefill --disaggregation-bootstrap-port 8999 --port 30001 &
CUDA_VISIBLE_DEVICES=2 sglang serve Qwen/Qwen3-8B --disaggregation-mode decode --port 30002 &
smg launch --pd-disaggregation --prefill http://127.0.0.1:30000 8998 --prefill http://127.0.0.1:30001 8999 \
    --decode http://127.0.0.1:30002 --policy consistent_hashing --prefill-policy cache_aware --decode-policy round_robin \
    --cache-threshold 0.5 --port 8000
