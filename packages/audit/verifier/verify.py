#!/usr/bin/env python3
"""Verifies a Recount audit log, or a bundle exported from one, with Python's standard library and the program openssl alone.

An implementation of docs/audit-format.md that shares no code with the other one. It checks every line, link and hash, the tree,
each checkpoint's signature and the key that has to have made it, and the encrypted content's hashes; of a bundle also every
file, count and proof that its manifest names. Without DIR: the bundle that this file lies in.

  verify.py [DIR] [--key FILE] [--no-content] [--anchor FILE | --anchor-size N --anchor-root BASE64]

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


class Unreadable(Exception):
    """Why nothing can be said."""


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


FIELDS = ("action", "log", "prev", "seq", "ts", "v")


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
    if not all(key in entry for key in FIELDS):
        raise Broken("it has not what every entry has")
    return entry


def is_count(value):
    """A whole number from 0 up; True is none, though Python takes it for 1."""
    return type(value) is int and value >= 0


def is_text(value):
    return isinstance(value, str)


def is_texts(value):
    return isinstance(value, list) and all(is_text(item) for item in value)


def is_hash(value):
    try:
        return is_text(value) and len(decode(value)) == 32
    except Broken:
        return False


# What the entries have to say which are believed here.
FORMS = {
    "audit.genesis": lambda said: is_texts(said.get("keys")),
    "audit.key_rotate": lambda said: is_text(said.get("old")) and is_text(said.get("new")),
    "audit.key_revoke": lambda said: is_text(said.get("key")) and is_count(said.get("trusted_size")),
    "audit.erasure": lambda said: is_texts(said.get("kids")),
    "audit.hold": lambda said: is_text(said.get("hold")),
    "audit.hold_release": lambda said: is_text(said.get("hold")),
    "audit.prune": lambda said: is_count(said.get("first"))
    and is_count(said.get("last"))
    and said["first"] <= said["last"]
    and is_text(said.get("sha256"))
    and is_text(said.get("kept", "")),
    "audit.stream": lambda said: is_text(said.get("key"))
    and is_text(said.get("origin"))
    and is_hash(said.get("root"))
    and is_count(said.get("size")),
}


def texts_in(value):
    return [item for item in value if is_text(item)] if isinstance(value, list) else []


def check_form(seq, action, said):
    if not FORMS[action](said):
        raise Broken(f"entry {seq} ({action}) does not say what such an entry says")


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
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Broken("no base64") from None
    if base64.b64encode(data).decode() != text:
        raise Broken("base64 that has a second form")
    return data


# A name has no space of any kind, no control character and no plus; the ranges are those of Unicode.
NAME = "[^\\x00-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff+]+"


def parse_key(line):
    match = re.fullmatch(rf"({NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/=]+)", line)
    if not match:
        raise Broken(f"no public key: {line[:80]!r}")
    name, key_id, text = match.groups()
    data = decode(text)
    if len(data) != 33 or data[0] != 1:
        raise Broken("no Ed25519 key of a log")
    if hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] != key_id:
        raise Broken("a key whose id is another's")
    return {"name": name, "id": key_id, "bytes": data[1:], "line": line}


def named_key(name, public):
    data = b"\x01" + public
    key_id = hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8]
    return parse_key(f"{name}+{key_id}+{base64.b64encode(data).decode()}")


def read_keys(path):
    """The keys that the caller trusts: lines, or one as PEM, whose name is the log's. Comments, empty lines, a byte order mark and what
    editors put at a line's end are no part of them."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(MAX_MANIFEST)
    except (OSError, ValueError) as error:
        raise Unreadable(f"the key {path}: {error}") from None
    lines = [line.strip(" \t\r") for line in (text[1:] if text.startswith("\ufeff") else text).split("\n")]
    lines = [line for line in lines if line and not line.startswith("#")]
    if any(line.startswith("PRIVATE" "+KEY+") or re.match(r"-----BEGIN [A-Z ]*PRIVATE KEY-----", line) for line in lines):
        raise Unreadable(f"{path} has a private key, which must stay with the log's writer: give a copy of the log's public.vkey")
    if not lines:
        raise Unreadable(f"the key {path} has no key")
    try:
        if not lines[0].startswith("-----BEGIN"):
            return [parse_key(line) for line in lines]
        data = base64.b64decode("".join(line for line in lines if not line.startswith("-----")), validate=True)
        if not data.startswith(SPKI_PREFIX) or len(data) != len(SPKI_PREFIX) + 32:
            raise Broken("no Ed25519 key as PEM")
        return [{"name": None, "bytes": data[-32:]}]
    except (Broken, ValueError) as error:
        raise Unreadable(f"the key {path}: {error}") from None


