import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

const LICENCE_FILE = /^(?:licen[cs]e|copying)(?:[.-].*)?$/i;
const PACKAGE = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** Texts of others that stand in sources of ours, with the terms under which they may. Relative to the root. */
const BORROWED = 'src/engine/evaluators/judge/retrieval/templates/NOTICE.txt';

const ISC = `ISC License

Copyright (c) the authors

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`;

/**
 * Writes the notices that go with the bundles: every package of which something is in one, with the licence that it
 * comes with; one under the MIT or ISC licence that forgot its text gets the common one.
 * Throws for any other without a text.
 */
export function writeNotices(root: string, metafiles: readonly Metafile[], file: string): void {
  // This project's own licence is the MIT licence too.
  const mit = readFileSync(path.join(root, 'LICENSE'), 'utf8').trim();
  const terms = new Map([
    ['MIT', mit],
    ['ISC', ISC],
  ]);
  const folders = new Set<string>();
  for (const { outputs } of metafiles)
    for (const { inputs } of Object.values(outputs))
      for (const input of Object.keys(inputs)) {
        const folder = PACKAGE.exec(input)?.[1];
        if (folder !== undefined) folders.add(folder);
      }
  const notices = [...folders].map((folder) => noticeOf(path.join(root, folder), terms));
  const byText = Map.groupBy(
    notices.sort(([a], [b]) => (a < b ? -1 : 1)),
    ([, text]) => text,
  );
  const parts = [
    'Touchstone contains software and texts of others, under the terms below.',
    readFileSync(path.join(root, BORROWED), 'utf8').trim(),
    ...[...byText].map(([text, group]) => `${group.map(([name]) => name).join('\n')}\n\n${text}`),
  ];
  writeFileSync(file, `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}

function noticeOf(folder: string, terms: ReadonlyMap<string, string>): [name: string, text: string] {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
    author?: string | { name: string };
  };
  const name = `${manifest.name} ${manifest.version} (${manifest.license ?? 'no licence named'})`;
  const files = readdirSync(folder).filter((entry) => LICENCE_FILE.test(entry));
  if (existsSync(path.join(folder, 'NOTICE'))) files.push('NOTICE');
  if (files.length > 0)
    return [
      name,
      files
        .map((entry) => readFileSync(path.join(folder, entry), 'utf8').replaceAll('\r', '').trim())
        .join('\n\n'),
    ];
  const common = terms.get(manifest.license ?? '');
  if (common === undefined) throw new Error(`${name} comes without a text of its licence`);
  const { author } = manifest;
  const holder = (typeof author === 'string' ? author : author?.name) ?? `the authors of ${manifest.name}`;
  return [name, common.replace(/^Copyright .*$/m, `Copyright (c) ${holder}`)];
}
