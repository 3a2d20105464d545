import { HttpError } from './http-error.js';

/** The two forms that messages of the v1 APIs have. */
export const MEDIA_TYPES = ['application/json', 'application/x-protobuf'] as const;

/** The form of a message. */
export type MediaType = (typeof MEDIA_TYPES)[number];

/**
 * The form of a request's body, by its Content-Type; as in Mesos the text must be the exact one, without parameters.
 * @throws HttpError 400 when there is none, 415 when it is another.
 */
export function mediaTypeOf(contentType: string | undefined): MediaType {
  if (contentType === undefined) throw new HttpError(400, "Expecting 'Content-Type' to be present");
  const mediaType = MEDIA_TYPES.find((known) => known === contentType);
  if (mediaType === undefined)
    throw new HttpError(415, `Expecting 'Content-Type' of ${MEDIA_TYPES.join(' or ')}`);
  return mediaType;
}

/** The form of an answer, by the Accept header: JSON where that is taken, or where nothing is said. @throws HttpError 406 */
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
