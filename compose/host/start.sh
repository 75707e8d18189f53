# sh host/start.sh NAME SIGNAL COMMAND...: ends what an earlier NAME left behind when it was killed, then becomes COMMAND.
#
# A killed NGINX leaves workers that keep its ports, so that the next one can't listen. They are in the process group
# that supervisord made for it; run/NAME.group holds its number. Only processes that were started in this folder are
# told, by SIGNAL: a number that has become somebody else's since does no harm.

name=$1 signal=$2 here=$(pwd -P)
shift 2
old=$(cat "run/$name.group" 2>/dev/null)

# Ids of those that are left, without those that only wait to be reaped.
left() {
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/cwd" 2>/dev/null)" = "$here" ] || continue
        status=$(cat "$process/stat" 2>/dev/null) || continue
        set -- ${status##*) }
        [ "$3" = "$old" ] && [ "$1" != Z ] && echo "${process#/proc/}"
    done
}

if [ -n "$old" ] && [ "$old" != $$ ]; then
    kill -s "$signal" $(left) 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -z "$(left)" ] && break
        sleep 0.2
    done
    # Workers of NGINX that were told to QUIT keep no port, and go on until their streams have ended.
    [ "$signal" = QUIT ] || kill -s KILL $(left) 2>/dev/null
fi
echo $$ >"run/$name.group"
exec "$@"
