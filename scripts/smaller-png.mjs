// Writes a PNG without loss in fewer bytes: without channels that say nothing, with the best filter, and the best compression. The pictures
// are in the npm package.
import { constants, crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const STRATEGIES = [constants.Z_DEFAULT_STRATEGY, constants.Z_FILTERED];

/** 8 bits per channel, not interlaced, as browsers write. Channels by color type. */
const CHANNELS = { 2: 3, 6: 4 };

/** @throws Error for a PNG of another kind. */
export function smallerPng(png) {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === 'IHDR').data;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = CHANNELS[header[9]];
  if (header[8] !== 8 || channels === undefined || header[12] !== 0)
    throw new Error('not a PNG as browsers write');
  const data = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((one) => one.data)),
  );
  const pixels = unfiltered(data, width, height, channels);
  const isOpaque = channels === 3 || pixels.every((value, i) => i % 4 !== 3 || value === 255);
  const colors = channels === 4 && isOpaque ? pixels.filter((_, i) => i % 4 !== 3) : pixels;
  const isGray = isOpaque && colors.every((value, i) => value === colors[i - (i % 3)]);
  const kept = isGray ? colors.filter((_, i) => i % 3 === 0) : colors;
  const size = isGray ? 1 : isOpaque ? 3 : 4;
  header[9] = { 1: 0, 3: 2, 4: 6 }[size];
  const best = [0, 1, 2, 3, 4, 'least']
    .flatMap((filter) => {
      const rows = filtered(kept, width, height, size, filter);
      return STRATEGIES.map((strategy) => deflateSync(rows, { level: 9, memLevel: 9, strategy }));
    })
    .sort((a, b) => a.length - b.length)[0];
  const smaller = Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', best),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return smaller.length < png.length ? smaller : png;
}

function chunksOf(png) {
  const chunks = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: Buffer.from(png.subarray(at + 8, at + 8 + length)),
    });
    at += length + 12;
  }
  return chunks;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** What the filters of PNG subtract from a byte, by its left, upper and upper left neighbours. */
const PREDICTED = [
  () => 0,
  (left) => left,
  (_, up) => up,
  (left, up) => (left + up) >> 1,
  (left, up, corner) => {
    const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
    return a <= b && a <= c ? left : b <= c ? up : corner;
  },
];

function unfiltered(data, width, height, size) {
  const row = width * size;
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    const predicted = PREDICTED[data[y * (row + 1)]];
    for (let x = 0; x < row; x++)
      pixels[y * row + x] = data[y * (row + 1) + 1 + x] + predicted(...around(pixels, row, size, x, y));
  }
  return pixels;
}

function around(pixels, row, size, x, y) {
  const at = y * row + x;
  const left = x < size ? 0 : pixels[at - size];
  const up = y === 0 ? 0 : pixels[at - row];
  return [left, up, x < size || y === 0 ? 0 : pixels[at - row - size]];
}

function filtered(pixels, width, height, size, filter) {
  const row = width * size;
  const data = Buffer.alloc((row + 1) * height);
  const line = (number, y) => {
    const bytes = Buffer.alloc(row);
    for (let x = 0; x < row; x++)
      bytes[x] = pixels[y * row + x] - PREDICTED[number](...around(pixels, row, size, x, y));
    return bytes;
  };
  // The usual estimate: the filter whose bytes, as signed numbers, have the least sum.
  const cost = (bytes) => bytes.reduce((sum, value) => sum + Math.min(value, 256 - value), 0);
  for (let y = 0; y < height; y++) {
    const lines = filter === 'least' ? PREDICTED.map((_, number) => line(number, y)) : [line(filter, y)];
    const costs = lines.map(cost);
    const best = costs.indexOf(Math.min(...costs));
    data[y * (row + 1)] = filter === 'least' ? best : filter;
    lines[best].copy(data, y * (row + 1) + 1);
  }
  return data;
}
