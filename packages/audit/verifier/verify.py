#!/usr/bin/env python3
"""Verifies a Recount audit log, or a bundle exported from one, with Python's standard library and the program openssl alone.

An implementation of docs/audit-format.md that shares no code with the other one. It checks every line, link and hash, the tree,
each checkpoint's signature and the key that has to have made it, and the encrypted content's hashes; of a bundle also every
file, count and proof that its manifest names. Without DIR: the bundle that this file lies in.

  verify.py [DIR] [--key FILE] [--anchor FILE | --anchor-size N --anchor-root BASE64]

FILE of --anchor is what `recount audit verify --anchor` wrote; it is read, and never written here.

Exit code: 0 it holds; 1 it does not; 2 wrong usage; 3 it could not be read.
"""
import argparse
import base64
import errno
import functools
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import tempfile

MAX_LINE = 65535
MAX_DEPTH = 8
MAX_INTEGER = 2**53 - 1
MAX_SMALL = 65536
MAX_HASHES = 64 * 1024 * 1024
SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")


class Broken(Exception):
    """What is wrong; the first thing ends the verification."""


# --- lines ------------------------------------------------------------------------------------------------------------------


def refuse_constant(text):
    raise Broken(f"{text} is no JSON")


def refuse_float(text):
    raise Broken(f"the number {text} is no integer")


def unique_keys(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise Broken("a key is there twice")
    return dict(pairs)


SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text):
    out = []
    for char in text:
        if char in SHORT:
            out.append(SHORT[char])
        elif char < " ":
            out.append(f"\\u{ord(char):04x}")
        elif "\ud800" <= char <= "\udfff":
            raise Broken("a surrogate stands alone")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def canonical(value, depth=1):
    """RFC 8785 for what lines may have."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise Broken("an integer is beyond 2^53-1")
        return str(value)
    if depth > MAX_DEPTH:
        raise Broken(f"more than {MAX_DEPTH} levels")
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    for key in value:
        if not re.fullmatch(r"[\x20-\x7e]*", key):
            raise Broken("a key is not printable ASCII")
    items = (f"{quote(key)}:{canonical(value[key], depth + 1)}" for key in sorted(value))
    return "{" + ",".join(items) + "}"


def parse_line(line):
    if len(line) > MAX_LINE:
        raise Broken(f"longer than {MAX_LINE} bytes")
    try:
        text = line.decode("utf-8")
        entry = json.loads(
            text, parse_float=refuse_float, parse_constant=refuse_constant, object_pairs_hook=unique_keys
        )
    except (ValueError, RecursionError) as error:
        raise Broken(f"no JSON: {error}") from None
    if not isinstance(entry, dict) or canonical(entry) != text:
        raise Broken("not in canonical form")
    return entry


# --- tree -------------------------------------------------------------------------------------------------------------------


def leaf_hash(line):
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """RFC 6962: the roots of the complete subtrees from the left, each with its height."""

    def __init__(self):
        self.size = 0
        self.roots = []

    def push(self, leaf):
        height = 0
        while self.roots and self.roots[-1][0] == height:
            leaf = node_hash(self.roots.pop()[1], leaf)
            height += 1
        self.roots.append((height, leaf))
        self.size += 1

    def root(self):
        if not self.roots:
            return hashlib.sha256(b"").digest()
        root = self.roots[-1][1]
        for _, left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root


# --- keys and notes ---------------------------------------------------------------------------------------------------------


def decode(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Broken("no base64") from None
    if base64.b64encode(data).decode() != text:
        raise Broken("base64 that has a second form")
    return data


def parse_key(line):
    match = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)", line.strip())
    if not match:
        raise Broken(f"no public key: {line.strip()[:80]!r}")
    name, key_id, text = match.groups()
    data = decode(text)
    if len(data) != 33 or data[0] != 1:
        raise Broken("no Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] != key_id:
        raise Broken("a key whose id is another's")
    return {"name": name, "id": key_id, "bytes": data[1:], "line": line.strip()}


@functools.lru_cache(maxsize=1024)
def holds(public, message, signature):
    """By the program openssl: this file does no arithmetic of its own."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        for path, data in zip(paths, (SPKI_PREFIX + public, message, signature)):
            with open(path, "wb") as file:
                file.write(data)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths[0]]
        command += ["-rawin", "-in", paths[1], "-sigfile", paths[2]]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def parse_note(data, name):
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Broken(f"{name} is no UTF-8") from None
    cut = note.rfind("\n\n")
    if cut < 0 or not note.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise Broken(f"{name} is no signed note")
    text, signatures = note[: cut + 1], []
    for line in note[cut + 2 : -1].split("\n"):
        match = re.fullmatch(r"— ([^+\s]+) (\S+)", line)
        if not match:
            raise Broken(f"{name} has a line that is no signature")
        data = decode(match.group(2))
        if len(data) < 5:
            raise Broken(f"{name} has a signature that is none")
        signatures.append((match.group(1), data[:4].hex(), data[4:]))
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not re.fullmatch(r"0|[1-9][0-9]*", lines[1]) or len(decode(lines[2])) != 32:
        raise Broken(f"{name} is no checkpoint")
    return {"name": name, "text": text, "signatures": signatures, "origin": lines[0], "size": int(lines[1]), "root": decode(lines[2])}