@functools.lru_cache(maxsize=1024)
def holds(public, message, signature):
    """By the program openssl: this file does no arithmetic of its own."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        for path, data in zip(paths, (SPKI_PREFIX + public, message, signature)):
            with open(path, "wb") as file:
                file.write(data)
        command = ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths[0]]
        return openssl(*command, "-rawin", "-in", paths[1], "-sigfile", paths[2])


def openssl(*arguments):
    """Whether it succeeds."""
    try:
        done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        raise Unreadable("the program openssl is needed") from None
    return done.returncode == 0


def is_stamp(answer, note):
    """Whether a time stamp is about a note and signed by the certificate for time stamps that it has itself; whom to trust is for who has
    that authority's certificate."""
    with tempfile.TemporaryDirectory() as folder:
        stamp, token, info, signer, data = (os.path.join(folder, name) for name in ("stamp", "token", "info", "signer", "data"))
        for path, content in ((stamp, answer), (data, note)):
            with open(path, "wb") as file:
                file.write(content)
        # An authority's answer, or the token in it.
        kind = [] if openssl("ts", "-reply", "-in", stamp, "-token_out", "-out", token) else ["-token_in"]
        token = stamp if kind else token
        if not openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", token, "-signer", signer, "-out", info):
            return False
        trust = ["-CAfile", signer, "-partial_chain", "-no_check_time"]
        return openssl("ts", "-verify", "-data", data, "-in", stamp, *kind, *trust)


def parse_note(data, name):
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Broken(f"{name} is no UTF-8") from None
    text, signatures = parse_signatures(note, name)
    lines = text[:-1].split("\n")
    size = int(lines[1]) if len(lines) > 1 and re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]) else MAX_INTEGER + 1
    if len(lines) < 3 or lines[0] == "" or size > MAX_INTEGER or not is_hash(lines[2]) or "" in lines[3:]:
        raise Broken(f"{name} is no checkpoint")
    root = decode(lines[2])
    return {"name": name, "data": data, "text": text, "signatures": signatures, "origin": lines[0], "size": size, "root": root}


def parse_signatures(note, name):
    """The text that is signed, and who is said to have signed it."""
    cut = note.rfind("\n\n")
    if cut < 0 or not note.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", note) or len(note.encode()) > MAX_SMALL:
        raise Broken(f"{name} is no signed note")
    lines, signatures = note[cut + 2 : -1].split("\n"), []
    if len(lines) > 64:
        raise Broken(f"{name} has more signatures than it may have")
    for line in lines:
        match = re.fullmatch(rf"— ({NAME}) (\S+)", line)
        if not match:
            raise Broken(f"{name} has a line that is no signature")
        data = decode(match.group(2))
        if len(data) < 5:
            raise Broken(f"{name} has a signature that is none")
        signatures.append((match.group(1), data[:4].hex(), data[4:]))
    return note[: cut + 1], signatures


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


ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO)


def open_regular(path):
    """A pipe must not be waited for, and a device has no end: only files are opened. None where there is nothing."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno not in ABSENT:
            raise
        if os.path.lexists(path):
            raise Broken(f"{path} is no regular file") from None
        return None
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Broken(f"{path} is no regular file")
    return os.fdopen(file, "rb")


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
    except OSError as error:
        if error.errno not in ABSENT:
            raise
        if os.path.lexists(path):
            raise Broken(f"{path} is no folder") from None
        return []


def contents_in(folder):
    """Keys and names of the content that is there; a writer may be deleting some of it."""
    found = set()
    for kid in listed(folder):
        found.update((kid, ct) for ct in listed(os.path.join(folder, kid)))
    return found


def listed(path):
    try:
        return os.listdir(path)
    except OSError as error:
        if error.errno not in ABSENT:
            raise
        return []


def numbers_in(path, form):
    """The numbers in the names of a folder's files that have a form, by name."""
    found = {}
    for name in names_in(path):
        match = re.fullmatch(form, name)
        if match:
            found[name] = int(match.group(1))
            if found[name] > MAX_INTEGER:
                raise Broken(f"{name} has a number that no log reaches")
    return found


SEGMENT = r"([0-9]{20})\.jsonl"
NOTE, BIN, ANCHOR = r"([0-9]{20})\.note", r"([0-9]{20})\.bin", r"([0-9]{20})\.(?:tsr|cosig)"


def is_log(folder):
    """Whether there is anything that only a log has."""
    for name in os.listdir(folder):
        if name == "checkpoint" or re.fullmatch(SEGMENT + r"(\.recovering)?", name):
            return True
    below = ((os.path.join(folder, name), form) for name, form in (("checkpoints", NOTE), ("hashes", BIN)))
    return any(os.path.isdir(path) and any(re.fullmatch(form, name) for name in os.listdir(path)) for path, form in below)


