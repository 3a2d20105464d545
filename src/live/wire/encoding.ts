import { asciiJson } from './json-text.js';
import type { MediaType } from './media-type.js';
import { encodeProtobuf, type ProtobufName } from './protobuf.js';

/** Encoding of the messages of a response or a stream. */
export interface Encoding {
  readonly mediaType: MediaType;
  encode(message: object): Buffer;
}

/** Messages as JSON in ASCII, one line each. */
export const JSON_ENCODING: Encoding = {
  mediaType: 'application/json',
  encode: (message) => Buffer.from(asciiJson(message), 'latin1'),
};

/** The encoding of a message type in a media type. */
export function encodingOf(mediaType: MediaType, name: ProtobufName): Encoding {
  if (mediaType === 'application/json') return JSON_ENCODING;
  return { mediaType, encode: (message) => encodeProtobuf(name, message) };
}