def signers_of(note, keys):
    """The keys whose signature holds; one of a known key that does not hold is the end."""
    found = []
    for name, key_id, signature in note["signatures"]:
        for key in keys:
            if (key["name"], key["id"]) != (name, key_id):
                continue
            if not holds(key["bytes"], note["text"].encode(), signature):
                raise Broken(f"{note['name']} has a signature that does not hold")
            found.append(key["line"])
    return found


# --- the log ----------------------------------------------------------------------------------------------------------------


def open_regular(path):
    """A pipe must not be waited for, and a device has no end: only files are opened."""
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    except FileNotFoundError:
        if os.path.lexists(path):
            raise Broken(f"{path} is a link that leads nowhere") from None
        return None
    except (NotADirectoryError, IsADirectoryError):
        raise Broken(f"{path} is no regular file") from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise Broken(f"{path} is no regular file") from None
        raise
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise Broken(f"{path} is no regular file")
    return file


def read(path, most=MAX_SMALL):
    file = open_regular(path)
    if file is None:
        return None
    with file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Broken(f"{path} is longer than it may be")
    return data


def digest_of(path):
    """SHA-256 of a file of any length, in hex; None where there is none."""
    file = open_regular(path)
    if file is None:
        return None
    digest = hashlib.sha256()
    with file:
        for data in iter(lambda: file.read(1 << 20), b""):
            digest.update(data)
    return digest.hexdigest()


def names_in(path):
    try:
        return sorted(os.listdir(path))
    except FileNotFoundError:
        if os.path.lexists(path):
            raise Broken(f"{path} is a link that leads nowhere") from None
        return []
    except NotADirectoryError:
        raise Broken(f"{path} is no folder") from None


WITHHELD = re.compile(rb'\{"leaf":"([A-Za-z0-9+/]{43}=)","reason":"(?:period|filter)","seq":(0|[1-9][0-9]{0,15}),"withheld":true\}')


REASONS = {"audit.key_rotate", "audit.key_revoke", "audit.erasure", "audit.prune", "audit.stream"}


