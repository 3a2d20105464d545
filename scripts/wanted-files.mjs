import { readdirSync } from 'node:fs';

/**
 * The names of the files with this extension in a folder of the project, without it and sorted, and those of them that the user `asked` for: all
 * if none. A name that is none of them ends the process with 2 and one line that begins with the name of the script.
 */
export function wantedFiles(script, root, folder, extension, asked) {
  const names = readdirSync(`${root}/${folder}`)
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length))
    .sort();
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(
      `${script}: there is no ${folder}/${unknown}${extension}, expected one of ${names.join(', ')}\n`,
    );
    process.exit(2);
  }
  return { names, wanted: asked.length > 0 ? asked : names };
}
