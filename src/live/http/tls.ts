import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { InputError } from '../../model/index.js';

/** Certificate and key of a server, in PEM. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads a certificate (with its chain) and its key, and checks that they match. @throws InputError */
export function readTlsFiles(certFile: string, keyFile: string): TlsFiles {
  const files = { cert: read('--tls-cert', certFile), key: read('--tls-key', keyFile) };
  try {
    createSecureContext(files);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(
      { file: certFile, field: '--tls-cert' },
      `is not a PEM certificate for the key ${keyFile} (${code ?? message})`,
    );
  }
  return files;
}

function read(field: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InputError({ file, field }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
