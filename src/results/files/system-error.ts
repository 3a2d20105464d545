const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'part of its path is not a folder',
  EEXIST: 'part of its path is a file',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links form a circle',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EBUSY: 'it is in use',
  EADDRNOTAVAIL: 'the address is not one of this computer',
};

/** An error code of the operating system in plain English. */
export function reasonOf(code: string): string {
  return REASONS[code] ?? code;
}

/** A message that ends with an error code, such as `cannot be read (ENOENT)`, in plain English. */
export function inPlainEnglish(message: string): string {
  return message.replace(/\((E[A-Z]+)\)$/, (_all, code: string) => `(${reasonOf(code)})`);
}
