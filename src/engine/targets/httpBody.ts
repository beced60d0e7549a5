/** The decompressed body exceeds its limit. */
export class BodyTooLarge extends Error {}

/** The body is not UTF-8. */
export class InvalidText extends Error {}

/** The body as text. Throws BodyTooLarge, InvalidText, or what the network throws. */
export async function readBody(response: Response, maxBytes: number): Promise<string> {
  const declared = Number(response.headers.get('content-length') ?? Number.NaN);
  if (declared > maxBytes) {
    await response.body?.cancel();
    throw new BodyTooLarge();
  }
  // A declared length holds for what is sent, so only an uncompressed body may be read in one go.
  const plain = Number.isFinite(declared) && !response.headers.has('content-encoding');
  const bytes = plain ? await response.bytes() : await readUpTo(response, maxBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidText();
  }
}

async function readUpTo(response: Response, maxBytes: number): Promise<Uint8Array> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw new BodyTooLarge();
    }
    chunks.push(value);
  }
  const [only] = chunks;
  return only && chunks.length === 1 ? only : Buffer.concat(chunks);
}
