import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const MOST_COLORS = 256;

interface Picture {
  width: number;
  height: number;
  /** Red, green and blue of each pixel. */
  pixels: Uint8Array;
}

/** A picture of a screen with a palette of 256 colours, about a third of the size. It must be a PNG with 8 bits, as browsers write it. */
export function smallPng(png: Buffer): Buffer {
  const picture = decode(png);
  const { palette, indexes } = quantize(picture);
  const { width, height } = picture;
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1)
    rows.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);

  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, by a palette.
  header.set([8, 3, 0, 0, 0], 8);
  const parts: [string, Buffer][] = [
    ['IHDR', header],
    ['PLTE', Buffer.from(palette.flat())],
    ['IDAT', deflateSync(rows, { level: 9, memLevel: 9 })],
    ['IEND', Buffer.alloc(0)],
  ];
  const small = Buffer.concat([SIGNATURE, ...parts.map(([type, data]) => chunk(type, data))]);
  return small.length < png.length ? small : png;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

function decode(png: Buffer): Picture {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  if (png[24] !== 8 || (png[25] !== 6 && png[25] !== 2)) throw new Error('not a PNG of 8 bits in colour');

  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const raw = unfiltered(inflateSync(Buffer.concat(data)), width * channels, channels);
  const pixels = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    pixels.set(raw.subarray(pixel * channels, pixel * channels + 3), pixel * 3);
  return { width, height, pixels };
}

/** As the PNG specification has it, section 9. */
function unfiltered(rows: Buffer, stride: number, step: number): Uint8Array {
  const height = rows.length / (stride + 1);
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= step ? (out[at - step] ?? 0) : 0;
      const up = y > 0 ? (out[at - stride] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (out[at - stride - step] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[at] = (rows[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** The colours that most pixels have; each other one becomes the nearest of them. */
function quantize({ pixels }: Picture): { palette: number[][]; indexes: Uint8Array } {
  const counts = new Map<number, number>();
  const colorAt = (at: number) =>
    ((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0);
  for (let at = 0; at < pixels.length; at += 3) counts.set(colorAt(at), (counts.get(colorAt(at)) ?? 0) + 1);

  const chosen = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_COLORS);
  const palette = chosen.map(([color]) => [color >> 16, (color >> 8) & 255, color & 255]);
  const nearest = new Map<number, number>();
  const indexOf = (color: number): number => {
    const known = nearest.get(color);
    if (known !== undefined) return known;
    const [red, green, blue] = [color >> 16, (color >> 8) & 255, color & 255];
    const far = palette.map(([r = 0, g = 0, b = 0]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2);
    const index = far.indexOf(Math.min(...far));
    nearest.set(color, index);
    return index;
  };
  const indexes = new Uint8Array(pixels.length / 3);
  for (let pixel = 0; pixel < indexes.length; pixel += 1) indexes[pixel] = indexOf(colorAt(pixel * 3));
  return { palette, indexes };
}
