/** Implements SHA-256 of `node:crypto` for the browser. Web Crypto is asynchronous, but the evaluation of rules is not. */

/** The methods of Node's `Hash` that the sources use. */
interface Hash {
  update(text: string): Hash;
  digest(): Digest;
  digest(encoding: 'hex'): string;
}

/** The methods of Node's `Buffer` that the sources use. */
class Digest extends Uint8Array {
  readUInt32BE(offset: number): number {
    return new DataView(this.buffer, this.byteOffset).getUint32(offset);
  }
}

/** @throws if the algorithm is not SHA-256, or the encoding is not `hex` */
export function createHash(algorithm: string): Hash {
  if (algorithm !== 'sha256') throw new Error(`The playground supports only sha256, not ${algorithm}.`);
  let whole = '';
  function digest(): Digest;
  function digest(encoding: 'hex'): string;
  function digest(encoding?: 'hex'): Digest | string {
    const bytes = sha256(new TextEncoder().encode(whole));
    if (encoding === undefined) return bytes;
    return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
  }
  const hash: Hash = {
    update(text) {
      whole += text;
      return hash;
    },
    digest,
  };
  return hash;
}

/** The first 32 bits of the fractional parts of the square roots, and of the cube roots, of the first primes. */
const PRIMES = firstPrimes(64);
const START = PRIMES.slice(0, 8).map(prime => fraction(Math.sqrt(prime)));
const ROUNDS = PRIMES.map(prime => fraction(Math.cbrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every(prime => n % prime !== 0)) primes.push(n);
  return primes;
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}

const BLOCK = 64;

/** @see https://csrc.nist.gov/pubs/fips/180-4/upd1/final section 6.2 */
function sha256(message: Uint8Array): Digest {
  const padded = pad(message);
  const state = Uint32Array.from(START);
  for (let offset = 0; offset < padded.byteLength; offset += BLOCK) takeBlock(state, padded, offset);
  const digest = new Digest(32);
  const view = new DataView(digest.buffer);
  for (const [index, word] of state.entries()) view.setUint32(index * 4, word);
  return digest;
}

/** Appends a 1 bit, zeros, and the length in bits, to fill whole blocks. */
function pad(message: Uint8Array): DataView {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n);
  return view;
}

function takeBlock(state: Uint32Array, view: DataView, offset: number): void {
  const w = new Uint32Array(64);
  const at = (array: Uint32Array, index: number) => array[index] ?? 0;
  for (let i = 0; i < 16; i++) w[i] = view.getUint32(offset + i * 4);
  for (let i = 16; i < 64; i++) {
    const [early, late] = [at(w, i - 15), at(w, i - 2)];
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    w[i] = at(w, i - 16) + s0 + at(w, i - 7) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + s1 + choice + (ROUNDS[i] ?? 0) + at(w, i)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + s0 + majority) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = at(state, index) + word;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
