import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { verify } from "../../src/edition/signature";
import { unhex } from "../letters/hex";
import { cases, expecting } from "../letters/vectors";

test("a signature counts or is refused as the vectors say", () => {
  let looser = 0;
  for (const one of cases("signature", "signature")) {
    const [key, signature, message] = [one["key"], one["signature"], one["message"]].map(unhex) as [Uint8Array, Uint8Array, Uint8Array];
    expecting(one, () => verify([key], signature, message, "it"));
    if (one.expect !== "ok" && key.length === 32 && signature.length === 64) {
      looser += ed25519.verify(signature, message, key, { zip215: false }) ? 1 : 0;
    }
  }
  assert(looser > 0, "the library's own check refuses the same, so ours is no longer needed");
});
