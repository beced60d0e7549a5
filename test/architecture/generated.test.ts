import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { editorTexts } from '../../scripts/editorTexts.ts';
import { lintRules } from '../../scripts/lintRules.ts';
import { referencePages } from '../../scripts/references/referencePages.ts';

describe('generated files', () => {
  it('l10n/bundle.l10n.json has every text that the editor shows; npm run schemas writes it', () => {
    const file = path.join(import.meta.dirname, '..', '..', 'l10n', 'bundle.l10n.json');
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), editorTexts());
  });

  it('the reference pages say what the code says; npm run schemas writes them', async () => {
    for (const { file, text } of await referencePages()) {
      const written = readFileSync(path.join(import.meta.dirname, '..', '..', file), 'utf8');
      assert.equal(written, text, file);
    }
  });

  it('biome.layers.json shows the layers of layerTable.ts while typing; npm run schemas writes it', () => {
    const file = path.join(import.meta.dirname, '..', '..', 'biome.layers.json');
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), lintRules());
  });
});
