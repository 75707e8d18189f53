#!/bin/bash
# Measures SGLang; arguments of other programs stand alone on their lines.
arguments=(
    --backend sglang
    --num-prompts 100
    --dataset-name random
)
while [[ $# -gt 0 ]]; do
    case $1 in
        --port) PORT="$2"; shift 2 ;;
        --verbose) VERBOSE=1; shift ;;
    esac
done
python3 -m sglang.benchmark.serving "${arguments[@]}"
echo "------------------------------------"