class Log:
    def __init__(self, folder, given, expected=None, bundled=False):
        self.folder = folder
        # Of a bundle: entries may be withheld, content is elsewhere, and nothing follows what is signed.
        self.bundled, self.withheld = bundled, 0
        self.tree = Tree()
        self.remarks = []
        # Before the checkpoint: a writer signs an erasure before it deletes what is there.
        content = os.path.join(folder, "content")
        self.before = set(os.listdir(content) if os.path.isdir(content) else [])
        self.notes = self.read_notes()
        self.signed = max([note["size"] for note in self.notes], default=0)
        self.origin = self.notes[0]["origin"] if self.notes else self.first_origin()
        if expected is not None and self.origin != expected:
            raise Broken(f"it is of another log, {self.origin}")
        self.published = [parse_key(line) for line in (read(os.path.join(folder, "public.vkey")) or b"").decode().split("\n") if line]
        self.trusted = {key["line"] for key in (given or self.published)}
        if not self.trusted:
            raise Broken("there is no public key")
        for key in [*(given or []), *self.published]:
            if key["name"] != self.origin:
                raise Broken(f"the key is of {key['name']}, and the log is {self.origin}")
        self.known = {key["line"]: key for key in [*self.published, *(given or [])]}
        self.current, self.rotation, self.revoked = [], None, {}
        self.prev = base64.b64encode(hashlib.sha256(f"recount-audit/v1 genesis\n{self.origin}".encode()).digest()).decode()
        self.time, self.expired, self.prunes, self.hidden = "", 0, [], []
        self.contents, self.erased, self.streams = [], {}, {}
        # What the log says about itself counts once it is signed: the chain needs no key, so anybody can append a reason.
        self.waiting = []
        self.unsigned = {}
        self.newest = None
        self.begun, self.closed = 0, False

    def read_notes(self):
        paths = [("checkpoint", None)]
        for name in names_in(os.path.join(self.folder, "checkpoints")):
            if re.fullmatch(r"\d{20}\.note", name):
                paths.append((f"checkpoints/{name}", int(name[:20])))
        notes = []
        for path, size in paths:
            data = read(os.path.join(self.folder, path))
            if data is None and len(paths) == 1:
                return []  # A log that was just begun; `finish` tells whether it is one.
            if data is None:
                raise Broken("there is no checkpoint")
            note = parse_note(data, path)
            if size is not None and note["size"] != size:
                raise Broken(f"{path} is of another size")
            notes.append(note)
        return notes

    def first_origin(self):
        """Of a log in which nothing is signed: as its first line says."""
        for name in names_in(self.folder):
            if re.fullmatch(r"\d{20}\.jsonl(\.recovering)?", name):
                file = open_regular(os.path.join(self.folder, name))
                line = b"" if file is None else file.readline(MAX_LINE + 1)
                if line.endswith(b"\n"):
                    return str(parse_line(line[:-1]).get("log"))
        raise Broken("there is no checkpoint")

    def verify(self, claims):
        self.claims = claims
        parts = self.parts()
        if parts and parts[0][1] is None:
            self.current = [key["line"] for key in self.published]
        for index, (first, segment, hashes) in enumerate(parts):
            newest = index == len(parts) - 1
            if first > self.tree.size:
                raise Broken(f"entries {self.tree.size} to {first - 1} are missing")
            # Only unsigned entries may stand again at the start of the newest segment: a failed write left them twice.
            if first < self.tree.size and not (segment and newest and first >= self.signed):
                raise Broken(f"a part of the log begins with entry {first}, which is in the one before it")
            if segment is None:
                self.take_hashes(first, hashes)
            else:
                self.take_segment(segment, hashes, newest)
        self.finish()

    def parts(self):
        found = {}
        for name in names_in(self.folder):
            # A segment that recovery had taken aside when it was interrupted; what recovery made of it wins.
            if re.fullmatch(r"\d{20}\.jsonl\.recovering", name):
                found[int(name[:20])] = [os.path.join(self.folder, name), None]
        for name in names_in(self.folder):
            if re.fullmatch(r"\d{20}\.jsonl", name):
                found.setdefault(int(name[:20]), [None, None])[0] = os.path.join(self.folder, name)
            elif name.endswith(".jsonl"):
                if not os.path.isfile(os.path.join(self.folder, name)) or os.path.getsize(os.path.join(self.folder, name)) > 0:
                    raise Broken(f"the file {name} is no segment: what is in it is outside of the log")
                self.remarks.append(f"the empty file {name} is no segment")
        for name in names_in(os.path.join(self.folder, "hashes")):
            if re.fullmatch(r"\d{20}\.bin", name):
                found.setdefault(int(name[:20]), [None, None])[1] = os.path.join(self.folder, "hashes", name)
        return [(first, *found[first]) for first in sorted(found)]

    def take_hashes(self, first, path):
        data = read(path, MAX_HASHES)
        if data is None or len(data) % 32:
            raise Broken(f"{path} was cut")
        if self.expired != self.tree.size:
            raise Broken(f"entries from {first} on are gone, and older ones are there")
        self.hidden.append((first, len(data) // 32, hashlib.sha256(data).hexdigest()))
        for at in range(0, len(data), 32):
            self.prev = base64.b64encode(data[at : at + 32]).decode()
            self.grow(data[at : at + 32])
        self.expired = self.tree.size

    def take_segment(self, path, hashes, newest):
        newest = newest and not self.bundled
        kept = read(hashes, MAX_HASHES) if hashes else None
        start = int(os.path.basename(path)[:20])
        file = open_regular(path)
        if file is None:
            raise Broken(f"{path} is not there any more")
        with file:
            # A line that is too long is cut here, and is none then; the rest is not kept in memory.
            for raw in iter(lambda: file.readline(MAX_LINE + 2), b""):
                line = raw[:-1] if raw.endswith(b"\n") else None
                if self.bundled and self.take_withheld(line):
                    continue
                if line is None and len(raw) <= MAX_LINE + 1 and not newest:
                    raise Broken(f"{path} does not end with a line")
                try:
                    entry = parse_line(raw if line is None else line)
                    if line is None:
                        raise Broken("it does not end")
                except Broken as error:
                    if newest and (line is None or self.tree.size >= self.signed):
                        self.remark_rest(raw, file)
                        return  # What a crash leaves behind what was signed.
                    raise Broken(f"the line of entry {self.tree.size}: {error}") from None
                if newest and start >= self.signed and self.unsigned.get(entry.get("seq")) == line and entry["seq"] >= start:
                    continue  # A failed write that was repeated leaves a line twice.
                self.take(entry, line)
                if kept is not None:
                    at = (self.tree.size - 1 - start) * 32
                    if kept[at : at + 32] not in (b"", leaf_hash(line)):
                        raise Broken(f"entry {self.tree.size - 1} is not the one whose hash is kept")

    def take_withheld(self, line):
        match = WITHHELD.fullmatch(line or b"")
        if not match:
            return False
        if int(match.group(2)) != self.tree.size:
            raise Broken(f"entry {int(match.group(2))} is withheld where entry {self.tree.size} has to be")
        self.prev = match.group(1).decode()
        self.withheld, self.closed = self.withheld + 1, False
        self.grow(decode(self.prev))
        return True

    def remark_rest(self, raw, file):
        """Zeros are space that was allocated ahead; all else is worth a word."""
        rest, zeros = len(raw), not raw.strip(b"\x00")
        for data in iter(lambda: file.read(1 << 20), b""):
            rest, zeros = rest + len(data), zeros and not data.strip(b"\x00")
        if not zeros:
            self.remarks.append(f"{rest} bytes behind the last whole line: what a crash leaves")

    def take(self, entry, line):
        seq = self.tree.size
        if entry.get("seq") != seq:
            raise Broken(f"entry {entry.get('seq')} stands where entry {seq} has to be")
        if entry.get("v") != 1 or entry.get("log") != self.origin:
            raise Broken(f"entry {seq} is of another log, or another format")
        if entry.get("prev") != self.prev:
            raise Broken(f"entry {seq} does not follow the entry before it")
        time = entry.get("ts")
        if not isinstance(time, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) or time < self.time:
            raise Broken(f"entry {seq} has no time, or one before the entry before it")
        self.time = time
        if (entry.get("action") == "audit.genesis") != (seq == 0):
            raise Broken(f"entry {seq} begins a log, or does not")
        if self.closed and entry.get("action") != "audit.open":
            raise Broken(f"entry {seq} stands behind the close of the log, and no start is between them")
        self.closed = entry.get("action") == "audit.close"
        self.begun += entry.get("action") in ("audit.genesis", "audit.open")
        self.take_own(entry, seq)
        for item in entry.get("data") or []:
            if isinstance(item, dict) and "ct" in item:
                self.contents.append((seq, item.get("kid"), item["ct"]))
        if seq >= self.signed:
            self.unsigned[seq] = line
        leaf = leaf_hash(line)
        self.prev = base64.b64encode(leaf).decode()
        self.grow(leaf)

    def take_own(self, entry, seq):
        action, sys_ = entry.get("action"), entry.get("sys") or {}
        if action == "audit.genesis":
            self.current = [self.know(line) for line in sys_.get("keys", [])]
        elif action == "audit.open" or action in REASONS:
            self.waiting.append((seq, action, sys_))

    def release(self):
        """What a checkpoint covers counts, but for what a writer had found unsigned: from the size that its `audit.open` names up to that."""
        until, counting = float("inf"), []
        for seq, action, sys_ in reversed(self.waiting):
            if seq >= until:
                if action != "audit.open":
                    self.remarks.append(f"entry {seq} ({action}) was not signed when the log was opened again: it is no reason")
            elif action != "audit.open":
                counting.append((seq, action, sys_))
            elif type(sys_.get("signed")) is int and sys_["signed"] < seq:
                until = sys_["signed"]
                self.remarks.append(f"entries {until} to {seq - 1} were signed only after the start at entry {seq}")
        self.waiting = []
        for reason in reversed(counting):
            self.count(*reason)

    def count(self, seq, action, sys_):
        if action == "audit.key_rotate":
            old, new = self.know(sys_["old"]), self.know(sys_["new"])
            if old not in self.current:
                raise Broken(f"entry {seq} replaces a key that was not in force")
            self.current, self.rotation = [new], (seq, old)
            if old in self.trusted:
                self.trusted.add(new)
        elif action == "audit.key_revoke":
            self.revoked[self.know(sys_["key"])] = sys_["trusted_size"]
            self.current = [line for line in self.current if line != sys_["key"]]
        elif action == "audit.erasure":
            self.erased.update({kid: sys_.get("request") for kid in sys_.get("kids", [])})
        elif action == "audit.prune":
            self.prunes.append((seq, sys_["first"], sys_["last"], sys_["sha256"]))
        elif action == "audit.stream":
            self.streams.setdefault(sys_["origin"], []).append((sys_["size"], sys_["root"], sys_["key"]))

    def know(self, line):
        self.known[line] = parse_key(line)
        return line

    def grow(self, leaf):
        self.tree.push(leaf)
        size = self.tree.size
        if any(note["size"] == size for note in self.notes):
            self.release()
        for note in self.notes:
            if note["size"] == size:
                self.check(note)
        for claim_size, root in self.claims:
            if claim_size == size and decode(root) != self.tree.root():
                raise Broken(f"the first {size} entries are not those that are remembered")

    def check(self, note):
        size = note["size"]
        if note["origin"] != self.origin:
            raise Broken(f"{note['name']} is of another log")
        signers = signers_of(note, list(self.known.values()))
        if not set(signers) & set(self.current):
            raise Broken(f"{note['name']} is not signed by a key in force")
        if self.rotation and size > self.rotation[0]:
            if self.rotation[1] not in signers:
                raise Broken(f"{note['name']}, the first under a new key, is not signed by the old one")
            self.rotation = None
        if note["root"] != self.tree.root():
            raise Broken(f"{note['name']} was signed over other entries")
        self.newest = (size, signers)

    def finish(self):
        size = self.tree.size
        for note in self.notes:
            if note["size"] > size:
                raise Broken(f"the log has {size} entries, and {note['name']} says {note['size']}")
        for claim_size, _ in self.claims:
            if claim_size > size:
                raise Broken(f"the log has {size} entries, and {claim_size} are remembered")
        if self.newest is None and not self.notes and self.begun == size > 0:
            self.remarks.append("the log was begun, and nothing is signed yet")
            return
        if self.newest is None:
            raise Broken("nothing is signed" if self.notes else "there is no checkpoint")
        signed, signers = self.newest
        if not any(line in self.trusted and signed <= self.revoked.get(line, signed) for line in signers):
            raise Broken("the newest checkpoint is signed by no key that is trusted")
        erasing = {kid for _, action, sys_ in self.waiting if action == "audit.erasure" for kid in sys_.get("kids", [])}
        for seq, action, _ in self.waiting:
            if action != "audit.open":
                self.remarks.append(f"entry {seq} ({action}) is not signed yet: it is no reason")
        self.check_expired()
        if not self.bundled:
            self.check_contents(erasing & self.before)
        elif signed != size:
            raise Broken(f"{size - signed} entries follow what is signed, which a bundle never has")

    def check_expired(self):
        until = max([last + 1 for _, _, last, _ in self.prunes], default=0)
        for first, count, digest in self.hidden:
            if first + count > until:
                raise Broken(f"entries {first} to {first + count - 1} are gone, and no entry says that they expired")
            for _, start, last, named in self.prunes:
                if start == first and (named != digest or last != first + count - 1):
                    raise Broken(f"the hashes of expired entries from {first} on were changed")

    def check_contents(self, erasing):
        for seq, kid, ct in self.contents:
            if not re.fullmatch(r"[0-9a-f]{16}", str(kid)) or not re.fullmatch(r"[0-9a-f]{64}", str(ct)):
                raise Broken(f"entry {seq} names content by what is no hash")
            digest = digest_of(os.path.join(self.folder, "content", kid, ct))
            expires = any(first <= seq <= last for _, first, last, _ in self.prunes)
            if digest is None and kid not in self.erased and kid not in erasing and not expires:
                raise Broken(f"content of entry {seq} is missing, and no erasure says why")
            if digest not in (None, ct):
                raise Broken(f"content of entry {seq} was changed")


def renamed(key, name):
    """The parent's key under the name of a stream: it signs both."""
    data = b"\x01" + key["bytes"]
    key_id = hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8]
    return parse_key(f"{name}+{key_id}+{base64.b64encode(data).decode()}")


def is_empty(folder):
    """Whether a stream has neither entries nor checkpoints: somebody is about to make it."""
    names = names_in(folder)
    return "checkpoint" not in names and not any(".jsonl" in name for name in names)


def verify_streams(log, anchors, found):
    """Returns the logs below one."""
    logs = []
    folder = os.path.join(log.folder, "streams")
    names = [name for name in names_in(folder) if os.path.isdir(os.path.join(folder, name))]
    for name in names_in(folder):
        if not os.path.exists(os.path.join(folder, name)):
            raise Broken(f"streams/{name} is a link that leads nowhere")
    for origin in anchors:
        if origin.startswith(f"{log.origin}/") and origin[len(log.origin) + 1 :] not in names:
            raise Broken(f"the stream {origin} is missing")
    for origin in log.streams:
        if origin.startswith(f"{log.origin}/") and origin[len(log.origin) + 1 :] not in names:
            raise Broken(f"the stream {origin} is missing")
    for name in names:
        origin = f"{log.origin}/{name}"
        said = log.streams.get(origin, [])
        if not said and is_empty(os.path.join(folder, name)):
            continue
        try:
            # The parent's keys sign a stream too; one of its own counts once the parent has named it.
            keys = [parse_key(line) for line in {key for _, _, key in said}]
            keys += [renamed(log.known[line], origin) for line in log.trusted]
            stream = Log(os.path.join(folder, name), keys, origin, log.bundled)
            stream.verify([(size, root) for size, root, _ in said] + anchors.get(origin, []))
        except Broken as error:
            raise Broken(f"stream {name}: {error}") from None
        found += [f"note: stream {name}: {remark}" for remark in stream.remarks]
        found.append(f"stream {name}: {stream.tree.size} entries")
        logs.append(stream)
    return logs


# --- bundles ----------------------------------------------------------------------------------------------------------------

MAX_MANIFEST = 1 << 26
RECEIPT, GROWTH = "receipt/export.tlog-proof", "receipt/growth.consistency"


def is_bundle(folder):
    return os.path.lexists(os.path.join(folder, "manifest.json")) and os.path.isdir(os.path.join(folder, "log"))


def text_of(folder, path):
    data = read(os.path.join(folder, path), MAX_MANIFEST)
    if data is None:
        raise Broken(f"the file {path} is missing")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Broken(f"{path} is no UTF-8") from None


def read_manifest(folder):
    text = text_of(folder, "manifest.json")
    try:
        manifest = json.loads(text, parse_float=refuse_float, parse_constant=refuse_constant, object_pairs_hook=unique_keys)
        if canonical(manifest) + "\n" != text or (manifest["v"], manifest["kind"]) != (1, "recount-audit-bundle"):
            raise Broken("another form or kind")
    except (ValueError, KeyError, TypeError, RecursionError, Broken) as error:
        raise Broken(f"manifest.json is no manifest of a bundle: {error}") from None
    return manifest, hashlib.sha256(text.encode()).hexdigest()


def files_in(folder):
    for base, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(base, name))]
        for name in [*names, *links]:
            yield os.path.relpath(os.path.join(base, name), folder).replace(os.sep, "/")


