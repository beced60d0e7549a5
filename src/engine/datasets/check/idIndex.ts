/**
 * Finds repeated ids in about 24 bytes an id, so that a dataset of millions can be checked. Holds a 53-bit
 * hash and the line of each id, in an open-addressing table.
 */
export class IdIndex {
  #hashes = new Float64Array(1024);
  #lines = new Uint32Array(1024);
  #count = 0;

  /** Remembers the id; returns the line of an earlier id with the same hash. */
  add(id: string, line: number): number | undefined {
    if (this.#count * 2 >= this.#hashes.length) this.#grow();
    const hash = hash53(id);
    const slot = this.#slotOf(hash);
    if (this.#hashes[slot] !== 0) return this.#lines[slot];
    this.#hashes[slot] = hash;
    this.#lines[slot] = line;
    this.#count++;
    return undefined;
  }

  /** The slot with the hash, or the empty slot where it belongs. */
  #slotOf(hash: number): number {
    const size = this.#hashes.length;
    let slot = hash % size;
    while (this.#hashes[slot] !== 0 && this.#hashes[slot] !== hash) slot = slot + 1 === size ? 0 : slot + 1;
    return slot;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const lines = this.#lines;
    this.#hashes = new Float64Array(hashes.length * 2);
    this.#lines = new Uint32Array(lines.length * 2);
    for (let old = 0; old < hashes.length; old++) {
      const hash = hashes[old] ?? 0;
      if (hash === 0) continue;
      const slot = this.#slotOf(hash);
      this.#hashes[slot] = hash;
      this.#lines[slot] = lines[old] ?? 0;
    }
  }
}

/** Two rounds of a multiplicative hash (after cyrb53), joined to 53 bits; never 0, which marks a free slot. */
function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0) || 1;
}
