/**
 * HPKE base mode (RFC 9180, sections 4 and 5) with KEM 0x647a MLKEM768-X25519 (draft-ietf-hpke-pq) for letters and
 * 0x0020 DHKEM(X25519, HKDF-SHA256) for narrow ones, HKDF-SHA256 and ChaCha20-Poly1305, one message a context.
 * No WebCrypto: it does not exist on a hotspot's plain http.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { sha3_256, shake256 } from "@noble/hashes/sha3.js";
import { type KEMPrepared, ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { ascii, concat, number, same } from "./bytes";

export const PUBLIC_SIZE = 1216;
export const ENCAPSULATED_SIZE = 1120;
export const NARROW_PUBLIC_SIZE = 32;
/** Random bytes that one encapsulation takes: 32 for ML-KEM, 32 for X25519. */
export const ENCAPSULATION_RANDOM = 64;

const suiteOf = (kem: number): Uint8Array =>
  concat(ascii("HPKE"), number(kem, 2), number(0x0001, 2), number(0x0003, 2));
const SUITE = suiteOf(0x647a);
const NARROW_SUITE = suiteOf(0x0020);
const NARROW_KEM = concat(ascii("KEM"), number(0x0020, 2));
const NARROW_LABEL = concat(ascii("holub/letter/narrow/v1"), number(1, 1)); // and HKDF-Expand's count of its one block
const VERSION = ascii("HPKE-v1");
const LATTICE_PUBLIC = 1184;
const LATTICE_SEALED = 1088;
const COMBINER = ascii("\\.//^\\"); // the draft's label
const EMPTY = new Uint8Array(0);

