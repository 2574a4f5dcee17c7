#!/bin/sh
# lp, lpstat and cancel for tests on machines without CUPS: they say what those of CUPS 2.4 were seen to say.
# The folder that they lie in holds the state: `printer` (what lpstat -l -p says), `queued/<job>` and `ended/<job>` (the
# job's Alerts), `first` (the Alerts of a new job; "ended": it is done at once), `refuses`, `hangs` (a command's name).
here=$(dirname "$0")
name=$(basename "$0")
for word; do last=$word; done
[ -f "$here/hangs" ] && [ "$(cat "$here/hangs")" = "$name" ] && exec sleep 60
[ "$LC_ALL" = C ] || { echo "tidak dalam bahasa Inggris"; exit 0; }
tell() {
    for job in "$here/$1"/*; do
        [ -f "$job" ] || continue
        printf '%s                  root              1024   Sun Nov 22 15:02:34 2026\n' "$(basename "$job")"
        printf '\tStatus: Waiting for printer to finish.\n\tAlerts: %s\n\tqueued for karcis\n' "$(cat "$job")"
    done
}
case "$name $*" in
"lp -d karcis -o raw -t Antrean")
    if [ -f "$here/refuses" ]; then
        echo 'lp: Destination "karcis" is not accepting jobs.' >&2
        exit 1
    fi
    cat > "$here/slip"
    if [ "$(cat "$here/first")" = ended ]; then
        echo processing-to-stop-point > "$here/ended/karcis-7"
    else
        cp "$here/first" "$here/queued/karcis-7"
    fi
    echo "request id is karcis-7 (0 file(s))" ;;
"lpstat -l -p karcis -a karcis")
    cat "$here/printer" ;;
"lpstat -l -W not-completed -o karcis")
    tell queued ;;
"lpstat -l -W completed -o karcis")
    tell ended ;;
"cancel karcis-7")
    echo "$last" >> "$here/cancelled"
    if [ ! -f "$here/queued/$last" ]; then
        echo "cancel: cancel-job failed: Job #7 is already completed - can't cancel." >&2
        exit 1
    fi
    if [ "$(cat "$here/queued/$last")" = none ] && [ ! -f "$here/begins_meanwhile" ]; then
        echo processing-to-stop-point > "$here/ended/$last"
    else
        echo job-canceled-by-user > "$here/ended/$last"
    fi
    rm "$here/queued/$last" ;;
*)
    echo "$name: Error - The printer or class does not exist." >&2
    exit 1 ;;
esac
