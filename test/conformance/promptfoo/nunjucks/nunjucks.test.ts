import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { NunjucksError, renderNunjucks } from '../../../../src/engine/prompts/nunjucks/renderNunjucks.ts';
import { skip } from '../../../support/skip.ts';
import { hasNunjucks, renderAll } from './peer.ts';
import { TEMPLATES, VARIABLES } from './templates.ts';

const recorded: { [template: string]: string | null } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'recorded.json'), 'utf8'),
);

/** Nunjucks' own filters, by their other names as well. */
const FILTERS =
  'abs batch capitalize center d default dictsort dump e escape first float forceescape groupby indent int join last length list lower nl2br random reject rejectattr replace reverse round safe select selectattr slice sort string striptags sum title trim truncate upper urlencode urlize wordcount'.split(
    ' ',
  );

describe('templates as Nunjucks fills them in', () => {
  it('gives the same text, or refuses what Nunjucks refuses', () => {
    const wrong = TEMPLATES.flatMap((template) => {
      const expected = recorded[template];
      const actual = render(template);
      return actual === expected ? [] : [{ template, expected, actual }];
    });
    assert.deepEqual(wrong, []);
    assert.ok(TEMPLATES.length > 450, `${TEMPLATES.length} templates`);
  });

  it('covers every filter of Nunjucks', () => {
    const texts = TEMPLATES.join('\n');
    const missing = FILTERS.filter((name) => !new RegExp(`(?:\\| |filter )${name}\\b`).test(texts));
    assert.deepEqual(missing, ['random']);
  });

  it('draws the same item again for the same variables', () => {
    const draw = () => render('{{ list | random }}{{ list | random }}{{ [] | random }}') ?? '';
    assert.match(draw(), /^[bAc][bAc]$/);
    assert.equal(draw(), draw());
  });

  it('is what Nunjucks says now, side by side', function () {
    if (!hasNunjucks()) skip(this, 'promptfoo is not installed in .peers/promptfoo');
    const now = renderAll(TEMPLATES, VARIABLES);
    assert.deepEqual(
      Object.fromEntries(TEMPLATES.map((template, index) => [template, now[index]])),
      recorded,
    );
  });
});

/** Null for a template that is refused; anything else that is thrown is a bug. */
function render(template: string): string | null {
  try {
    return renderNunjucks(template, VARIABLES);
  } catch (error) {
    if (error instanceof NunjucksError) return null;
    throw error;
  }
}
