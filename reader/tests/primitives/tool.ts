/**
 * What Python's tests ask of the page's primitives: a list of {"do": name, "items": [...]} on standard input, and on
 * standard output for each of them {"told": [...]}: for each item hexadecimal, or null where it is refused.
 */
import { readFileSync } from "node:fs";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { verify } from "../../src/edition/signature";
import { stretchInPlain, stretchInWasm } from "../../src/letters/argon2";
import { concat } from "../../src/letters/bytes";
import {
  decapsulate,
  decapsulateNarrow,
  encapsulate,
  encapsulateNarrow,
  openMessage,
  publicKey,
  sealMessage,
} from "../../src/letters/hpke";
import { hex, unhex } from "../letters/hex";
import { parseKeyLeaf } from "../letters/vectors";

type Item = Readonly<Record<string, string>>;
type Answer = string | null;

const bytes = (item: Item, name: string): Uint8Array => unhex(item[name] as string);
const numbered = (item: Item, name: string): number => Number(item[name]);

/** A leaf around a public key that came in, to which the page then seals; of X25519 it has the base point (RFC 7748). */
const leaf = (key: Uint8Array): Uint8Array =>
  concat(unhex("010000002e" + "76000000" + "77000000"), key, Uint8Array.of(9), new Uint8Array(63));

const answers: Readonly<Record<string, (item: Item) => Answer | Promise<Answer>>> = {
  x25519: (item) => hex(x25519.getSharedSecret(bytes(item, "private"), bytes(item, "public"))),
  ed25519: (item) => {
    verify([bytes(item, "key")], bytes(item, "signature"), bytes(item, "message"), "it");
    return "";
  },
  chachaOpen: (item) => hex(chacha20poly1305(bytes(item, "key"), bytes(item, "nonce"), bytes(item, "aad")).decrypt(bytes(item, "sealed"))),
  chachaSeal: (item) => hex(chacha20poly1305(bytes(item, "key"), bytes(item, "nonce"), bytes(item, "aad")).encrypt(bytes(item, "plain"))),
  hmac: (item) => hex(hmac(sha256, bytes(item, "key"), bytes(item, "message"))),
  argon2: async (item) => {
    const cost = { memory: numbered(item, "memory"), passes: numbered(item, "passes"), lanes: numbered(item, "lanes"), length: numbered(item, "length") };
    const [password, salt] = [bytes(item, "password"), bytes(item, "salt")];
    const plain = hex(stretchInPlain(password, salt, cost));
    // The page's WebAssembly takes salts of 8 bytes and passwords of 1 byte on: codenames are longer.
    return password.length && hex(await stretchInWasm(password, salt, cost)) !== plain ? "they differ" : plain;
  },
  mlkemPublic: (item) => hex(ml_kem768.keygen(bytes(item, "seed")).publicKey),
  mlkemEncapsulate: (item) => {
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(bytes(item, "public"), bytes(item, "random"));
    return hex(cipherText) + hex(sharedSecret);
  },
  mlkemOpen: (item) => hex(ml_kem768.decapsulate(bytes(item, "sealed"), ml_kem768.keygen(bytes(item, "seed")).secretKey)),
  keyLeaf: (item) => hex(parseKeyLeaf(leaf(bytes(item, "public"))).mlkem768x25519.slice(0, 1184)),
  publicKey: (item) => hex(publicKey(bytes(item, "seed"))),
  encapsulate: (item) => hex(encapsulate(bytes(item, "public"), bytes(item, "info"), bytes(item, "random")).encapsulated),
  hpkeOpen: (item) => {
    const context = decapsulate(bytes(item, "enc"), bytes(item, "seed"), bytes(item, "info"));
    return hex(openMessage(context, bytes(item, "ct"), bytes(item, "aad"), numbered(item, "sequence")));
  },
  narrowOpen: (item) => {
    const context = decapsulateNarrow(bytes(item, "enc"), bytes(item, "private"), bytes(item, "info"));
    return hex(openMessage(context, bytes(item, "ct"), bytes(item, "aad"), numbered(item, "sequence")));
  },
  narrowSeal: (item) => {
    const { encapsulated, context } = encapsulateNarrow(bytes(item, "public"), bytes(item, "info"), bytes(item, "private"));
    return hex(encapsulated) + hex(sealMessage(context, bytes(item, "pt"), bytes(item, "aad"), numbered(item, "sequence")));
  },
};

async function tried(ask: (item: Item) => Answer | Promise<Answer>, item: Item): Promise<Answer> {
  try {
    return await ask(item);
  } catch {
    return null;
  }
}

interface Request {
  readonly do: string;
  readonly items: readonly Item[];
}

const results: { readonly told: readonly Answer[] }[] = [];
for (const request of JSON.parse(readFileSync(0, "utf8")) as readonly Request[]) {
  const ask = answers[request.do];
  if (!ask) throw new Error(`nobody answers ${request.do}`);
  const told: Answer[] = [];
  for (const item of request.items) told.push(await tried(ask, item));
  results.push({ told });
}
process.stdout.write(JSON.stringify(results));