def check_files(folder, manifest):
    found = set(files_in(folder))
    for file in manifest["files"]:
        if file["path"] not in found:
            raise Broken(f"the file {file['path']} is missing")
        found.discard(file["path"])
        path = os.path.join(folder, *file["path"].split("/"))
        if os.path.islink(path) or digest_of(path) != file["sha256"]:
            raise Broken(f"the file {file['path']} is not the one that the manifest lists")
    extra = found - {"manifest.json", RECEIPT, GROWTH}
    if extra:
        raise Broken(f"the file {min(extra)} is not in the manifest")


def check_logs(manifest, logs):
    have = {log.origin: (log.tree.size, base64.b64encode(log.tree.root()).decode()) for log in logs}
    said = {log["origin"]: (log["size"], log["root"]) for log in manifest["logs"]}
    if have != said or len(logs) != len(manifest["logs"]) or manifest["logs"][0]["origin"] != logs[0].origin:
        raise Broken("the logs are not of the sizes and roots that the manifest says")
    withheld, expired = sum(log.withheld for log in logs), sum(log.expired for log in logs)
    disclosed = sum(log.tree.size for log in logs) - withheld - expired
    if (manifest["disclosed"], manifest["withheld"], manifest["expired"]) != (disclosed, withheld, expired):
        raise Broken("the manifest counts other entries than there are")
    return f"bundle: {disclosed} entries shown, {withheld} withheld, {expired} expired"


