import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../../../src/engine/model/problem.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { checkWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';

const folder = path.join(import.meta.dirname, '../../../fixtures/suites/broken');
const update = process.env['UPDATE_GOLDEN'] === '1';

/** Each broken configuration stands beside the listing of its problems; UPDATE_GOLDEN=1 rewrites them. */
describe('problems of a configuration', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
    it(name, async () => {
      const { problems, workspace } = await checkWorkspace({
        root: folder,
        configPath: name,
        environment: fixedEnvironment({}),
        signal: new AbortController().signal,
      });
      const listing = `${problems.map(line).join('\n')}\n`;
      const golden = path.join(folder, name.replace('.yaml', '.problems.txt'));
      if (update) writeFileSync(golden, listing);
      assert.equal(listing, readFileSync(golden, 'utf8'));
      assert.equal(
        workspace === undefined,
        problems.some((problem) => problem.severity === 'error'),
      );
    });
  }
});

function line({ location: at, severity, code, message, remedy, related = [] }: Problem): string {
  const end = at.endLine === undefined ? '' : `-${at.endLine}:${at.endColumn}`;
  const others = related.map(
    (other) => `\n  ${other.location.line}:${other.location.column} ${other.message}`,
  );
  return `${at.line}:${at.column}${end} ${severity} ${code}: ${message}${remedy ? `\n  ${remedy}` : ''}${others.join('')}`;
}
