import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { evaluatorPage } from '../../scripts/evaluatorPages.ts';

describe('generated pages', () => {
  it('docs/evaluators.md is what the code says; npm run schemas writes it', () => {
    const file = path.join(import.meta.dirname, '..', '..', 'docs', 'evaluators.md');
    assert.equal(readFileSync(file, 'utf8'), evaluatorPage());
  });
});
