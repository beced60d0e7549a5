import { pathToFileURL } from 'node:url';

/** A program in its folder, as one text: another program, or the same elsewhere, is another place. */
export function programPlace(folder: string, command: readonly string[]): string {
  const url = pathToFileURL(folder);
  url.hash = command.join(' ');
  return url.href;
}
