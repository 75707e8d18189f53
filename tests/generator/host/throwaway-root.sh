#!/bin/sh
# Run a command as root of a throw-away copy of this machine's file system, in process and mount namespaces of
# its own: what it installs goes to memory and is gone with it, what it starts ends with it.
# Usage: throwaway-root.sh SCRATCH_DIR CHECKOUT COMMAND...
set -eu
if [ "${1-}" != --inside ]; then
    exec unshare --mount --pid --fork --kill-child --propagation private "$0" --inside "$@"
fi
scratch=$2 checkout=$3
shift 3
mount -t tmpfs -o mode=0755 tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
mount --rbind /dev "$scratch/root/dev"
mount -t proc proc "$scratch/root/proc"
mount --bind "$checkout" "$scratch/root$checkout"
exec chroot "$scratch/root" "$@"
