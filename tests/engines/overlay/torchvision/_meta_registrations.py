"""Replaces torchvision's module of this name, which registers shape functions for the operators of its `_C.so`.

The published wheel's `_C.so` is linked against CUDA and does not load beside a CPU torch, so the operators do not
exist and registering for them makes `import torchvision` fail. The engine uses none of them here.
"""
