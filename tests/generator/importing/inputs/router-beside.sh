python -m sglang_router.launch_server --model-path Qwen/Qwen3-8B --tp-size 2 --dp-size 4 --host 0.0.0.0 --port 8080 \
    --router-policy power_of_two --router-prometheus-port 10001 --router-eviction-interval 120