WITHHELD = re.compile(rb'\{"leaf":"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)","reason":"(?:period|filter)","seq":(0|[1-9][0-9]{0,15}),"withheld":true\}')


REASONS = {"audit.key_rotate", "audit.key_revoke", "audit.erasure", "audit.hold", "audit.hold_release", "audit.prune", "audit.stream"}


def names_unsigned(entry, seq):
    said = entry.get("sys")
    return entry.get("action") == "audit.open" and isinstance(said, dict) and type(said.get("signed")) is int and said["signed"] < seq


TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


class Log:
    def __init__(self, folder, given, expected=None, bundled=False, contents=True):
        self.folder = folder
        self.with_contents = contents
        # Of a bundle: entries may be withheld, content is elsewhere, and nothing follows what is signed.
        self.bundled, self.withheld = bundled, 0
        self.tree = Tree()
        self.remarks = []
        # Before the checkpoint: a writer signs an erasure before it deletes what is there.
        self.before = set() if bundled else contents_in(os.path.join(folder, "content"))
        # Before the checkpoints, too: what others said is about one that was kept for it.
        self.anchors = numbers_in(os.path.join(folder, "anchors"), ANCHOR)
        self.notes = self.read_notes()
        kept = {note["name"] for note in self.notes}
        for name in self.anchors:
            if f"checkpoints/{name[:20]}.note" not in kept:
                raise Broken(f"anchors/{name} is about a checkpoint that is not there")
        self.signed = max([note["size"] for note in self.notes], default=0)
        self.published = self.read_published()
        self.origin = self.notes[0]["origin"] if self.notes else self.first_origin()
        if expected is not None and self.origin != expected:
            raise Broken(f"it is of another log, {self.origin}")
        # A key as PEM has no name.
        given = [key if key["name"] else named_key(self.origin, key["bytes"]) for key in given or []]
        self.trusted = {key["line"] for key in (given or self.published)}
        if not self.trusted:
            raise Broken("there is no public key")
        for key in [*given, *self.published]:
            if key["name"] != self.origin:
                raise Broken(f"the key is of {key['name']}, and the log is {self.origin}")
        self.known = {key["line"]: key for key in [*self.published, *given]}
        self.current, self.rotation, self.revoked = [], None, {}
        # None of the trusted keys has been in force yet.
        self.awaited = False
        self.prev = base64.b64encode(hashlib.sha256(f"recount-audit/v1 genesis\n{self.origin}".encode()).digest()).decode()
        self.time, self.expired, self.prunes, self.hidden = "", 0, [], []
        self.contents, self.erased, self.streams = [], {}, {}
        # What the log says about itself counts once it is signed: the chain needs no key, so anybody can append a reason.
        self.waiting = []
        # Entries that a writer found unsigned when he started, and entries that are not signed yet.
        self.found, self.unsigned = [], {}
        self.covered = 0
        self.newest = None
        self.begun, self.closed = 0, False

    def read_notes(self):
        paths = [("checkpoint", None)]
        for name, size in numbers_in(os.path.join(self.folder, "checkpoints"), NOTE).items():
            paths.append((f"checkpoints/{name}", size))
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

    def read_published(self):
        data = read(os.path.join(self.folder, "public.vkey")) or b""
        try:
            lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            raise Broken("public.vkey is no UTF-8") from None
        if lines.pop() != "":
            raise Broken("public.vkey does not end with a line")
        return [parse_key(line) for line in lines]

    def first_origin(self):
        """Of a log in which nothing is signed: as its first line says, or its key where a crash left no line."""
        for name in names_in(self.folder):
            if re.fullmatch(SEGMENT + r"(\.recovering)?", name):
                file = open_regular(os.path.join(self.folder, name))
                line = b"" if file is None else file.readline(MAX_LINE + 1)
                try:
                    return str(parse_line(line[:-1])["log"])
                except Broken:
                    break
        return self.published[0]["name"] if self.published else ""

    def verify(self, claims):
        self.claims = claims
        self.hold_claims()
        parts = self.parts()
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
        # A segment that recovery had taken aside when it was interrupted; what recovery made of it wins.
        for form in (SEGMENT + r"\.recovering", SEGMENT):
            for name, first in numbers_in(self.folder, form).items():
                found[first] = [os.path.join(self.folder, name), None]
        for name in names_in(self.folder):
            if name.endswith(".jsonl") and not re.fullmatch(SEGMENT, name):
                path = os.path.join(self.folder, name)
                if not os.path.isfile(path) or os.path.getsize(path) > 0:
                    raise Broken(f"the file {name} is no segment: what is in it is outside of the log")
                self.remarks.append(f"the empty file {name} is no segment")
        for name, first in numbers_in(os.path.join(self.folder, "hashes"), BIN).items():
            found.setdefault(first, [None, None])[1] = os.path.join(self.folder, "hashes", name)
        return [(first, *found[first]) for first in sorted(found)]

    def take_hashes(self, first, path):
        data = read(path, MAX_HASHES)
        if data is None or len(data) % 32:
            raise Broken(f"{path} was cut")
        if self.expired != self.tree.size:
            raise Broken(f"entries from {first} on are gone, and older ones are there")
        kept, digest = self.read_kept(first, data, path[: -len("bin")] + "kept")
        self.hidden.append((first, len(data) // 32, hashlib.sha256(data).hexdigest(), digest))
        # Where the first entry is gone, the keys beside the log are in its place.
        if self.tree.size == 0 and 0 not in kept:
            self.begin([key["line"] for key in self.published])
        self.closed = False
        for at in range(0, len(data), 32):
            if self.tree.size in kept:
                self.take_own(kept[self.tree.size], self.tree.size)
            self.prev = base64.b64encode(data[at : at + 32]).decode()
            self.grow(data[at : at + 32])
        self.expired = self.tree.size

    def read_kept(self, first, hashes, path):
        """Entries of the log's own that stayed when the others expired; each has the hash of its place."""
        data, kept = read(path, MAX_HASHES), {}
        if data is None:
            return kept, None
        for line in (data[:-1] if data.endswith(b"\n") else data).split(b"\n") if data else []:
            entry = parse_line(line)
            seq = entry["seq"]
            at = (seq - first) * 32 if is_count(seq) else -1
            if at < 0 or hashes[at : at + 32] != leaf_hash(line):
                raise Broken(f"{path} has a line that is none of the expired entries")
            if (entry["action"] == "audit.genesis") != (seq == 0):
                raise Broken(f"entry {seq} begins a log, or does not")
            kept[seq] = entry
        return kept, hashlib.sha256(data).hexdigest()

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
                seq = entry["seq"]
                if newest and start >= self.signed and is_count(seq) and seq >= start and self.unsigned.get(seq) == line:
                    continue  # A failed write that was repeated leaves a line twice.
                self.take(entry, line, start)
                if kept is not None:
                    at = (self.tree.size - 1 - start) * 32
                    if kept[at : at + 32] not in (b"", leaf_hash(line)):
                        raise Broken(f"entry {self.tree.size - 1} is not the one whose hash is kept")
        if kept is not None and start * 32 + len(kept) != self.tree.size * 32:
            raise Broken(f"the hashes beside the segment from entry {start} on are not as many as its entries")

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

    def take(self, entry, line, start):
        seq = self.tree.size
        if type(entry["seq"]) is not int or entry["seq"] != seq:
            raise Broken(f"entry {entry['seq']} stands where entry {seq} has to be")
        if type(entry["v"]) is not int or entry["v"] != 1 or entry["log"] != self.origin:
            raise Broken(f"entry {seq} is of another log, or another format")
        if entry["prev"] != self.prev:
            raise Broken(f"entry {seq} does not follow the entry before it")
        time = entry["ts"]
        if not is_text(time) or not TIME.fullmatch(time):
            raise Broken(f"entry {seq} has no time")
        if time < self.time:
            # What nobody had signed when a writer started may have any time.
            if not names_unsigned(entry, seq):
                raise Broken(f"entry {seq} is before the entry before it")
            self.remarks.append(f"entry {seq} is before the entry before it, which nobody had signed")
        self.time = time
        if (entry.get("action") == "audit.genesis") != (seq == 0):
            raise Broken(f"entry {seq} begins a log, or does not")
        if self.closed and entry.get("action") != "audit.open":
            raise Broken(f"entry {seq} stands behind the close of the log, and no start is between them")
        self.closed = entry.get("action") == "audit.close"
        self.begun += entry.get("action") in ("audit.genesis", "audit.open")
        self.take_own(entry, seq)
        for item in entry["data"] if isinstance(entry.get("data"), list) else []:
            if isinstance(item, dict) and "ct" in item:
                self.contents.append((seq, start, item.get("kid"), item["ct"]))
        if seq >= self.signed:
            self.unsigned[seq] = line
        leaf = leaf_hash(line)
        self.prev = base64.b64encode(leaf).decode()
        self.grow(leaf)

    def take_own(self, entry, seq):
        action, sys_ = entry["action"], entry.get("sys")
        sys_ = sys_ if isinstance(sys_, dict) else {}
        if action == "audit.genesis":
            check_form(seq, action, sys_)
            self.begin([self.know(line) for line in sys_["keys"]])
        elif action == "audit.open" or is_text(action) and action in REASONS:
            self.waiting.append((seq, action, sys_))

    def begin(self, keys):
        self.current = keys
        self.awaited = bool(keys) and not self.trusted & set(keys)

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
                if seq > max(1, self.covered):
                    self.found.append((max(until, self.covered), seq))
                if seq > 1:  # The first start begins the log itself.
                    self.remarks.append(f"entries {until} to {seq - 1} were signed only after the start at entry {seq}")
        self.waiting, self.covered = [], self.tree.size
        for reason in reversed(counting):
            self.count(*reason)

    def count(self, seq, action, sys_):
        check_form(seq, action, sys_)
        if action == "audit.key_rotate":
            old, new = self.know(sys_["old"]), self.know(sys_["new"])
            if old not in self.current:
                raise Broken(f"entry {seq} replaces a key that was not in force")
            self.current, self.rotation = [new], (seq, old)
            if old in self.trusted:
                self.trusted.add(new)
            if new in self.trusted:
                self.awaited = False
        elif action == "audit.key_revoke":
            self.revoked[self.know(sys_["key"])] = sys_["trusted_size"]
            self.current = [line for line in self.current if line != sys_["key"]]
        elif action == "audit.erasure":
            self.erased.update({kid: sys_.get("request") for kid in sys_["kids"]})
        elif action == "audit.prune":
            self.prunes.append((sys_["first"], sys_["last"], sys_["sha256"], sys_.get("kept")))
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
        self.hold_claims()

    def hold_claims(self):
        size = self.tree.size
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
        self.check_anchors(note)
        self.newest = (size, signers)

    def check_anchors(self, note):
        """What witnesses and authorities are said to have said about a kept checkpoint. Whether one of them is to be trusted is for who
        has its key."""
        for name, size in self.anchors.items():
            if note["name"] != f"checkpoints/{size:020}.note":
                continue
            data = read(os.path.join(self.folder, "anchors", name))
            if data is None:
                raise Broken(f"anchors/{name} is not there any more")
            if name.endswith(".tsr") and not is_stamp(data, note["data"]):
                raise Broken(f"anchors/{name} is no time stamp of this checkpoint")
            if name.endswith(".cosig"):
                parse_note(note["text"].encode() + b"\n" + data, f"anchors/{name}")

    def finish(self):
        size = self.tree.size
        for note in self.notes:
            if note["size"] > size:
                raise Broken(f"the log has {size} entries, and {note['name']} says {note['size']}")
        for claim_size, _ in self.claims:
            if claim_size > size:
                raise Broken(f"the log has {size} entries, and {claim_size} are remembered")
        if self.awaited:
            raise Broken("the key that is trusted was never this log's")
        if self.newest is None and not self.notes and self.begun == size:
            self.remarks.append(f"the log was begun, and nothing is signed yet: none of its {size} entries counts as verified")
            return
        if self.newest is None:
            raise Broken("nothing is signed" if self.notes else "there is no checkpoint")
        signed, signers = self.newest
        if not any(line in self.trusted and signed <= self.revoked.get(line, signed) for line in signers):
            raise Broken("the newest checkpoint is signed by no key that is trusted")
        erasing = {kid for _, action, sys_ in self.waiting if action == "audit.erasure" for kid in texts_in(sys_.get("kids"))}
        for seq, action, _ in self.waiting:
            if action != "audit.open":
                self.remarks.append(f"entry {seq} ({action}) is not signed yet: it is no reason")
        self.check_expired()
        if not self.bundled:
            if self.with_contents:
                self.check_contents(erasing)
        elif signed != size:
            raise Broken(f"{size - signed} entries follow what is signed, which a bundle never has")

    def check_expired(self):
        until = max([last + 1 for _, last, _, _ in self.prunes], default=0)
        told = False
        for first, count, digest, kept in self.hidden:
            claims = [(last, named, stayed) for start, last, named, stayed in self.prunes if start == first]
            # What says so stays; before it did, the oldest went first: behind a range whose expiry is still told, that of each other one is told too.
            if not claims and (first + count > until or told):
                raise Broken(f"entries {first} to {first + count - 1} are gone, and no entry says that they expired")
            if claims and (first + count - 1, digest, kept) not in claims:
                raise Broken(f"the hashes of expired entries from {first} on, or what stayed of them, were changed")
            if not claims and kept is not None:
                raise Broken(f"no entry names what is said to have stayed of the expired entries from {first} on")
            if not claims:
                self.remarks.append(f"entries {first} to {first + count - 1} are gone, and an entry that said why would have expired itself")
            told = told or bool(claims)

    def check_contents(self, erasing):
        for seq, *content in self.contents:
            try:
                self.check_content(seq, *content, erasing)
            except Broken as error:
                # Who can write to the folder may name any content in an entry that is not signed.
                if seq < self.newest[0] and not any(start <= seq < end for start, end in self.found):
                    raise
                self.remarks.append(f"{error}; nobody had signed entry {seq}")

    def check_content(self, seq, start, kid, ct, erasing):
        if not is_text(kid) or not is_text(ct) or not re.fullmatch(r"[0-9a-f]{16}/[0-9a-f]{64}", f"{kid}/{ct}"):
            raise Broken(f"entry {seq} names content by what is no hash")
        digest = digest_of(os.path.join(self.folder, "content", kid, ct))
        expires = any(first == start and seq <= last for first, last, _, _ in self.prunes)
        # Only what was there when the checkpoint was read can have been signed away by a later one.
        under_way = kid in erasing and (kid, ct) in self.before
        if digest is None and kid not in self.erased and not under_way and not expires:
            raise Broken(f"content of entry {seq} is missing, and no erasure says why")
        if digest not in (None, ct):
            raise Broken(f"content of entry {seq} was changed")


# What a stream may be called; other names say nothing.
STREAM = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


def verify_streams(log, anchors, found):
    """Returns the logs below one."""
    logs = []
    folder = os.path.join(log.folder, "streams")
    names = []
    for name in names_in(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            names.append(name)
        elif not os.path.exists(path):
            raise Broken(f"streams/{name} is a link that leads nowhere")
        elif re.fullmatch(STREAM, name):
            raise Broken(f"streams/{name} is no folder")
    for origin in anchors:
        if origin.startswith(f"{log.origin}/") and origin[len(log.origin) + 1 :] not in names:
            raise Broken(f"the stream {origin} is missing")
    for origin in log.streams:
        if origin.startswith(f"{log.origin}/") and origin[len(log.origin) + 1 :] not in names:
            raise Broken(f"the stream {origin} is missing")
    for name in names:
        origin = f"{log.origin}/{name}"
        said = log.streams.get(origin, [])
        if not is_log(os.path.join(folder, name)):
            if said:
                raise Broken(f"the stream {name} is not there any more")
            continue  # Somebody is about to make it.
        try:
            # The parent's keys sign a stream too; one of its own counts once the parent has named it.
            keys = [parse_key(line) for line in {key for _, _, key in said}]
            keys += [named_key(origin, log.known[line]["bytes"]) for line in log.trusted]
            stream = Log(os.path.join(folder, name), keys, origin, log.bundled, log.with_contents)
            stream.verify([(size, root) for size, root, _ in said] + anchors.get(origin, []))
            if said and stream.newest is None:
                raise Broken("the log names a checkpoint of it, and none is there")
        except Broken as error:
            raise Broken(f"stream {name}: {error}") from None
        found += [f"note: stream {name}: {remark}" for remark in stream.remarks]
        # Anybody can have put there what nothing has signed.
        found.append(f"stream {name}: {stream.tree.size} entries" if stream.newest else f"stream {name}: nothing of it is signed")
        logs.append(stream)
    return logs


# --- bundles ----------------------------------------------------------------------------------------------------------------

MAX_MANIFEST = 1 << 26
MAX_RECEIPT = 1 << 20
RECEIPT, GROWTH = "receipt/export.tlog-proof", "receipt/growth.consistency"


def is_bundle(folder):
    return os.path.lexists(os.path.join(folder, "manifest.json")) and os.path.isdir(os.path.join(folder, "log"))


def text_of(folder, path, most=MAX_SMALL):
    data = read(os.path.join(folder, path), most)
    if data is None:
        raise Broken(f"the file {path} is missing")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Broken(f"{path} is no UTF-8") from None


def is_head(value):
    return isinstance(value, dict) and is_count(value.get("size")) and is_text(value.get("root"))


def is_manifest(value):
    if not isinstance(value, dict) or not is_count(value.get("v")) or (value["v"], value.get("kind")) != (1, "recount-audit-bundle"):
        return False
    logs, files = value.get("logs"), value.get("files")
    return (
        isinstance(logs, list)
        and isinstance(files, list)
        and all(is_count(value.get(name)) for name in ("disclosed", "withheld", "expired"))
        and "previous" in value
        and (value["previous"] is None or is_head(value["previous"]))
        and all(is_head(log) and is_text(log.get("origin")) for log in logs)
        and all(isinstance(file, dict) and is_text(file.get("path")) and is_text(file.get("sha256")) for file in files)
        and isinstance(value.get("filter"), (dict, list))
    )


def read_manifest(folder):
    if os.path.islink(os.path.join(folder, "manifest.json")):
        raise Broken("manifest.json is a link")
    text = text_of(folder, "manifest.json", MAX_MANIFEST)
    try:
        manifest = json.loads(text, parse_float=refuse_float, parse_constant=refuse_constant, object_pairs_hook=unique_keys)
        if not is_manifest(manifest) or canonical(manifest) + "\n" != text:
            raise Broken("another form or kind")
    except (ValueError, RecursionError, Broken) as error:
        raise Broken(f"manifest.json is no manifest of a bundle: {error}") from None
    return manifest, hashlib.sha256(text.encode()).hexdigest()


def files_in(folder):
    """What is neither a file nor a folder, such as a link, is named and not followed; a folder with nothing in it is named too."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(os.path.join(folder, below)) as entries:
            found = [(below + entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        if not found:
            yield below
        for path, is_folder in found:
            if is_folder:
                waiting.append(f"{path}/")
            else:
                yield path


def check_files(folder, manifest):
    found = set(files_in(folder))
    for file in manifest["files"]:
        if file["path"] not in found:
            raise Broken(f"the file {file['path']} is missing")
        found.discard(file["path"])
        path = os.path.join(folder, *file["path"].split("/"))
        if os.path.islink(path) or digest_of(path) != file["sha256"]:
            raise Broken(f"the file {file['path']} is not the one that the manifest lists")
    for path in (RECEIPT, GROWTH):
        if os.path.islink(os.path.join(folder, path)):
            raise Broken(f"{path} is a link")
    extra = found - {"manifest.json", RECEIPT, GROWTH}
    if extra:
        raise Broken(f"{min(extra)} is not in the manifest")


def check_logs(manifest, logs):
    have = {log.origin: (log.tree.size, base64.b64encode(log.tree.root()).decode()) for log in logs}
    said = {log["origin"]: (log["size"], log["root"]) for log in manifest["logs"]}
    first = manifest["logs"][0]["origin"] if manifest["logs"] else None
    if have != said or len(logs) != len(manifest["logs"]) or first != logs[0].origin:
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
    lines = text_of(folder, path).split("\n")
    hashes = [decode(line) for line in lines[3:-1]]
    head = ["recount-audit/consistency/v1", f"from {old[0]}", f"to {new[0]}"]
    if lines[:3] != head or len(lines) < 4 or lines[-1] != "" or len(hashes) > 128:
        raise Broken(f"{path} is no proof about these two sizes")
    if any(len(item) != 32 for item in hashes) or not is_consistent(*old, *new, hashes):
        raise Broken(f"{path} does not prove that the log only grew")


def check_receipt(folder, log, digest):
    head, _, note_text = text_of(folder, RECEIPT, MAX_RECEIPT).partition("\n\n")
    header, extra, index, *lines = [*head.split("\n"), "", "", ""]
    lines = lines[:-3]
    if header != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not re.fullmatch(r"index (0|[1-9][0-9]{0,15})", index):
        raise Broken(f"{RECEIPT} is no proof of an entry")
    # Behind the line there may be proofs of changed keys, which the log itself tells here.
    line, hashes = decode(extra[6:]).partition(b"\nhandover ")[0], [decode(item) for item in lines]
    note = parse_note(note_text.encode(), RECEIPT)
    if log.newest is None:
        raise Broken("nothing in the log is signed")
    keys = [log.known[key] for key in log.newest[1] if key in log.trusted]
    if note["origin"] != log.origin or not signers_of(note, keys):
        raise Broken(f"{RECEIPT} is not signed by a key of the log")
    if not is_included(leaf_hash(line), int(index[6:]), note["size"], hashes, note["root"]):
        raise Broken(f"{RECEIPT} is not in the tree that was signed")
    entry = parse_line(line)
    said = entry.get("sys")
    if not isinstance(said, dict) or entry.get("action") != "audit.export" or said.get("manifest") != digest:
        raise Broken(f"{RECEIPT} is about another manifest")
    root = log.tree.root()
    if not is_count(said.get("size")) or (said["size"], said.get("root")) != (log.tree.size, base64.b64encode(root).decode()):
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
        if not is_hash(previous["root"]):
            raise Broken("the manifest names an export before this one by what is no root")
        old = (previous["size"], decode(previous["root"]))
        check_growth(folder, "previous.consistency", old, (log.tree.size, log.tree.root()))
    check_receipt(folder, log, digest)
    return counted


def read_anchors(path):
    """What a verifier remembered: by origin, sizes with their roots."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.loads(file.read(MAX_MANIFEST))
        if not isinstance(content, dict) or type(content.get("v")) is not int or content["v"] != 1 or not isinstance(content.get("logs"), list):
            raise Broken("it is of no version that is known")
        for stored in content["logs"]:
            check_anchor(stored)
    except (OSError, ValueError, RecursionError, Broken) as error:
        raise Unreadable(f"the anchor {path}: {error}") from None
    return {stored["origin"]: [(stored["size"], stored["root"])] for stored in content["logs"]}


def check_anchor(stored):
    if not isinstance(stored, dict) or not is_text(stored.get("origin")) or not is_count(stored.get("size")):
        raise Broken("it names no log and size")
    hashes = stored.get("frontier")
    if not is_texts(hashes) or not is_texts(stored.get("keys")):
        raise Broken("it was changed or cut")
    if not all(is_hash(value) for value in [*hashes, stored.get("root"), stored.get("prev")]):
        raise Broken("it has a hash that is none")
    heights = [height for height in range(63, -1, -1) if stored["size"] >> height & 1]
    tree = Tree()
    tree.roots = list(zip(heights, map(decode, hashes)))
    if len(hashes) != len(heights) or tree.root() != decode(stored["root"]):
        raise Broken("it was changed or cut")


def plain(text):
    """A line that says what it says: names and entries cannot forge another line, nor control a terminal."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def main():
    parser = argparse.ArgumentParser(description="Verifies a Recount audit log; needs nothing but Python and openssl.")
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="a log, or a bundle")
    parser.add_argument("--key", help="file with the public keys to trust; default: those beside the log")
    parser.add_argument("--anchor-size", type=int, help="a size that you remember")
    parser.add_argument("--anchor-root", help="the root that the log had then, base64")
    parser.add_argument("--anchor", help="file in which `recount audit verify --anchor` remembers the log")
    parser.add_argument("--no-content", action="store_true", help="do not read the encrypted content beside the log")
    options = parser.parse_args()
    if (options.anchor_size is None) != (options.anchor_root is None):
        parser.error("--anchor-size and --anchor-root belong together")
    if options.anchor_root is not None and not (options.anchor_size >= 0 and is_hash(options.anchor_root)):
        parser.error("--anchor-size is a number of entries, --anchor-root a root in base64")
    try:
        lines = verify_still(options)
    except Broken as error:
        lines, status = [f"BROKEN: {error}"], 1
    except (Unreadable, OSError, MemoryError) as error:
        print(plain(f"could not read: {error or 'too large'}"), file=sys.stderr)
        return 3
    else:
        status = 0
    for line in lines:
        print(plain(line))
    return status


MOST_TRIES = 10


def verify_still(options):
    """A writer may be at work, and let entries expire: what is wrong with a log that changed meanwhile is looked at again."""
    for left in reversed(range(MOST_TRIES)):
        before = state_of(options.folder)
        try:
            return verify(options)
        except (Broken, OSError):
            if left == 0 or state_of(options.folder) == before:
                raise


def state_of(folder):
    """What differs once somebody has written in a log, or in one below it."""
    found = []
    for path in (folder, os.path.join(folder, "hashes"), os.path.join(folder, "log")):
        for name in listed(path):
            if name == "checkpoint" or re.fullmatch(SEGMENT + r"(\.recovering)?|" + BIN, name):
                found.append((path, name, changed_at(os.path.join(path, name))))
    for name in listed(os.path.join(folder, "streams")):
        found += state_of(os.path.join(folder, "streams", name))
    return sorted(found)


def changed_at(path):
    try:
        info = os.stat(path)
    except OSError:
        return None
    return (info.st_ino, info.st_size, info.st_mtime_ns)


def verify(options):
    """What is to be said about what holds."""
    anchors = {} if options.anchor is None else read_anchors(options.anchor)
    given = None if options.key is None else read_keys(options.key)
    if not os.path.isdir(options.folder):
        raise Unreadable(f"there is no folder {options.folder}")
    bundled = is_bundle(options.folder)
    folder = os.path.join(options.folder, "log") if bundled else options.folder
    if not is_log(folder):
        raise Unreadable(f"there is no audit log in {folder}")
    log = Log(folder, given, None, bundled, not options.no_content)
    if options.anchor is not None and log.origin not in anchors:
        raise Broken(f"the anchor remembers {', '.join(anchors) or 'nothing'}, and not {log.origin}")
    asked = [] if options.anchor_size is None else [(options.anchor_size, options.anchor_root)]
    log.verify(asked + anchors.get(log.origin, []))
    found = [f"note: {remark}" for remark in log.remarks]
    logs = [log, *verify_streams(log, anchors, found)]
    if bundled:
        found.append(check_bundle(options.folder, logs))
    signed, root = log.newest[0] if log.newest else 0, base64.b64encode(log.tree.root()).decode()
    return [f"OK: {log.origin}: {log.tree.size} entries, {signed} of them signed, root {root}", *found]


if __name__ == "__main__":
    sys.exit(main())
