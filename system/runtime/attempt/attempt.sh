#!/bin/sh
# Runs one attempt of a skill so that it outlives the runtime: attempt.sh FOLDER SPARE HEAD_BYTES TAIL_BYTES BOOT COMMAND...
# FOLDER/process: this shell's line of /proc/PID/stat, BOOT, and /proc/uptime. Whoever makes it has the attempt (noclobber: O_EXCL), so
# of two starts only one gets past it; for a moment it is there and not yet written. No program is run up to the command: each is a delay.
# FOLDER/ended.HOW.CODE.UPTIME: how the command ended, `exit` or `signal`. All of it is in the name, and the file is one that was
# there before (`death`): a disk that filled up meanwhile can still rename. One that is read-only by now cannot: then SPARE/ended...
# FOLDER/output, FOLDER/output.tail: the first HEAD_BYTES and the last TAIL_BYTES of the rest that it printed.
folder=$1
spare=$2
head=$3
tail=$4
boot=$5
shift 5
# TERM to the group is for the command: this shell has its end to tell.
trap : TERM INT HUP
IFS= read -r stat <"/proc/$$/stat" || exit 75
read -r uptime _ </proc/uptime || exit 75
set -C
printf '%s\n%s\n%s\n' "$stat" "$boot" "$uptime" >"$folder/process" || exit 75
set +C
{
  trap : TERM INT HUP
  # A shell's `$?` is 137 for SIGKILL and for `exit 137`. Only for the signal it says a word on its own standard error
  # (for INT and PIPE it does not: those are told as the exit codes 130 and 141).
  true >"$folder/death" && exec 2>"$folder/death"
  (exec "$@" </dev/null 2>&1)
  code=$?
  how=exit
  [ "$code" -gt 128 ] && [ -s "$folder/death" ] && how=signal
  read -r uptime _ </proc/uptime
  ended="ended.$how.$code.$uptime"
  mv -f "$folder/death" "$folder/$ended" || { mkdir -p "$spare" && true >"$spare/$ended"; }
} | {
  trap '' TERM INT HUP
  # Not marked as the attempt's: when the command is killed, these have its last words to write.
  OPENCLAW_ATTEMPT=capture head -c "$head" >"$folder/output"
  OPENCLAW_ATTEMPT=capture tail -c "$tail" >"$folder/output.tail" || exec cat >/dev/null
}