export interface Context {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

function extract(suite: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array): Uint8Array {
  return hmac(sha256, salt, concat(VERSION, suite, ascii(label), material));
}

/** One block of HKDF-Expand is enough: nothing here is longer than 32 bytes. */
function expand(suite: Uint8Array, secret: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array {
  const block = concat(number(length, 2), VERSION, suite, ascii(label), info, number(1, 1));
  return hmac(sha256, secret, block).slice(0, length);
}

/** The key schedule of mode 0 (RFC 9180, section 5.1): no pre-shared key. */
function schedule(shared: Uint8Array, info: Uint8Array, suite = SUITE): Context {
  const hashed = (label: string, data: Uint8Array): Uint8Array => extract(suite, EMPTY, label, data);
  const context = concat(number(0, 1), hashed("psk_id_hash", EMPTY), hashed("info_hash", info));
  const secret = extract(suite, shared, "secret", EMPTY);
  return { key: expand(suite, secret, "key", context, 32), nonce: expand(suite, secret, "base_nonce", context, 12) };
}

/** The two private keys that a seed stands for: SHAKE256 to 64 bytes for ML-KEM, 32 for X25519. */
function expandSeed(seed: Uint8Array): { lattice: ReturnType<typeof ml_kem768.keygen>; curve: Uint8Array } {
  const expanded = shake256(seed, { dkLen: 96 });
  return { lattice: ml_kem768.keygen(expanded.slice(0, 64)), curve: expanded.slice(64) };
}

export function publicKey(seed: Uint8Array): Uint8Array {
  const { lattice, curve } = expandSeed(seed);
  return concat(lattice.publicKey, x25519.getPublicKey(curve));
}

/** MLKEM768-X25519 binds the X25519 side into the secret; ML-KEM binds its own. */
function combine(lattice: Uint8Array, curve: Uint8Array, share: Uint8Array, to: Uint8Array): Uint8Array {
  return sha3_256(concat(lattice, curve, share, to, COMBINER));
}

/** The last ML-KEM key that was sealed to, with the matrix that it stands for: both public, and half of the work. */
let lattices: KEMPrepared | undefined;

/** Throws where the key is none. */
function prepared(key: Uint8Array): KEMPrepared {
  if (!lattices || !same(lattices.publicKey, key)) lattices = ml_kem768.prepare(key);
  return lattices;
}

/**
 * The encapsulated key (1,120 bytes) and the context it opens. Throws where `to` is no key. Put together here from its
 * two halves, since the library's own combination takes a quarter longer.
 */
export function encapsulate(
  to: Uint8Array,
  info: Uint8Array,
  random: Uint8Array,
): { encapsulated: Uint8Array; context: Context } {
  const lattice = prepared(to.slice(0, LATTICE_PUBLIC)).encapsulate(random.slice(0, 32));
  const own = random.slice(32, ENCAPSULATION_RANDOM);
  const share = x25519.getPublicKey(own);
  const theirs = to.slice(LATTICE_PUBLIC);
  const shared = combine(lattice.sharedSecret, x25519.getSharedSecret(own, theirs), share, theirs);
  return { encapsulated: concat(lattice.cipherText, share), context: schedule(shared, info) };
}

/** Throws where the X25519 part is of small order; a wrong ML-KEM part only gives another context. */
export function decapsulate(encapsulated: Uint8Array, seed: Uint8Array, info: Uint8Array): Context {
  const { lattice, curve } = expandSeed(seed);
  const share = encapsulated.slice(LATTICE_SEALED);
  const inner = ml_kem768.decapsulate(encapsulated.slice(0, LATTICE_SEALED), lattice.secretKey);
  return schedule(combine(inner, x25519.getSharedSecret(curve, share), share, x25519.getPublicKey(curve)), info);
}

/** The secret that opens a week's narrow letters: HKDF-Expand (RFC 5869, section 2.3) of its seed, never the half above. */
export const narrowSecret = (seed: Uint8Array): Uint8Array => hmac(sha256, seed, NARROW_LABEL);

export const narrowPublicKey = (seed: Uint8Array): Uint8Array => x25519.getPublicKey(narrowSecret(seed));

/** ExtractAndExpand of DHKEM (RFC 9180, section 4.1), then the schedule. */
function narrowContext(exchanged: Uint8Array, share: Uint8Array, to: Uint8Array, info: Uint8Array): Context {
  const secret = extract(NARROW_KEM, EMPTY, "eae_prk", exchanged);
  return schedule(expand(NARROW_KEM, secret, "shared_secret", concat(share, to), 32), info, NARROW_SUITE);
}

/** The share (32 bytes) and the context it opens. `own`: 32 random bytes. Throws where `to` is of small order. */
export function encapsulateNarrow(
  to: Uint8Array,
  info: Uint8Array,
  own: Uint8Array,
): { encapsulated: Uint8Array; context: Context } {
  const share = x25519.getPublicKey(own);
  return { encapsulated: share, context: narrowContext(x25519.getSharedSecret(own, to), share, to, info) };
}

/** `secret`: the scalar that `narrowSecret` gives. Throws where the share is of small order. */
export function decapsulateNarrow(share: Uint8Array, secret: Uint8Array, info: Uint8Array): Context {
  return narrowContext(x25519.getSharedSecret(secret, share), share, x25519.getPublicKey(secret), info);
}

/** Message `sequence` of a context (RFC 9180, section 5.2); a letter is always message 0. */
export function sealMessage(context: Context, plain: Uint8Array, aad: Uint8Array = EMPTY, sequence = 0): Uint8Array {
  return chacha20poly1305(context.key, nonceOf(context, sequence), aad).encrypt(plain);
}

/** Throws where key, nonce, aad or one bit of the sealed bytes is another. */
export function openMessage(context: Context, sealed: Uint8Array, aad: Uint8Array = EMPTY, sequence = 0): Uint8Array {
  return chacha20poly1305(context.key, nonceOf(context, sequence), aad).decrypt(sealed);
}

function nonceOf(context: Context, sequence: number): Uint8Array {
  const counter = number(sequence, 12);
  return context.nonce.map((byte, at) => byte ^ (counter[at] as number));
}
