#!/bin/sh
# Runs one attempt of a skill so that it outlives the runtime: attempt.sh FOLDER OUTPUT_BYTES BOOT COMMAND...
# FOLDER/process: this shell's line of /proc/PID/stat, then BOOT; linked into place whole, so of two starts of one attempt
# only one gets past it.
# FOLDER/outcome: the command's exit code, once it has ended. FOLDER/output: the first OUTPUT_BYTES that it printed.
folder=$1
bytes=$2
boot=$3
shift 3
# TERM to the group is for the command: this shell has the outcome to write.
trap : TERM INT HUP
IFS= read -r stat <"/proc/$$/stat" || exit 75
printf '%s\n%s\n' "$stat" "$boot" >"$folder/process.$$" || exit 75
ln "$folder/process.$$" "$folder/process" 2>/dev/null || exit 75
{
  trap : TERM INT HUP
  "$@" </dev/null
  printf '%s\n' "$?" >"$folder/outcome.new"
  mv -f "$folder/outcome.new" "$folder/outcome"
} 2>&1 | {
  trap '' TERM INT HUP
  head -c "$bytes" >"$folder/output"
  exec cat >/dev/null
}
