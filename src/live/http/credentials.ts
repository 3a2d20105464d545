import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../model/index.js';
import { readJsonFile } from '../json-file.js';

/** A principal and its secret. */
export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

/** Authenticates a request by its Authorization header; `refused` when that fails. */
export type Authenticator = (authorization: string | undefined) => Principal | 'refused';

/** Undefined without authentication. */
export interface Principal {
  readonly name: string | undefined;
}

const SECRET_BYTES = 24;
const credentialSchema = z.object({ principal: z.string().min(1), secret: z.string().min(1) });
const credentialsSchema = z.object({ credentials: z.array(credentialSchema).min(1) });

/** File name of the generated credential of a master. */
function credentialFile(workDir: string): string {
  return join(workDir, 'credential.json');
}

/** The credential of a work-dir; generated if missing, readable only by the owner. @throws InputError */
export function ownCredential(workDir: string): Credential {
  const file = credentialFile(workDir);
  if (existsSync(file)) return readCredential(file);
  const credential = { principal: 'fairground', secret: randomBytes(SECRET_BYTES).toString('base64url') };
  writeFileSync(file, `${JSON.stringify(credential)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(file, 0o600);
  return credential;
}

/** Reads `{"principal": …, "secret": …}`. @throws InputError */
export function readCredential(file: string): Credential {
  const parsed = credentialSchema.safeParse(readJsonFile(file));
  if (!parsed.success) throw new InputError({ file }, 'expected {"principal": "…", "secret": "…"}');
  return parsed.data;
}

/** Reads the Mesos format, `{"credentials": [{"principal": …, "secret": …}]}` (docs/authentication.md). @throws InputError */
export function readCredentials(file: string): readonly Credential[] {
  const parsed = credentialsSchema.safeParse(readJsonFile(file));
  if (!parsed.success)
    throw new InputError({ file }, 'expected {"credentials": [{"principal": "…", "secret": "…"}]}');
  return parsed.data.credentials;
}

/** HTTP basic authentication. All secrets are compared in constant time. */
export function basicAuthenticator(credentials: readonly Credential[]): Authenticator {
  const known = credentials.map((credential) => ({
    principal: credential.principal,
    digest: digestOf(credential),
  }));
  return (authorization) => {
    const given = decode(authorization);
    if (given === undefined) return 'refused';
    const digest = digestOf(given);
    let name: string | undefined;
    for (const entry of known) if (timingSafeEqual(entry.digest, digest)) name = entry.principal;
    return name === undefined ? 'refused' : { name };
  };
}

/** No authentication. */
export const anybody: Authenticator = () => ({ name: undefined });

/** The Authorization header for a credential. */
export function authorizationOf({ principal, secret }: Credential): string {
  return `Basic ${Buffer.from(`${principal}:${secret}`, 'utf8').toString('base64')}`;
}

function decode(authorization: string | undefined): Credential | undefined {
  const [scheme, token] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || token === undefined) return undefined;
  const text = Buffer.from(token, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { principal: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** Digests have equal length for any input. */
function digestOf({ principal, secret }: Credential): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([principal, secret]))
    .digest();
}
