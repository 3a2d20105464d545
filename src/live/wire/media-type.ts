import { HttpError } from './http-error.js';

/** The two media types of the v1 APIs. */
export const MEDIA_TYPES = ['application/json', 'application/x-protobuf'] as const;

/** A media type of the v1 APIs. */
export type MediaType = (typeof MEDIA_TYPES)[number];

/**
 * The media type of a request body. As in Mesos, Content-Type must match exactly, without parameters.
 * @throws HttpError 400 without Content-Type, 415 for another one.
 */
export function mediaTypeOf(contentType: string | undefined): MediaType {
  if (contentType === undefined) throw new HttpError(400, "Expecting 'Content-Type' to be present");
  const mediaType = MEDIA_TYPES.find((known) => known === contentType);
  if (mediaType === undefined)
    throw new HttpError(415, `Expecting 'Content-Type' of ${MEDIA_TYPES.join(' or ')}`);
  return mediaType;
}

/** The media type of a response, from the Accept header: JSON if accepted or if there is no header. @throws HttpError 406 */
export function acceptedMediaType(accept: string | undefined): MediaType {
  const named = (accept ?? '*/*')
    .split(',')
    .map((part) => (part.split(';')[0] as string).trim().toLowerCase());
  const takes = (mediaType: MediaType) =>
    named.some((name) => name === mediaType || name === 'application/*' || name === '*/*');
  const mediaType = MEDIA_TYPES.find(takes);
  if (mediaType === undefined)
    throw new HttpError(406, `Expecting 'Accept' to allow ${MEDIA_TYPES.join(' or ')}`);
  return mediaType;
}