def leads_to(path, hashes, root):
    """RFC 9162 2.1.3.2, 2.1.4.2: whether hashes lead from the nodes at an index to the root; all of both must be used up."""
    index, last, nodes = path
    for sibling in hashes:
        if last == 0:
            return None
        if index % 2 == 1 or index == last:
            nodes = [node_hash(sibling, node) for node in nodes]
            while index % 2 == 0 and index != 0:
                index, last = index // 2, last // 2
        else:
            # Only the newer tree has what is to the right.
            nodes = [*nodes[:-1], node_hash(nodes[-1], sibling)]
        index, last = index // 2, last // 2
    return nodes if last == 0 and nodes[-1] == root else None


def is_included(leaf, index, size, hashes, root):
    return 0 <= index < size and leads_to((index, size - 1, [leaf]), hashes, root) is not None


def is_consistent(old_size, old_root, size, root, hashes):
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not hashes and old_root == root
    index, last = old_size - 1, size - 1
    while index % 2 == 1:
        index, last = index // 2, last // 2
    # Where the old tree is one complete subtree, its root starts the proof and is left out.
    if index == 0:
        first, rest = old_root, hashes
    elif hashes:
        first, rest = hashes[0], hashes[1:]
    else:
        return False
    nodes = leads_to((index, last, [first, first]), rest, root)
    return nodes is not None and nodes[0] == old_root


