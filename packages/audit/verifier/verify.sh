#!/bin/sh
# Verifies the newest checkpoint's signature of a Recount audit log, or of a bundle exported from one, with openssl, the expired
# entries' hashes with sha256sum, the time stamps with openssl, and all the rest with verify.py beside this file (Python's
# standard library).
#
#   verify.sh [--no-content] [--anchor FILE | --anchor-size N --anchor-root BASE64] [DIR [KEYFILE [TSA_CA.pem]]]
#
# --no-content: the encrypted content beside the log is not read, as where a log was restored without it.
# DIR: the folder of a log or a bundle; without it the bundle that this file lies in.
# KEYFILE: the public keys that you trust, as lines name+id+base64 (# begins a comment), or one as PEM; without it those beside the log
# are used.
# FILE: what `recount audit verify --anchor` remembers; N and BASE64: a size and a root that you remember. Without one of them a log
# that was put back to an earlier state looks whole.
# Exit code: 0 it holds; 1 it does not; 2 wrong usage; 3 something that is needed is not there.
set -eu
LC_ALL=C
export LC_ALL

usage() { echo "usage: verify.sh [--no-content] [--anchor FILE | --anchor-size N --anchor-root BASE64] [DIR [KEYFILE [TSA_CA.pem]]]" >&2; exit 2; }
anchor= size= root= content=
while [ $# -gt 0 ]; do
  case $1 in
    --anchor) [ -n "${2:-}" ] || usage; anchor=$2; shift 2 ;;
    --anchor-size) [ -n "${2:-}" ] || usage; size=$2; shift 2 ;;
    --anchor-root) [ -n "${2:-}" ] || usage; root=$2; shift 2 ;;
    --no-content) content=no; shift ;;
    --) shift; break ;;
    -*) usage ;;
    *) break ;;
  esac
done
[ $# -le 3 ] || usage
here=$(dirname "$0")
# What begins with a dash is no option.
path() { case $1 in -*) echo "./$1" ;; *) printf '%s\n' "$1" ;; esac; }
all=$(path "${1:-$here}")
dir=$all
# A bundle has the log in a folder of its own.
if [ -e "$all/manifest.json" ] && [ -d "$all/log" ]; then dir=$all/log; fi
keys=$(path "${2:-$dir/public.vkey}")
ca=$(path "${3:-}")
for tool in openssl sha256sum python3 base64 sed; do
  command -v "$tool" >/dev/null 2>&1 || { echo "verify.sh needs $tool" >&2; exit 3; }
done
[ -d "$dir" ] && [ -x "$dir" ] || { echo "could not read $dir" >&2; exit 3; }
[ -z "${2:-}" ] || { [ -f "$keys" ] && [ -r "$keys" ]; } || { echo "could not read $keys" >&2; exit 3; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# All is looked at, and verify.py has the last word on what cannot be read.
status=0
broken() { printf 'BROKEN: %s\n' "$*"; status=1; }
# Whether a segment has a text, or what stayed of an expired one; a pipe in the place of one is not read.
said() {
  for segment in "$dir"/*.jsonl "$dir"/hashes/*.kept; do
    if [ -f "$segment" ] && grep -q -- "$1" "$segment"; then return 0; fi
  done
  return 1
}

# 1. The newest checkpoint: text, empty line, signatures; each the base64 of 4 bytes key id and 64 bytes signature.
check_signature() {
  sed '/^$/,$d' <"$dir/checkpoint" >"$tmp/text"
  sed -n 's/^\xe2\x80\x94 [^ ]* //p' <"$dir/checkpoint" >"$tmp/signatures"
  # Without a byte order mark, comments and what editors put at a line's end.
  sed -e '1s/^\xef\xbb\xbf//' -e "s/^[ $(printf '\t')]*//" -e "s/[ $(printf '\t\r')]*\$//" -e '/^#/d' -e '/^$/d' <"$keys" >"$tmp/keys"
  if grep -q '^-----BEGIN PUBLIC KEY-----' "$tmp/keys"; then
    openssl pkey -pubin -in "$tmp/keys" -outform DER -out "$tmp/key.der" 2>/dev/null && check_key ''
  else
    while IFS= read -r key || [ -n "$key" ]; do
      rest=${key#*+}
      # SPKI: a fixed prefix and the 32 bytes after the type byte.
      { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf '%s' "${rest#*+}" | base64 -d 2>/dev/null | tail -c 32; } >"$tmp/key.der"
      check_key "${rest%%+*}"
    done <"$tmp/keys"
  fi
  # A key that was rotated away signs no more; verify.py follows the rotation from a key that is trusted.
  if [ -e "$tmp/ok" ]; then printf 'checkpoint: signed by a key in %s\n' "$keys"
  elif ! said 'audit.key_rotate'; then broken "the checkpoint is not signed by a key in $keys"; fi
}
# Whether the key in key.der, with the id $1 where it has one, made one of the signatures.
check_key() {
  while IFS= read -r line; do
    printf '%s' "$line" | base64 -d >"$tmp/raw" 2>/dev/null || continue
    [ -z "$1" ] || [ "$(head -c 4 "$tmp/raw" | od -An -tx1 | tr -d ' \n')" = "$1" ] || continue
    tail -c +5 "$tmp/raw" >"$tmp/signature"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/key.der" -rawin -in "$tmp/text" -sigfile "$tmp/signature" >/dev/null 2>&1 || continue
    : >"$tmp/ok"
  done <"$tmp/signatures"
}
# Where one of the two is missing, or no file, verify.py says what that means.
if [ -f "$dir/checkpoint" ] && [ -f "$keys" ]; then check_signature; fi

# 2. Expired entries: the hashes that are left are those that an audit.prune entry names.
number='[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
for file in "$dir"/hashes/$number$number.bin; do
  [ -f "$file" ] || continue
  sum=$(sha256sum <"$file" | cut -d ' ' -f 1)
  said "\"sha256\":\"$sum\"" || printf 'note: the entry that names %s has expired itself, or is missing\n' "$file"
done

# 3. Time stamps over checkpoints.
for answer in "$dir"/anchors/$number$number.tsr; do
  note=$dir/checkpoints/$(basename "$answer" .tsr).note
  [ -f "$answer" ] && [ -f "$note" ] || continue
  if [ -z "$ca" ]; then
    printf 'note: who made the time stamp %s is not verified without the certificate of the authority\n' "$answer"
  elif openssl ts -verify -data "$note" -in "$answer" -CAfile "$ca" >/dev/null 2>&1; then
    echo "time stamp: $(openssl ts -reply -in "$answer" -text 2>/dev/null | sed -n 's/^Time stamp: //p') over $(basename "$note")"
  else
    broken "the time stamp $answer"
  fi
done

# 4. Every line, link, hash, checkpoint, key and content; of a bundle every file and proof.
key=${2:+$keys}
set --
[ -z "$key" ] || set -- "$@" --key "$key"
[ -z "$anchor" ] || set -- "$@" "--anchor=$anchor"
[ -z "$size" ] || set -- "$@" "--anchor-size=$size"
[ -z "$root" ] || set -- "$@" "--anchor-root=$root"
[ -z "$content" ] || set -- "$@" --no-content
# Nothing but the standard library, whatever lies in the folder or is set in the environment.
python3 -I -S "$here/verify.py" "$@" -- "$all" || { code=$?; [ $code -eq 1 ] || exit $code; status=1; }
exit $status
