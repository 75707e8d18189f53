docker run --gpus all -p 30000:30000 -e MODEL_PATH="meta-llama/Meta-Llama-3-70B-Instruct" -e TP_SIZE="4" sglang:latest