def check_growth(folder, path, old, new):
    header, first, second, *lines = text_of(folder, path).split("\n")
    hashes = [decode(line) for line in lines[:-1]]
    sizes = [f"from {old[0]}", f"to {new[0]}"]
    if header != "recount-audit/consistency/v1" or [first, second] != sizes or lines[-1:] != [""]:
        raise Broken(f"{path} is no proof about these two sizes")
    if any(len(item) != 32 for item in hashes) or not is_consistent(*old, *new, hashes):
        raise Broken(f"{path} does not prove that the log only grew")


def check_receipt(folder, log, digest):
    head, _, note_text = text_of(folder, RECEIPT).partition("\n\n")
    header, extra, index, *lines = head.split("\n")
    if header != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not re.fullmatch(r"index (0|[1-9][0-9]*)", index):
        raise Broken(f"{RECEIPT} is no proof of an entry")
    # Behind the line there may be proofs of changed keys, which the log itself tells here.
    line, hashes = decode(extra[6:]).partition(b"\nhandover ")[0], [decode(item) for item in lines]
    note = parse_note(note_text.encode(), RECEIPT)
    keys = [log.known[key] for key in log.newest[1] if key in log.trusted]
    if note["origin"] != log.origin or not signers_of(note, keys):
        raise Broken(f"{RECEIPT} is not signed by a key of the log")
    if not is_included(leaf_hash(line), int(index[6:]), note["size"], hashes, note["root"]):
        raise Broken(f"{RECEIPT} is not in the tree that was signed")
    entry = parse_line(line)
    said = entry.get("sys") or {}
    if entry.get("action") != "audit.export" or said.get("manifest") != digest:
        raise Broken(f"{RECEIPT} is about another manifest")
    root = log.tree.root()
    if (said.get("size"), said.get("root")) != (log.tree.size, base64.b64encode(root).decode()):
        raise Broken(f"{RECEIPT} is about another state of the log")
    check_growth(folder, GROWTH, (log.tree.size, root), (note["size"], note["root"]))


