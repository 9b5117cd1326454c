"""A guide's proof: spec/vectors/edition/."""

from __future__ import annotations

from dataclasses import replace

from editioncase import write
from editionworld import ROOT, edition

from holub.formats.proof import Proof


def proof_cases() -> None:
    _, packs = edition(1)
    held = packs[1]
    path = "phone/two.md"
    proof, guide = Proof.of(held, path), held.pack.guides[path]

    def one(name: str, what: str, expect: str, data: bytes, text: bytes = guide) -> None:
        row = {
            "what": what,
            "expect": expect,
            "root": [ROOT.encode().decode()],
            "proof": data.hex(),
            "guide": text.hex(),
        }
        write("edition", name, row)

    one("proof", "a guide and its proof", "ok", proof.encode())
    one(
        "proof-of-a-section",
        "a section's only guide",
        "ok",
        Proof.of(packs[2], "water.md").encode(),
        packs[2].pack.guides["water.md"],
    )
    one("guide-changed", "the guide is another", "forged", proof.encode(), guide + b"\n")
    one("path-changed", "the guide is called by another name", "forged", replace(proof, path="phone/six.md").encode())
    one("index-changed", "the guide stands in another place", "forged", replace(proof, index=proof.index ^ 1).encode())
    one("node-changed", "a node is another", "forged", replace(proof, nodes=(bytes(32), *proof.nodes[1:])).encode())
    one("node-missing", "a node is missing", "refused", replace(proof, nodes=proof.nodes[1:]).encode())
    one(
        "node-too-many", "there is a node too many", "refused", replace(proof, nodes=(*proof.nodes, bytes(32))).encode()
    )
    one(
        "count-changed",
        "the pack is said to have one guide more",
        "forged",
        replace(proof, guides=proof.guides + 1).encode(),
    )
    one("stamp-changed", "the stamp is another", "forged", replace(proof, stamp=bytes(64)).encode())
    one("bytes-follow", "bytes follow the end", "refused", proof.encode() + b"\x00")
    one("no-proof", "it does not begin as one", "refused", b"HLG2" + proof.encode()[4:])
