#!/bin/sh
# Lays out a corpus for every target: corpus.sh FOLDER [FURTHER FILES…]. From fixtures, examples and the seeds.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
to=$1
shift
for target in commands plan snapshot sources verify workflows; do
  mkdir -p "$to/$target"
  for seed in "$here/seeds/$target/"*; do
    [ ! -f "$seed" ] || cp "$seed" "$to/$target/"
  done
done
cp "$here"/src/snapshots/*.yaml "$to/snapshot/"
find "$root/fixtures" "$root/examples" "$@" -type f -size -17 \
  \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' -o -name '*.md' -o -name '*.prom' -o -name '*.txt' -o -name '*.jsonl' \) |
  while read -r file; do
    name=$(echo "$file" | tr '/' '_')
    cp "$file" "$to/snapshot/$name"
    cp "$file" "$to/plan/$name"
    # The first byte chooses the adapter, the format, the command.
    choice=0
    while [ $choice -lt 40 ]; do
      byte="\\$(printf %03o $choice)"
      [ $choice -ge 23 ] || { printf "$byte" | cat - "$file" >"$to/sources/$choice-$name"; }
      [ $choice -ge 5 ] || { printf "$byte" | cat - "$file" >"$to/workflows/$choice-$name"; }
      case $file in */small/* | */conflicts/* | */resolve/* | */full.* | */examples/*) printf "$byte" | cat - "$file" >"$to/commands/$choice-$name" ;; esac
      choice=$((choice + 1))
    done
  done
