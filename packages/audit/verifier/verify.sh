#!/bin/sh
# Verifies the newest checkpoint's signature of a Recount audit log with openssl, the expired entries' hashes with sha256sum, the
# time stamps with openssl, and all the rest with verify.py beside this file (Python's standard library).
#
#   verify.sh [--anchor FILE | --anchor-size N --anchor-root BASE64] DIR [KEYFILE [TSA_CA.pem]]
#
# KEYFILE: the public keys that you trust, as lines name+id+base64; without it those beside the log are used.
# FILE: what `recount audit verify --anchor` remembers; N and BASE64: a size and a root that you remember. Without one of them a log
# that was put back to an earlier state looks whole.
# Exit code: 0 it holds; 1 it does not; 2 wrong usage; 3 something that is needed is not there.
set -eu
LC_ALL=C
export LC_ALL

usage() { echo "usage: verify.sh [--anchor FILE | --anchor-size N --anchor-root BASE64] DIR [KEYFILE [TSA_CA.pem]]" >&2; exit 2; }
anchor= size= root=
while [ $# -gt 0 ]; do
  case $1 in
    --anchor) [ -n "${2:-}" ] || usage; anchor=$2; shift 2 ;;
    --anchor-size) [ -n "${2:-}" ] || usage; size=$2; shift 2 ;;
    --anchor-root) [ -n "${2:-}" ] || usage; root=$2; shift 2 ;;
    --) shift; break ;;
    -*) usage ;;
    *) break ;;
  esac
done
[ $# -ge 1 ] && [ $# -le 3 ] || usage
dir=$1
keys=${2:-$dir/public.vkey}
ca=${3:-}
here=$(dirname "$0")
for tool in openssl sha256sum python3 base64 sed; do
  command -v "$tool" >/dev/null 2>&1 || { echo "verify.sh needs $tool" >&2; exit 3; }
done
[ -d "$dir" ] && [ -x "$dir" ] || { echo "could not read $dir" >&2; exit 3; }
[ -z "${2:-}" ] || { [ -f "$keys" ] && [ -r "$keys" ]; } || { echo "could not read $keys" >&2; exit 3; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
broken() { echo "BROKEN: $*"; exit 1; }
# Whether a segment has a text; a pipe in the place of one is not read.
said() {
  for segment in "$dir"/*.jsonl; do
    if [ -f "$segment" ] && grep -q -- "$1" "$segment"; then return 0; fi
  done
  return 1
}

# 1. The newest checkpoint: text, empty line, signatures; each the base64 of 4 bytes key id and 64 bytes signature.
check_signature() {
  sed '/^$/,$d' "$dir/checkpoint" >"$tmp/text"
  ok=no
  while IFS= read -r key; do
    [ -n "$key" ] || continue
    rest=${key#*+}
    id=${rest%%+*}
    # SPKI: a fixed prefix and the 32 bytes after the type byte.
    { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf '%s' "${rest#*+}" | base64 -d | tail -c 32; } >"$tmp/key.der"
    sed -n 's/^\xe2\x80\x94 [^ ]* //p' "$dir/checkpoint" | while IFS= read -r line; do
      printf '%s' "$line" | base64 -d >"$tmp/raw" 2>/dev/null || continue
      [ "$(head -c 4 "$tmp/raw" | od -An -tx1 | tr -d ' \n')" = "$id" ] || continue
      tail -c +5 "$tmp/raw" >"$tmp/signature"
      openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/key.der" -rawin -in "$tmp/text" -sigfile "$tmp/signature" >/dev/null 2>&1 || continue
      : >"$tmp/ok"
    done
    if [ -e "$tmp/ok" ]; then ok=yes; fi
  done <"$keys"
  # A key that was rotated away signs no more; verify.py follows the rotation from a key that is trusted.
  if [ "$ok" = yes ]; then echo "checkpoint: signed by a key in $keys"
  elif ! said 'audit.key_rotate'; then broken "the checkpoint is not signed by a key in $keys"; fi
}
# Where one of the two is missing, or no file, verify.py says what that means.
if [ -f "$dir/checkpoint" ] && [ -f "$keys" ]; then check_signature; fi

# 2. Expired entries: the hashes that are left are those that an audit.prune entry names.
for file in "$dir"/hashes/*.bin; do
  [ -e "$file" ] || continue
  [ -f "$file" ] || broken "$file is no regular file"
  sum=$(sha256sum "$file" | cut -d ' ' -f 1)
  said "\"sha256\":\"$sum\"" || echo "note: the entry that names $file has expired itself, or is missing"
done

# 3. Time stamps over checkpoints.
for answer in "$dir"/anchors/*.tsr; do
  [ -f "$answer" ] || continue
  note=$dir/checkpoints/$(basename "$answer" .tsr).note
  [ -f "$note" ] || broken "$answer is about a checkpoint that is not there"
  if [ -n "$ca" ]; then
    openssl ts -verify -data "$note" -in "$answer" -CAfile "$ca" >/dev/null 2>&1 || broken "the time stamp $answer"
    echo "time stamp: $(openssl ts -reply -in "$answer" -text 2>/dev/null | sed -n 's/^Time stamp: //p') over $(basename "$note")"
  else
    echo "note: $answer is not verified without the authority's certificate"
  fi
done

# 4. Every line, link, hash, checkpoint, key and content.
key=${2:-}
set -- "$dir"
[ -z "$key" ] || set -- "$@" --key "$key"
[ -z "$anchor" ] || set -- "$@" --anchor "$anchor"
[ -z "$size" ] || set -- "$@" --anchor-size "$size"
[ -z "$root" ] || set -- "$@" --anchor-root "$root"
python3 "$here/verify.py" "$@"
