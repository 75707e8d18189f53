"""What a GPU's driver, its memory and the traffic between GPUs leave in a log (SGLang 0.5.23, PyTorch, NCCL)."""

from __future__ import annotations

from generator.runtime.fingerprints.fingerprint import Fingerprint, known

FINGERPRINTS: tuple[Fingerprint, ...] = (
    known(
        r"unsatisfied condition: cuda|driver (?:version )?is insufficient|driver on your system is too old|"
        r"forward compatibility was attempted",
        "the NVIDIA driver is too old for the image's CUDA",
        "update the driver (`sglbox doctor` says to which), or choose an image with an older CUDA",
    ),
    known(
        r"no kernel image is available for execution on the device",
        "the image has no kernels for this GPU's architecture",
        "choose an image built for this GPU",
    ),
    known(
        r"failed to initialize nvml|nvml: unknown error|no cuda gpus are available|"
        r"no cuda-capable device is detected",
        "the container lost its GPU, or never got one",
        "run `sglbox doctor`; after a driver update or `systemctl daemon-reload`, recreate the container",
    ),
    known(
        r"not enough memory\. please try to increase --mem-fraction-static",
        "the weights leave no GPU memory for the KV cache",
        "give the replica more GPUs, quantize the model, or raise mem_fraction_static",
    ),
    known(
        r"cuda out of memory|outofmemoryerror|cuda error: out of memory",
        "GPU memory is exhausted",
        "see `nvidia-smi` for other users of the GPU; lower mem_fraction_static, or give the replica more GPUs",
    ),
    known(
        r"bus error|error while creating shared memory segment|ncclsystemerror|nccl.*unhandled system error",
        "shared memory between the replica's processes failed, mostly because /dev/shm is too small",
        "raise the replica's shm_size",
    ),
    known(
        r"nccl error|ncclinternalerror|ncclremoteerror",
        "the replica's GPUs could not talk to each other",
        "look for `NCCL WARN` in the log; check the topology with `nvidia-smi topo -m`",
    ),
)