def check_bundle(folder, logs):
    """After the logs: what the bundle says about them, then the log's own word for the bundle."""
    log = logs[0]
    manifest, digest = read_manifest(folder)
    check_files(folder, manifest)
    counted = check_logs(manifest, logs)
    previous = manifest["previous"]
    if previous is not None:
        old = (previous["size"], decode(previous["root"]))
        check_growth(folder, "previous.consistency", old, (log.tree.size, log.tree.root()))
    check_receipt(folder, log, digest)
    return counted


def read_anchors(path):
    """What a verifier remembered: by origin, sizes with their roots."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    if content["v"] != 1:
        raise ValueError("its version is not known")
    return {stored["origin"]: [(int(stored["size"]), str(stored["root"]))] for stored in content["logs"]}


def main():
    parser = argparse.ArgumentParser(description="Verifies a Recount audit log; needs nothing but Python and openssl.")
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="a log, or a bundle")
    parser.add_argument("--key", help="file with the public keys to trust; default: those beside the log")
    parser.add_argument("--anchor-size", type=int, help="a size that you remember")
    parser.add_argument("--anchor-root", help="the root that the log had then, base64")
    parser.add_argument("--anchor", help="file in which `recount audit verify --anchor` remembers the log")
    options = parser.parse_args()
    anchors = {}
    if options.anchor is not None:
        try:
            anchors = read_anchors(options.anchor)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"could not read the anchor {options.anchor}: {error!r}", file=sys.stderr)
            return 3
    if (options.anchor_size is None) != (options.anchor_root is None):
        parser.error("--anchor-size and --anchor-root belong together")
    try:
        given = None
        if options.key:
            with open(options.key, encoding="utf-8") as file:
                given = [parse_key(line) for line in file if line.strip()]
        if not os.path.isdir(options.folder):
            print(f"could not read {options.folder}", file=sys.stderr)
            return 3
        asked = [] if options.anchor_size is None else [(options.anchor_size, options.anchor_root)]
        bundled = is_bundle(options.folder)
        log = Log(os.path.join(options.folder, "log") if bundled else options.folder, given, None, bundled)
        if options.anchor is not None and log.origin not in anchors:
            raise Broken(f"the anchor remembers {', '.join(anchors) or 'nothing'}, and not {log.origin}")
        log.verify(asked + anchors.get(log.origin, []))
        found = [f"note: {remark}" for remark in log.remarks]
        logs = [log, *verify_streams(log, anchors, found)]
        if bundled:
            found.append(check_bundle(options.folder, logs))
    except Broken as error:
        print(f"BROKEN: {error}")
        return 1
    except OSError as error:
        print(f"could not read: {error}", file=sys.stderr)
        return 3
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        print(f"BROKEN: an entry of the log's own is not as it has to be: {error!r}")
        return 1
    signed, root = log.newest[0] if log.newest else 0, base64.b64encode(log.tree.root()).decode()
    print(f"OK: {log.origin}: {log.tree.size} entries, {signed} of them signed, root {root}")
    for line in found:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
