export HF_TOKEN=hf_never_copied
CUDA_VISIBLE_DEVICES=2,3 sglang serve meta-llama/Llama-3.1-8B-Instruct --tp-size 2 --cuda-graph-max-bs 64 --log-file x \
    --max-running-requests 64 --schedule-policy lpm --port 31000 --skip-tokenizer-init --nnodes 1 --node-rank 0
